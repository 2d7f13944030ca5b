#include "ddl/describe/kinds.hpp"
#include "pg/scope.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

const char *column_list(Oid view) {
    StringInfoData text;
    initStringInfo(&text);
    pg::with_relation(view, AccessShareLock, [&](Relation relation) {
        const TupleDesc descriptor = RelationGetDescr(relation);
        for (int i = 0; i < descriptor->natts; i++)
            appendStringInfo(&text, "%s%s", i ? ", " : "",
                             quote_identifier(NameStr(TupleDescAttr(descriptor, i)->attname)));
    });
    return text.data;
}

// "security_barrier=true, check_option=local" as WITH takes it.
const char *options_of(Oid view) {
    return pg::with_cached(RELOID, view, [](HeapTuple tuple) -> const char * {
        auto options = pg::column(RELOID, tuple, Anum_pg_class_reloptions);
        return options ? relation_options(*options) : "";
    });
}

void describe_column_defaults(Description &description, Oid view) {
    pg::each_row(
        AttrDefaultRelationId, AttrDefaultIndexId, {{Anum_pg_attrdef_adrelid, F_OIDEQ, ObjectIdGetDatum(view)}},
        [&](HeapTuple tuple, TupleDesc descriptor) {
            auto *form = pg::fields<FormData_pg_attrdef>(tuple);
            const Datum tree = *pg::column(tuple, descriptor, Anum_pg_attrdef_adbin);
            create(description,
                   psprintf("ALTER VIEW %s ALTER COLUMN %s SET DEFAULT %s", pg::qualified_name(view),
                            quote_identifier(get_attname(view, form->adnum, false)), expression_text(tree, view)));
        });
}

} // namespace

void describe_view(Description &description, Oid view) {
    const char *options = options_of(view);
    const Datum definition = OidFunctionCall1(F_PG_GET_VIEWDEF_OID, ObjectIdGetDatum(view));
    create(description,
           psprintf("CREATE OR REPLACE VIEW %s (%s)%s%s%s AS %s", pg::qualified_name(view), column_list(view),
                    *options ? " WITH (" : "", options, *options ? ")" : "", TextDatumGetCString(definition)));
    describe_column_defaults(description, view);
    description.is_replaceable = true;
    description.definer =
        pg::with_cached(RELOID, view, [](HeapTuple tuple) { return pg::fields<FormData_pg_class>(tuple)->relowner; });
    ObjectAddress object;
    ObjectAddressSet(object, RelationRelationId, view);
    settle_rights(description, object);
    pg::with_relation(view, AccessShareLock, [&](Relation relation) { settle_columns(description, relation); });
}

} // namespace cedro::ddl
