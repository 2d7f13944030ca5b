#include "ddl/describe/kinds.hpp"

namespace cedro::ddl {

namespace {

const char *operator_name(Oid oper) {
    return psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(pg::operator_schema(oper))),
                    get_opname(oper));
}

} // namespace

// Commutator and negator are named even when they do not exist yet: PostgreSQL keeps a place for them.
void describe_operator(Description &description, Oid oper) {
    pg::with_cached(OPEROID, oper, [&](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_operator>(tuple);
        if (!OidIsValid(form->oprcode))
            ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                            errmsg("operator %s is only a shell", NameStr(form->oprname)),
                            errhint("Define it with CREATE OPERATOR first.")));
        StringInfoData text;
        initStringInfo(&text);
        appendStringInfo(&text, "CREATE OPERATOR %s.%s (FUNCTION = %s",
                         quote_identifier(get_namespace_name(form->oprnamespace)), NameStr(form->oprname),
                         function_name(form->oprcode));
        if (OidIsValid(form->oprleft)) appendStringInfo(&text, ", LEFTARG = %s", type_name(form->oprleft));
        if (OidIsValid(form->oprright)) appendStringInfo(&text, ", RIGHTARG = %s", type_name(form->oprright));
        if (OidIsValid(form->oprcom)) appendStringInfo(&text, ", COMMUTATOR = %s", operator_name(form->oprcom));
        if (OidIsValid(form->oprnegate)) appendStringInfo(&text, ", NEGATOR = %s", operator_name(form->oprnegate));
        if (OidIsValid(form->oprrest)) appendStringInfo(&text, ", RESTRICT = %s", function_name(form->oprrest));
        if (OidIsValid(form->oprjoin)) appendStringInfo(&text, ", JOIN = %s", function_name(form->oprjoin));
        if (form->oprcanhash) appendStringInfoString(&text, ", HASHES");
        if (form->oprcanmerge) appendStringInfoString(&text, ", MERGES");
        appendStringInfoChar(&text, ')');
        create(description, text.data);
    });
    ObjectAddress object;
    ObjectAddressSet(object, OperatorRelationId, oper);
    settle_rights(description, object);
}

} // namespace cedro::ddl
