// What of ALTER TABLE and its like is carried to shards, and what is refused.
#include "cluster/node.hpp"
#include "ddl/describe/dependency.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/table.hpp"
#include "pg/list.hpp"

namespace cedro::ddl {

namespace {

[[noreturn]] void refuse(const char *what, const char *hint = nullptr) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s is not supported for distributed tables", what),
                    hint ? errhint("%s", hint) : 0));
}

bool is_key(const table::Table &table, const char *column) {
    return table.is_hash() && column && get_attnum(table.relid, column) == table.key;
}

[[noreturn]] void refuse_key(const table::Table &table, const char *what) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("cannot %s distribution column \"%s\" of table \"%s\"", what,
                           get_attname(table.relid, table.key, false), get_rel_name(table.relid)),
                    errhint("Use undistribute_table() first, and distribute the table by another column afterwards.")));
}

// What PostgreSQL's own part of ALTER TABLE knows and shards do not get.
const char *refused_name(AlterTableType type) {
    switch (type) {
    case AT_AddInherit:
    case AT_DropInherit: return "inheritance";
    case AT_AddOf:
    case AT_DropOf: return "a typed table";
    case AT_EnableTrig:
    case AT_EnableAlwaysTrig:
    case AT_EnableReplicaTrig:
    case AT_DisableTrig:
    case AT_EnableTrigAll:
    case AT_DisableTrigAll:
    case AT_EnableTrigUser:
    case AT_DisableTrigUser: return "ALTER TABLE ... TRIGGER";
    case AT_EnableRule:
    case AT_EnableAlwaysRule:
    case AT_EnableReplicaRule:
    case AT_DisableRule: return "ALTER TABLE ... RULE";
    case AT_SetTableSpace: return "ALTER TABLE ... SET TABLESPACE";
    case AT_SetAccessMethod: return "ALTER TABLE ... SET ACCESS METHOD";
    case AT_GenericOptions: return "ALTER TABLE ... OPTIONS";
    case AT_DetachPartitionFinalize: return "DETACH PARTITION ... FINALIZE";
    default: return nullptr;
    }
}

bool is_partition_of_cluster(const AlterTableCmd *command) {
    const RangeVar *name = castNode(PartitionCmd, command->def)->name;
    const Oid relid = RangeVarGetRelid(name, NoLock, true);
    return !OidIsValid(relid) || table::is_shell(relid);
}

void require_carried(const AlterTableCmd *command, const table::Table &table) {
    if (const char *name = refused_name(command->subtype)) refuse(name);
    switch (command->subtype) {
    case AT_DropColumn:
        if (is_key(table, command->name)) refuse_key(table, "drop");
        break;
    case AT_AlterColumnType:
        if (is_key(table, command->name)) refuse_key(table, "change the type of");
        break;
    case AT_AttachPartition:
        if (!is_partition_of_cluster(command))
            refuse("ATTACH PARTITION of a table that is not distributed",
                   "Distribute it in the same way as the partitioned table first.");
        break;
    default: break;
    }
}

} // namespace

void require_carried(Node *statement, const table::Table &table) {
    switch (nodeTag(statement)) {
    case T_AlterTableStmt:
        for (const AlterTableCmd *command :
             pg::ListOf<AlterTableCmd>(reinterpret_cast<AlterTableStmt *>(statement)->cmds))
            require_carried(command, table);
        break;
    case T_IndexStmt: {
        auto *index = reinterpret_cast<IndexStmt *>(statement);
        if (index->tableSpace) refuse("CREATE INDEX ... TABLESPACE");
        break;
    }
    default: break;
    }
}

void require_active_placements(const table::Table &table) {
    for (const table::Shard &shard : table.shards)
        for (const table::Placement &placement : shard.placements) {
            const cluster::Node *node = cluster::primary_of(placement.group);
            if (node && node->is_active) continue;
            ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                            errmsg("table \"%s\" cannot be changed while node %s:%d is disabled",
                                   get_rel_name(table.relid), node ? node->host : "?", node ? node->port : 0),
                            errdetail("Shards of the table on that node would miss the change."),
                            errhint("Activate the node first, or move the shards away.")));
        }
}

void handle_trigger_or_rule(const pg::Utility &utility) {
    const char *what = IsA(utility.tree(), RuleStmt) ? "CREATE RULE" : "CREATE TRIGGER";
    for (Oid relid : relations_of(utility.tree())) {
        if (table::is_shell(relid)) refuse(what);
        ObjectAddress object;
        ObjectAddressSet(object, RelationRelationId, relid);
        if (is_shared(object))
            ereport(ERROR,
                    (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                     errmsg("%s is not supported for \"%s\", which is on all nodes", what, get_rel_name(relid))));
    }
    utility.run();
}

} // namespace cedro::ddl
