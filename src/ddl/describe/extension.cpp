#include "ddl/describe/kinds.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

// Members are not described one by one: the extension's own script makes them.
void describe_extension(Description &description, Oid extension) {
    pg::each_row(
        ExtensionRelationId, ExtensionOidIndexId, {{Anum_pg_extension_oid, F_OIDEQ, ObjectIdGetDatum(extension)}},
        [&](HeapTuple tuple, TupleDesc descriptor) {
            auto *form = pg::fields<FormData_pg_extension>(tuple);
            const char *name = quote_identifier(NameStr(form->extname));
            const char *version = TextDatumGetCString(*pg::column(tuple, descriptor, Anum_pg_extension_extversion));
            create(description,
                   psprintf("CREATE EXTENSION IF NOT EXISTS %s WITH SCHEMA %s VERSION %s", name,
                            quote_identifier(get_namespace_name(form->extnamespace)), plan::literal(version)));
            settle(description, psprintf("ALTER EXTENSION %s UPDATE TO %s", name, plan::literal(version)));
        });
}

} // namespace cedro::ddl
