// Enums, composite types, domains and ranges. Base types come with their extension.
#include "ddl/describe/kinds.hpp"
#include "pg/scope.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

void describe_enum(Description &description, Oid type) {
    struct Label {
        float4 position;
        const char *text;
    };
    pg::Vector<Label> labels;
    pg::each_row(EnumRelationId, EnumTypIdLabelIndexId, {{Anum_pg_enum_enumtypid, F_OIDEQ, ObjectIdGetDatum(type)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_enum>(tuple);
                     labels.push({form->enumsortorder, pstrdup(NameStr(form->enumlabel))});
                 });
    std::sort(labels.begin(), labels.end(), [](const Label &a, const Label &b) { return a.position < b.position; });
    StringInfoData text;
    initStringInfo(&text);
    for (const Label &label : labels) appendStringInfo(&text, "%s%s", text.len ? ", " : "", plan::literal(label.text));
    create(description, psprintf("CREATE TYPE %s AS ENUM (%s)", type_name(type), text.data));
}

void describe_composite(Description &description, Oid type) {
    const Oid relation = get_typ_typrelid(type);
    StringInfoData text;
    initStringInfo(&text);
    pg::with_relation(relation, AccessShareLock, [&](Relation columns) {
        const TupleDesc descriptor = RelationGetDescr(columns);
        for (int i = 0; i < descriptor->natts; i++) {
            Form_pg_attribute column = TupleDescAttr(descriptor, i);
            if (column->attisdropped) continue;
            appendStringInfo(&text, "%s%s %s", text.len ? ", " : "", quote_identifier(NameStr(column->attname)),
                             type_name(column->atttypid, column->atttypmod));
            if (OidIsValid(column->attcollation) && column->attcollation != get_typcollation(column->atttypid))
                appendStringInfo(&text, " COLLATE %s", collation_name(column->attcollation));
        }
    });
    create(description, psprintf("CREATE TYPE %s AS (%s)", type_name(type), text.data));
}

void describe_domain_constraints(Description &description, Oid type) {
    pg::Vector<const char *> commands;
    pg::each_row(ConstraintRelationId, ConstraintTypidIndexId,
                 {{Anum_pg_constraint_contypid, F_OIDEQ, ObjectIdGetDatum(type)}}, [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_constraint>(tuple);
                     if (form->contype != CONSTRAINT_CHECK) return;
                     commands.push(pg_get_constraintdef_command(form->oid));
                 });
    std::sort(commands.begin(), commands.end(), [](const char *a, const char *b) { return strcmp(a, b) < 0; });
    for (const char *command : commands) create(description, command);
}

void describe_domain(Description &description, Oid type) {
    pg::with_cached(TYPEOID, type, [&](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_type>(tuple);
        StringInfoData text;
        initStringInfo(&text);
        appendStringInfo(&text, "CREATE DOMAIN %s AS %s", type_name(type),
                         type_name(form->typbasetype, form->typtypmod));
        if (OidIsValid(form->typcollation) && form->typcollation != get_typcollation(form->typbasetype))
            appendStringInfo(&text, " COLLATE %s", collation_name(form->typcollation));
        if (auto value = pg::column(TYPEOID, tuple, Anum_pg_type_typdefaultbin))
            appendStringInfo(&text, " DEFAULT %s", expression_text(*value, InvalidOid));
        if (form->typnotnull) appendStringInfoString(&text, " NOT NULL");
        create(description, text.data);
        description.definer = form->typowner;
    });
    describe_domain_constraints(description, type);
}

void describe_range(Description &description, Oid type) {
    pg::with_cached(RANGETYPE, type, [&](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_range>(tuple);
        if (OidIsValid(form->rngcanonical))
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("range type %s has a canonical function and cannot be made on other nodes",
                                   format_type_be(type)),
                            errhint("Make it on every node with run_command_on_all_nodes().")));
        StringInfoData text;
        initStringInfo(&text);
        appendStringInfo(&text, "CREATE TYPE %s AS RANGE (SUBTYPE = %s, SUBTYPE_OPCLASS = %s", type_name(type),
                         type_name(form->rngsubtype), generate_opclass_name(form->rngsubopc));
        if (OidIsValid(form->rngcollation) && form->rngcollation != get_typcollation(form->rngsubtype))
            appendStringInfo(&text, ", COLLATION = %s", collation_name(form->rngcollation));
        if (OidIsValid(form->rngsubdiff))
            appendStringInfo(&text, ", SUBTYPE_DIFF = %s", function_name(form->rngsubdiff));
        appendStringInfo(&text, ", MULTIRANGE_TYPE_NAME = %s)", type_name(form->rngmultitypid));
        create(description, text.data);
    });
}

} // namespace

void describe_type(Description &description, Oid type) {
    switch (get_typtype(type)) {
    case TYPTYPE_ENUM: describe_enum(description, type); break;
    case TYPTYPE_COMPOSITE: describe_composite(description, type); break;
    case TYPTYPE_DOMAIN: describe_domain(description, type); break;
    default: describe_range(description, type);
    }
    ObjectAddress object;
    ObjectAddressSet(object, TypeRelationId, type);
    settle_rights(description, object);
}

} // namespace cedro::ddl
