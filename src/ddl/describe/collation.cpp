#include "ddl/describe/kinds.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

const char *provider_name(char provider) {
    switch (provider) {
    case COLLPROVIDER_ICU: return "icu";
    case COLLPROVIDER_LIBC: return "libc";
    default:
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("collation provider \"%c\" is not supported", provider)));
    }
}

} // namespace

void describe_collation(Description &description, Oid collation) {
    pg::with_cached(COLLOID, collation, [&](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_collation>(tuple);
        StringInfoData buffer;
        initStringInfo(&buffer);
        appendStringInfo(&buffer, "CREATE COLLATION %s (provider = %s, deterministic = %s", collation_name(collation),
                         provider_name(form->collprovider), form->collisdeterministic ? "true" : "false");
        auto option = [&](const char *name, AttrNumber attribute) {
            if (auto value = pg::column(COLLOID, tuple, attribute))
                appendStringInfo(&buffer, ", %s = %s", name, plan::literal(TextDatumGetCString(*value)));
        };
        option("lc_collate", Anum_pg_collation_collcollate);
        option("lc_ctype", Anum_pg_collation_collctype);
        option("locale", pg::kCollationLocale);
        appendStringInfoChar(&buffer, ')');
        create(description, buffer.data);
    });
    ObjectAddress object;
    ObjectAddressSet(object, CollationRelationId, collation);
    settle_rights(description, object);
}

} // namespace cedro::ddl
