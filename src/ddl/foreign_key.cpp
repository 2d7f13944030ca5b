// Foreign keys of shells: sent when both tables are on all nodes.
#include "ddl/ship.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"

namespace cedro::ddl {

namespace {

struct ForeignKey {
    Oid oid;
    Oid table;
    Oid referenced;
    const char *name;
};

// Those of partitions come with the one of the partitioned table.
void collect(pg::Vector<ForeignKey> &keys, Oid index, AttrNumber column, Oid relid) {
    pg::each_row(ConstraintRelationId, index, {{column, F_OIDEQ, ObjectIdGetDatum(relid)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_constraint>(tuple);
                     if (form->contype == CONSTRAINT_FOREIGN && !OidIsValid(form->conparentid))
                         keys.push({form->oid, form->conrelid, form->confrelid, pstrdup(NameStr(form->conname))});
                 });
}

const char *command_for(const ForeignKey &key) {
    const char *definition = pg::with_settings({{"search_path", "pg_catalog, pg_temp"}}, [&] {
        return TextDatumGetCString(OidFunctionCall1(F_PG_GET_CONSTRAINTDEF_OID, ObjectIdGetDatum(key.oid)));
    });
    return psprintf("SELECT citus_internal.make_foreign_key(%s::regclass, %s, %s)",
                    plan::literal(pg::qualified_name(key.table)), plan::literal(key.name), plan::literal(definition));
}

} // namespace

pg::Vector<const char *> foreign_key_commands(Oid relid) {
    pg::Vector<ForeignKey> keys;
    collect(keys, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid, relid);
    // No index finds the keys that point here.
    collect(keys, InvalidOid, Anum_pg_constraint_confrelid, relid);
    pg::Vector<const char *> commands;
    for (const ForeignKey &key : keys) {
        const bool is_outgoing_known = key.table == relid || table::is_shell(key.table);
        const bool is_incoming_known = key.referenced == relid || table::is_shell(key.referenced);
        if (is_outgoing_known && is_incoming_known) commands.push(command_for(key));
    }
    return commands;
}

} // namespace cedro::ddl
