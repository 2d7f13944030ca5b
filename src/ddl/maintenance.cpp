#include "ddl/maintenance.hpp"

#include "cluster/node.hpp"
#include "pg/text.hpp"
#include "pg/transaction.hpp"

namespace cedro::ddl {

void Work::add(int32 node_id, const char *command) {
    for (Part &part : parts)
        if (part.node_id == node_id) {
            part.commands.push(command);
            return;
        }
    parts.push({node_id, pg::Vector<const char *>()});
    parts.back().commands.push(command);
}

pg::Vector<transaction::NodeCommands> Work::commands() const {
    pg::Vector<transaction::NodeCommands> all;
    for (const Part &part : parts) all.push({part.node_id, part.commands});
    return all;
}

void add_for_shards(Work &work, const table::Table &table, pg::FunctionRef<const char *(int64 shard)> command) {
    pg::Vector<int32> left_out;
    for (const table::Shard &shard : table.shards)
        for (const table::Placement &placement : shard.placements) {
            const cluster::Node *node = cluster::primary_of(placement.group);
            if (!node || !node->is_active) {
                if (!left_out.contains(placement.group)) left_out.push(placement.group);
                continue;
            }
            work.add(node->id, command(shard.id));
        }
    for (int32 group : left_out) {
        const cluster::Node *node = cluster::primary_of(group);
        ereport(WARNING, (errmsg("shards of \"%s\" on node %s:%d are left out", get_rel_name(table.relid),
                                 node ? node->host : "?", node ? node->port : 0),
                          errdetail("The node is disabled.")));
    }
}

const char *name_on_shard(Oid relid, int64 shard) {
    return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
                                      table::shard_name(get_rel_name(relid), shard));
}

void prevent_in_block(bool is_top_level, const char *statement) { PreventInTransactionBlock(is_top_level, statement); }

} // namespace cedro::ddl
