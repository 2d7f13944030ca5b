#include "ddl/remove.hpp"

#include "ddl/describe/make.hpp"
#include "ddl/statement.hpp"
#include "pg/scope.hpp"
#include "pg/spi.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

namespace {

void drop(std::span<const ObjectAddress> objects, bool cascades, int flags) {
    ObjectAddresses *list = new_object_addresses();
    for (const ObjectAddress &object : objects) {
        if (object.classId == RelationRelationId) LockRelationOid(object.objectId, AccessExclusiveLock);
        add_exact_object_address(&object, list);
    }
    // No event trigger fires for what is dropped so.
    const pg::Vector<ObjectAddress> dropped =
        watch_drops([&] { performMultipleDeletions(list, cascades ? DROP_CASCADE : DROP_RESTRICT, flags); });
    CommandCounterIncrement();
    for (const ObjectAddress &object : dropped) unrecord(object);
}

const char *array_text(std::span<const int64> numbers) {
    StringInfoData buffer;
    initStringInfo(&buffer);
    for (int64 each : numbers) appendStringInfo(&buffer, "%s" INT64_FORMAT, buffer.len ? "," : "", each);
    return psprintf("'{%s}'::bigint[]", buffer.data);
}

Oid named(const DroppedTable &table) {
    const Oid schema = get_namespace_oid(table.schema, true);
    return OidIsValid(schema) ? get_relname_relid(table.name, schema) : InvalidOid;
}

} // namespace

void remove_shards(const DroppedTable &table) {
    const Oid schema = get_namespace_oid(table.schema, true);
    if (!OidIsValid(schema)) return;
    pg::Vector<ObjectAddress> objects;
    for (int64 shard : table.shards) {
        ObjectAddress object;
        ObjectAddressSet(object, RelationRelationId, get_relname_relid(table::shard_name(table.name, shard), schema));
        if (OidIsValid(object.objectId)) objects.push(object);
    }
    // Foreign keys of other tables' shards have gone, or go, with those of the shells.
    if (!objects.empty()) drop(objects, true, PERFORM_DELETION_INTERNAL | PERFORM_DELETION_QUIETLY);
}

void remove_rows(Oid relid, std::span<const int64> shards) {
    const char *ids = array_text(shards);
    const char *const commands[] = {
        psprintf("DELETE FROM citus_internal.global_key WHERE relid = %u OR keyrelid = %u", relid, relid),
        psprintf("DELETE FROM citus_internal.table_option WHERE relid = %u", relid),
        psprintf("DELETE FROM pg_catalog.pg_dist_placement WHERE shardid = ANY (%s)", ids),
        psprintf("DELETE FROM pg_catalog.pg_dist_shard WHERE shardid = ANY (%s)", ids),
        // The last table of a colocation group takes the group with it.
        psprintf(
            "DELETE FROM pg_catalog.pg_dist_colocation c USING pg_catalog.pg_dist_partition p WHERE p.logicalrelid "
            "= %u AND c.colocationid = p.colocationid AND NOT EXISTS (SELECT FROM pg_catalog.pg_dist_partition o "
            "WHERE o.colocationid = c.colocationid AND o.logicalrelid <> %u)",
            relid, relid),
        psprintf("DELETE FROM pg_catalog.pg_dist_partition WHERE logicalrelid = %u", relid)};
    transaction::run_here(commands);
}

void remove_table(const DroppedTable &table, bool cascades) {
    transaction::apply([&] {
        // A partition's shell has gone with its parent's: the metadata still tell its oid.
        const Oid relid = table.shards.empty() ? named(table) : table::shell_of_shard(table.shards.front());
        remove_shards(table);
        remove_rows(relid, table.shards);
        ObjectAddress object;
        ObjectAddressSet(object, RelationRelationId, relid);
        if (get_rel_name(relid)) drop({&object, 1}, cascades, PERFORM_DELETION_QUIETLY);
    });
}

void remove_objects(std::span<const ObjectAddress> objects, bool cascades) {
    transaction::apply([&] {
        if (!objects.empty()) drop(objects, cascades, PERFORM_DELETION_QUIETLY);
    });
}

void remove_role(const char *name) {
    ObjectAddress object;
    ObjectAddressSet(object, AuthIdRelationId, get_role_oid(name, true));
    if (!OidIsValid(object.objectId)) return;
    unrecord(object);
    const char *const commands[] = {psprintf("DROP ROLE %s", quote_identifier(name))};
    transaction::run_here(commands);
}

} // namespace cedro::ddl
