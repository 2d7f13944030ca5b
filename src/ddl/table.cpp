// Definitions of tables: the statement runs on the shell here, on the shards of
// this node, and is repeated on the shells and shards of the others. At the end
// each node compares its shell with the coordinator's.
#include "ddl/table.hpp"

#include "ddl/concurrently.hpp"
#include "ddl/describe/kinds.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/ship.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "plan/sql_text.hpp"
#include "transaction/everywhere.hpp"
#include "worker/shard_change.hpp"

namespace cedro::ddl {

namespace {

constinit TableRules rules{};

ObjectAddress address(Oid relid) {
    ObjectAddress object;
    ObjectAddressSet(object, RelationRelationId, relid);
    return object;
}

// With their partitions, which a change of the table may reach.
pg::Vector<Oid> with_partitions(std::span<const Oid> tables) {
    pg::Vector<Oid> all;
    for (Oid relid : tables)
        for (Oid each : pg::OidsOf(find_all_inheritors(relid, NoLock, nullptr)))
            if (!all.contains(each) && table::is_shell(each)) all.push(each);
    return all;
}

// The statement concerns rows or the physical order only: shells need not be compared, nor is anything new.
bool changes_definition(const Node *statement) { return !IsA(statement, ReindexStmt); }

// PostgreSQL drops the indexes of a column whose type changes and makes them again.
bool makes_indexes_anew(const Node *statement) {
    if (!IsA(statement, AlterTableStmt)) return false;
    for (const AlterTableCmd *command :
         pg::ListOf<AlterTableCmd>(reinterpret_cast<const AlterTableStmt *>(statement)->cmds))
        if (command->subtype == AT_AlterColumnType) return true;
    return false;
}

bool adds_foreign_key(const Node *statement) {
    if (!IsA(statement, AlterTableStmt)) return false;
    auto is_foreign = [](const Node *node) {
        return node && IsA(node, Constraint) && reinterpret_cast<const Constraint *>(node)->contype == CONSTR_FOREIGN;
    };
    for (const AlterTableCmd *command :
         pg::ListOf<AlterTableCmd>(reinterpret_cast<const AlterTableStmt *>(statement)->cmds)) {
        if (command->subtype == AT_AddConstraint && is_foreign(command->def)) return true;
        if (command->subtype != AT_AddColumn) continue;
        for (const Node *constraint : pg::ListOf<Node>(castNode(ColumnDef, command->def)->constraints))
            if (is_foreign(constraint)) return true;
    }
    return false;
}

// Sequences that a new identity column brought start, on each node, in its own range.
void adopt_sequences(pg::Vector<const char *> &commands, Oid relid) {
    for (Oid sequence : pg::OidsOf(getOwnedSequences(relid))) commands.push(adopt_command(sequence));
}

pg::Vector<const char *> needs_of_all(std::span<const Oid> tables) {
    pg::Vector<const char *> needs;
    for (Oid relid : tables)
        for (const char *each : needs_of(address(relid))) needs.push(each);
    return needs;
}

// Only shells have comments and labels.
void carry_comment(const pg::Utility &utility, std::span<const Oid> tables) {
    require_here(address(tables[0]));
    utility.run();
    CommandCounterIncrement();
    pg::Vector<const char *> commands;
    for (Oid relid : tables) commands.push(settle_command(address(relid)));
    carry({}, commands);
}

} // namespace

void carry_change(const pg::Utility &utility, std::span<const Oid> tables) {
    Node *statement = utility.tree();
    require_here(address(tables[0]));
    transaction::lock_metadata();
    for (Oid relid : tables) {
        require_carried(statement, table::get(relid));
        for (Oid each : with_partitions({&relid, 1})) require_active_placements(table::get(each));
    }
    if (makes_indexes_anew(statement))
        for (Oid relid : with_partitions(tables)) rules.drop_keys(relid);
    List *defaults = worker::shard_change_defaults(text_of(utility));
    pg::Vector<const char *> needs;
    worker::change_shards(
        static_cast<Node *>(copyObjectImpl(statement)), list_copy(defaults),
        [&] {
            within_transaction(utility).run();
            CommandCounterIncrement();
            for (Oid relid : with_partitions(tables)) rules.check_keys(relid);
        },
        [&] {
            needs = needs_of_all(tables);
            return worker::grants_named(needs);
        });
    CommandCounterIncrement();
    if (needs.empty()) needs = needs_of_all(tables);
    const char *repeat = repeat_command(worker::shard_change_command(text_of(utility), defaults, needs));

    pg::Vector<const char *> everywhere;
    pg::Vector<const char *> on_others;
    if (changes_definition(statement))
        for (Oid relid : with_partitions(tables)) add_new_dependencies(everywhere, address(relid), tables);
    on_others.push(repeat);
    if (changes_definition(statement))
        for (Oid relid : with_partitions(tables)) {
            if (adds_foreign_key(statement)) rules.check_foreign_keys(relid);
            adopt_sequences(on_others, relid);
            on_others.push(settle_command(address(relid)));
        }
    carry(everywhere, on_others);
    for (Oid relid : with_partitions(tables)) rules.reconcile_keys(relid);
}

void set_table_rules(const TableRules &given) { rules = given; }

void handle_table(const pg::Utility &utility) {
    if (run_concurrently(utility)) return;
    Node *statement = utility.tree();
    const pg::Vector<Oid> tables = tables_of(statement);
    if (!tables.empty()) {
        if (IsA(statement, CommentStmt) || IsA(statement, SecLabelStmt)) return carry_comment(utility, tables);
        return carry_change(utility, tables);
    }
    // Of a table that lives here alone, or of another object.
    if (IsA(statement, DropStmt) || IsA(statement, IndexStmt) || IsA(statement, ReindexStmt) ||
        IsA(statement, ClusterStmt) || IsA(statement, CreateStatsStmt) || IsA(statement, AlterStatsStmt) ||
        IsA(statement, AlterTableMoveAllStmt))
        return utility.run();
    handle_alter(utility);
}

} // namespace cedro::ddl
