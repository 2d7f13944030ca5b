#include "convert/shards.hpp"

#include "cluster/node.hpp"
#include "convert/metadata.hpp"
#include "pg/text.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::convert {

namespace {

// "{1,2}" with the shards that have a placement on the group, or nullptr when there are none.
const char *shards_on(const table::Table &table, int32 group) {
    StringInfoData array;
    initStringInfo(&array);
    for (const table::Shard &shard : table.shards)
        if (table::placement_on(shard, group))
            appendStringInfo(&array, "%s" INT64_FORMAT, array.len == 0 ? "{" : ",", shard.id);
    if (array.len == 0) return nullptr;
    appendStringInfoChar(&array, '}');
    return array.data;
}

void call_on_placements(const char *function, const table::Table &table) {
    auto command = [&](int32 group) -> const char * {
        const char *shards = shards_on(table, group);
        return shards ? psprintf("SELECT citus_internal.%s(%s, '%s'::pg_catalog.int8[])", function,
                                 relation_literal(table.relid), shards)
                      : nullptr;
    };
    // A coordinator that was never registered has no id.
    pg::Vector<transaction::NodeCommands> parts;
    const pg::Vector<cluster::Node> nodes = cluster::other_nodes();
    for (const cluster::Node &node : nodes)
        if (const char *sql = command(node.group)) {
            auto **one = static_cast<const char **>(palloc(sizeof(char *)));
            *one = sql;
            parts.push({node.id, {one, 1}});
        }
    transaction::run_on_each(parts);
    if (const char *sql = command(cluster::local_group())) transaction::run_here(std::span(&sql, 1));
}

} // namespace

void create_shards(const table::Table &table) { call_on_placements("create_shards", table); }

void create_foreign_keys(const table::Table &table) { call_on_placements("create_shard_foreign_keys", table); }

void drop_shards(const table::Table &table) { call_on_placements("drop_shards", table); }

void lock_on_other_nodes(std::span<const Oid> relids) {
    Commands commands;
    for (Oid relid : relids)
        commands.push(psprintf("LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE", pg::qualified_name(relid)));
    if (!commands.empty()) transaction::run_on_others(commands);
}

} // namespace cedro::convert
