#include "copy/truncate.hpp"

#include "cluster/node.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "pg/truncate.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "unique/global_key.hpp"
#include "worker/placement.hpp"

namespace cedro::copy {

namespace {

List *with_children(List *relids, const RangeVar *name, LOCKMODE lock) {
    const Oid relid = RangeVarGetRelid(name, NoLock, true);
    if (!OidIsValid(relid)) return relids;
    if (!name->inh) return list_append_unique_oid(relids, relid);
    return list_concat_unique_oid(relids, find_all_inheritors(relid, lock, nullptr));
}

// All relations that the statement empties.
List *truncated(const TruncateStmt &statement) {
    List *relids = NIL;
    for (RangeVar *name : pg::ListOf<RangeVar>(statement.relations)) relids = with_children(relids, name, NoLock);
    if (statement.behavior != DROP_CASCADE) return relids;
    while (List *referencing = heap_truncate_find_FKs(relids)) relids = list_concat_unique_oid(relids, referencing);
    return relids;
}

using Shells = pg::Vector<const table::Table *>;

// The hidden tables of their keys are emptied with them.
Shells shells_of(List *relids) {
    Shells shells;
    for (Oid relid : pg::OidsOf(relids)) {
        const table::Table *table = table::find(relid);
        if (!table) continue;
        shells.push(table);
        for (const unique::GlobalKey &key : unique::keys_of(relid))
            if (const table::Table *entries = table::find(key.key_table)) shells.push(entries);
    }
    return shells;
}

// Active primaries with the coordinator first: the order in which everybody locks shells on several nodes.
pg::Vector<cluster::Node> nodes_in_lock_order() {
    pg::Vector<cluster::Node> nodes = cluster::active_primaries();
    std::sort(nodes.begin(), nodes.end(),
              [](const cluster::Node &a, const cluster::Node &b) { return a.group < b.group; });
    return nodes;
}

void run_on_node(const cluster::Node &node, const char *command) {
    const char *const commands[] = {command};
    if (cluster::is_local(node))
        transaction::run_here(commands);
    else
        transaction::run_on(node.id, commands);
}

const char *lock_command(const Shells &shells, const char *mode, bool nowait) {
    StringInfoData sql;
    initStringInfo(&sql);
    for (const table::Table *each : shells)
        appendStringInfo(&sql, "%s%s", sql.len ? ", " : "LOCK TABLE ", pg::qualified_name(each->relid));
    appendStringInfo(&sql, " IN %s MODE%s", mode, nowait ? " NOWAIT" : "");
    return sql.data;
}

// Whoever reads or writes holds a lock on the shell of the node where his
// statement runs. Taking those first, in one order, keeps readers and TRUNCATE
// from waiting for each other's shards in a ring.
void lock_everywhere(const Shells &shells, const char *mode, bool nowait) {
    const char *command = lock_command(shells, mode, nowait);
    for (const cluster::Node &node : nodes_in_lock_order()) run_on_node(node, command);
}

void lock_copies(const Shells &shells) {
    for (const table::Table *each : shells) {
        pg::Vector<int> ordinals;
        for (size_t i = 0; i < each->shards.size(); i++) ordinals.push(static_cast<int>(i));
        worker::lock_shards(*each, ordinals, worker::ShardLock::Exclusive);
    }
}

// One command for all shards of a node, so that foreign keys between them hold.
const char *truncate_command(const Shells &shells, int32 group, bool restart_identity) {
    StringInfoData sql;
    initStringInfo(&sql);
    for (const table::Table *each : shells) {
        const char *schema = get_namespace_name(get_rel_namespace(each->relid));
        const char *name = get_rel_name(each->relid);
        if (restart_identity && group != cluster::local_group())
            appendStringInfo(&sql, "%s%s", sql.len ? ", " : "TRUNCATE ", quote_qualified_identifier(schema, name));
        for (const table::Shard &shard : each->shards)
            if (table::placement_on(shard, group))
                appendStringInfo(&sql, "%s%s", sql.len ? ", " : "TRUNCATE ",
                                 quote_qualified_identifier(schema, table::shard_name(name, shard.id)));
    }
    if (sql.len && restart_identity) appendStringInfoString(&sql, " RESTART IDENTITY");
    return sql.len ? sql.data : nullptr;
}

void truncate_placements(const Shells &shells, bool restart_identity) {
    for (const cluster::Node &node : nodes_in_lock_order())
        if (const char *command = truncate_command(shells, node.group, restart_identity)) run_on_node(node, command);
}

// PostgreSQL checks them again; here before other nodes' locks are taken.
void check_rights(const TruncateStmt &statement) {
    for (RangeVar *name : pg::ListOf<RangeVar>(statement.relations)) {
        const Oid relid = RangeVarGetRelid(name, NoLock, true);
        if (!OidIsValid(relid)) continue;
        const AclResult result = pg_class_aclcheck(relid, GetUserId(), ACL_TRUNCATE);
        if (result != ACLCHECK_OK) aclcheck_error(result, OBJECT_TABLE, name->relname);
    }
}

bool keeps_writers_out(int mode) { return mode >= ShareLock; }

} // namespace

bool truncate(const pg::Utility &utility) {
    if (!IsA(utility.tree(), TruncateStmt) || transaction::is_applying()) return false;
    const auto &statement = *castNode(TruncateStmt, utility.tree());
    if (shells_of(truncated(statement)).empty()) return false;

    check_rights(statement);
    PreventCommandIfReadOnly("TRUNCATE TABLE");
    lock_everywhere(shells_of(truncated(statement)), "ACCESS EXCLUSIVE", false);
    utility.run();
    // With all locks held the set cannot change any more.
    const Shells shells = shells_of(truncated(statement));
    lock_copies(shells);
    truncate_placements(shells, statement.restart_seqs);
    return true;
}

bool lock_table(const pg::Utility &utility) {
    if (!IsA(utility.tree(), LockStmt) || transaction::is_applying()) return false;
    const auto &statement = *castNode(LockStmt, utility.tree());
    if (!keeps_writers_out(statement.mode)) return false;
    List *relids = NIL;
    for (RangeVar *name : pg::ListOf<RangeVar>(statement.relations)) relids = with_children(relids, name, NoLock);
    const Shells shells = shells_of(relids);
    if (shells.empty()) return false;

    utility.run();
    constexpr const char *kModes[] = {"SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};
    const char *command = lock_command(shells, kModes[statement.mode - ShareLock], statement.nowait);
    for (const cluster::Node &node : nodes_in_lock_order())
        if (!cluster::is_local(node)) run_on_node(node, command);
    return true;
}

} // namespace cedro::copy
