#include "convert/follow.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "convert/distribute.hpp"
#include "convert/foreign_key.hpp"
#include "convert/undistribute.hpp"
#include "pg/catalog.hpp"
#include "pg/inheritance.hpp"
#include "pg/list.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::convert {

namespace {

Oid relid_of(const RangeVar *name) { return name ? RangeVarGetRelid(name, NoLock, true) : InvalidOid; }

// Whether a foreign key to the relation is enforced on the coordinator.
bool lies_on_coordinator(Oid relid) {
    const table::Table *table = table::find(relid);
    return table && (table->is_reference() || table->kind == table::Kind::Local);
}

bool refers_to_coordinator(const List *constraints) {
    for (const Node *node : pg::ListOf<Node>(constraints)) {
        if (!IsA(node, Constraint)) continue;
        const auto *constraint = reinterpret_cast<const Constraint *>(node);
        if (constraint->contype == CONSTR_FOREIGN && lies_on_coordinator(relid_of(constraint->pktable))) return true;
    }
    return false;
}

bool adds_foreign_key(const AlterTableStmt *statement) {
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds)) {
        if (!command->def) continue;
        if (IsA(command->def, Constraint) && refers_to_coordinator(list_make1(command->def))) return true;
        if (IsA(command->def, ColumnDef) &&
            refers_to_coordinator(reinterpret_cast<ColumnDef *>(command->def)->constraints))
            return true;
    }
    return false;
}

void add_with_notice(Oid relid) {
    ereport(NOTICE, (errmsg("adding table \"%s\" to the metadata of the cluster", get_rel_name(relid)),
                     errdetail("It has a foreign key to a table that lies on all nodes or is known to them.")));
    add_local_for_foreign_key(relid);
}

/// The partition that an ALTER TABLE attaches to a table of the cluster, or InvalidOid.
Oid attached_partition(const AlterTableStmt *statement) {
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds))
        if (command->subtype == AT_AttachPartition && table::is_shell(relid_of(statement->relation)))
            return relid_of(reinterpret_cast<PartitionCmd *>(command->def)->name);
    return InvalidOid;
}

// Reads of a table of the cluster go to its shards, and would miss the rows of a table that only inherits from the
// shell.
void require_no_shell(const RangeVar *parent) {
    const Oid relid = relid_of(parent);
    if (!OidIsValid(relid) || !table::is_shell(relid)) return;
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("tables cannot inherit from \"%s\", which is managed by the cluster", get_rel_name(relid)),
                    errhint("Use declarative partitioning, or undistribute_table() first.")));
}

void require_no_shell_above(const CreateStmt *statement) {
    if (statement->partbound) return;
    for (const RangeVar *parent : pg::ListOf<RangeVar>(statement->inhRelations)) require_no_shell(parent);
}

void require_no_shell_above(const AlterTableStmt *statement) {
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds))
        if (command->subtype == AT_AddInherit) require_no_shell(castNode(RangeVar, command->def));
}

bool may_drop_foreign_key(const Node *statement) {
    if (IsA(statement, DropStmt)) {
        const ObjectType kind = reinterpret_cast<const DropStmt *>(statement)->removeType;
        return kind == OBJECT_TABLE || kind == OBJECT_SCHEMA;
    }
    if (!IsA(statement, AlterTableStmt)) return false;
    const List *commands = reinterpret_cast<const AlterTableStmt *>(statement)->cmds;
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(commands))
        if (command->subtype == AT_DropConstraint || command->subtype == AT_DropColumn) return true;
    return false;
}

bool is_ours(const pg::Utility &utility) {
    return utility.context != PROCESS_UTILITY_SUBCOMMAND && !transaction::is_applying() &&
           catalog::is_extension_ready();
}

} // namespace

bool handle_utility(const pg::Utility &utility) {
    if (!is_ours(utility)) return false;
    if (IsA(utility.tree(), CreateStmt)) require_no_shell_above(castNode(CreateStmt, utility.tree()));
    if (IsA(utility.tree(), CreateForeignTableStmt))
        require_no_shell_above(&castNode(CreateForeignTableStmt, utility.tree())->base);
    if (!IsA(utility.tree(), AlterTableStmt)) return false;
    require_no_shell_above(castNode(AlterTableStmt, utility.tree()));
    const auto *statement = castNode(AlterTableStmt, utility.tree());
    if (statement->objtype != OBJECT_TABLE) return false;
    // With its shards it is attached as one table of the cluster to another.
    if (const Oid partition = attached_partition(statement); OidIsValid(partition) && !table::is_shell(partition)) {
        join(partition, relid_of(statement->relation));
        CommandCounterIncrement();
        return false;
    }
    const Oid relid = relid_of(statement->relation);
    if (OidIsValid(relid) && !table::is_shell(relid) && adds_foreign_key(statement) && !refers_to_shards(relid)) {
        add_with_notice(relid);
        CommandCounterIncrement();
    }
    return false;
}

void follow(const pg::Utility &utility) {
    if (may_drop_foreign_key(utility.tree()) && is_ours(utility) && cluster::is_coordinator()) {
        CommandCounterIncrement();
        return release_unconnected();
    }
    if (!IsA(utility.tree(), CreateStmt) || !is_ours(utility)) return;
    const Oid relid = relid_of(castNode(CreateStmt, utility.tree())->relation);
    if (!OidIsValid(relid) || table::is_shell(relid)) return;
    CommandCounterIncrement();
    if (get_rel_relispartition(relid)) {
        if (const Oid parent = get_partition_parent(relid, false); table::is_shell(parent)) join(relid, parent);
        return;
    }
    const bool waits = refers_to_shards(relid);
    for (const ForeignKey &key : foreign_keys_of(relid)) {
        if (waits && table::is_shell(key.to)) tell_of_waiting(key);
        if (!waits && lies_on_coordinator(key.to)) return add_with_notice(relid);
    }
}

} // namespace cedro::convert
