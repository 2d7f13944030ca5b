#include "replica/option.hpp"

#include "catalog/relation.hpp"
#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "move/shard_group.hpp"
#include "pg/inheritance.hpp"
#include "pg/list.hpp"
#include "pg/definition.hpp"
#include "replica/factor.hpp"
#include "replica/option_text.hpp"
#include "unique/global_key.hpp"
#include "transaction/everywhere.hpp"
#include "unique/global_key.hpp"

namespace cedro::replica {

namespace {

constexpr char kOption[] = "shard_replication_factor";
constexpr int kMostCopies = 100; // as for citus.shard_replication_factor

/// What a statement says of the option.
struct Wish {
    bool is_there = false;
    std::optional<int> factor; ///< nothing: RESET
    int location = -1;         ///< in the text
};

bool is_option(const DefElem *element) { return !element->defnamespace && strcmp(element->defname, kOption) == 0; }

int factor_in(DefElem *element) {
    const int64 value = defGetInt64(element);
    if (value >= 1 && value <= kMostCopies) return static_cast<int>(value);
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("value " INT64_FORMAT " out of bounds for option \"%s\"", value, kOption),
                    errdetail("Valid values are between \"1\" and \"%d\".", kMostCopies)));
}

/// The list without the option; notes what it says.
List *without_option(List *elements, bool is_reset, Wish &wish) {
    List *kept = NIL;
    for (DefElem *element : pg::ListOf<DefElem>(elements)) {
        if (!is_option(element)) {
            kept = lappend(kept, element);
            continue;
        }
        if (wish.is_there)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                            errmsg("parameter \"%s\" specified more than once", kOption)));
        wish.is_there = true;
        wish.location = element->location;
        wish.factor = is_reset ? std::nullopt : std::optional<int>(factor_in(element));
    }
    return kept;
}

bool sets_options(const AlterTableCmd *command) {
    return command->subtype == AT_SetRelOptions || command->subtype == AT_ResetRelOptions;
}

bool names_option(const List *elements) {
    for (const DefElem *element : pg::ListOf<DefElem>(elements))
        if (is_option(element)) return true;
    return false;
}

bool names_option(Node *tree) {
    if (IsA(tree, CreateStmt)) return names_option(castNode(CreateStmt, tree)->options);
    if (!IsA(tree, AlterTableStmt) || castNode(AlterTableStmt, tree)->objtype != OBJECT_TABLE) return false;
    for (AlterTableCmd *command : pg::ListOf<AlterTableCmd>(castNode(AlterTableStmt, tree)->cmds))
        if (sets_options(command) && names_option(reinterpret_cast<List *>(command->def))) return true;
    return false;
}

Wish take_from(AlterTableStmt *statement) {
    Wish wish;
    List *kept = NIL;
    for (AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds)) {
        if (sets_options(command)) {
            List *rest = without_option(reinterpret_cast<List *>(command->def),
                                        command->subtype == AT_ResetRelOptions, wish);
            command->def = reinterpret_cast<Node *>(rest);
            if (rest == NIL) continue;
        }
        kept = lappend(kept, command);
    }
    statement->cmds = kept;
    return wish;
}

/// The text without the option: other nodes are told it.
const char *text_without(const char *text, const Wish &wish) {
    char *rest = pstrdup(text);
    if (wish.location >= 0 && blank_option(rest, static_cast<size_t>(wish.location))) return rest;
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("option \"%s\" cannot be taken out of the statement", kOption),
                    errhint("Set it in an ALTER TABLE of its own, without comments beside it.")));
}

/// The statement without the option goes through all hooks again.
void run_rest(const pg::Utility &utility, PlannedStmt *statement, const char *text) {
    ProcessUtility(statement, text, false, utility.context, utility.parameters, utility.environment, utility.receiver,
                   utility.completion);
}

/// The table of an ALTER TABLE, which must be the caller's own. InvalidOid: IF EXISTS, and there is none.
Oid owned_table(const AlterTableStmt *statement) {
    const Oid relid = RangeVarGetRelidExtended(statement->relation, ShareUpdateExclusiveLock,
                                               statement->missing_ok ? RVR_MISSING_OK : 0, nullptr, nullptr);
    if (!OidIsValid(relid)) {
        ereport(NOTICE, (errmsg("relation \"%s\" does not exist, skipping", statement->relation->relname)));
        return InvalidOid;
    }
    const char kind = get_rel_relkind(relid);
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                        errmsg("\"%s\" is not a table", statement->relation->relname)));
    if (!pg::is_owner_of_table(relid, GetUserId()))
        aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, statement->relation->relname);
    return relid;
}

void name_tables(Oid relid, const pg::Vector<Oid> &relids, int factor) {
    StringInfoData others;
    initStringInfo(&others);
    for (Oid each : relids)
        if (each != relid && !get_rel_relispartition(each) && !unique::is_key_table(each))
            appendStringInfo(&others, "%s\"%s\"", others.len == 0 ? "" : ", ", get_rel_name(each));
    if (others.len == 0) return;
    ereport(NOTICE, (errmsg("tables co-located with \"%s\" get %d %s of each shard too: %s", get_rel_name(relid), factor,
                            factor == 1 ? "copy" : "copies", others.data)));
}

/// Checks, tells and remembers. Returns the table as it is.
const table::Table &begin(Oid relid, const Wish &wish, int factor) {
    cluster::require_coordinator("ALTER TABLE … SET (shard_replication_factor)");
    transaction::lock_metadata();
    const table::Table &table = table::get(relid);
    require_possible(table, factor);
    pg::Vector<Oid> relids; // without the hidden tables of unique keys
    for (Oid each : table::colocated(table.colocation))
        if (!unique::is_key_table(each)) relids.push(each);
    name_tables(relid, relids, factor);
    remember(relids, wish.factor);
    announce(table.colocation, factor);
    return table;
}

/// Ends the running transaction and begins the next one, as VACUUM does.
void commit_and_go_on() {
    while (ActiveSnapshotSet()) PopActiveSnapshot();
    CommitTransactionCommand();
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
}

void change_one_by_one(Oid relid, const Wish &wish, int factor) {
    const table::Table &table = begin(relid, wish, factor);
    const int32 colocation = table.colocation;
    const int shard_count = static_cast<int>(table.shards.size());
    for (int ordinal = 0; ordinal < shard_count; ordinal++) {
        commit_and_go_on();
        CHECK_FOR_INTERRUPTS();
        transaction::lock_metadata();
        // Dropped, or moved to another group, since.
        if (!table::is_shell(relid) || table::get(relid).colocation != colocation) return PopActiveSnapshot();
        equalize(colocation, ordinal, factor);
    }
    settle(colocation, factor);
    // The portal's own snapshot went with the first transaction.
    PopActiveSnapshot();
}

void change_together(Oid relid, const Wish &wish, int factor) {
    const table::Table &table = begin(relid, wish, factor);
    ereport(NOTICE, (errmsg("all shards of table \"%s\" change together, and writes to them wait until the transaction ends",
                            get_rel_name(relid)),
                     errhint("Outside of a transaction block each shard commits by itself.")));
    const int shard_count = static_cast<int>(table.shards.size());
    const int32 colocation = table.colocation;
    // All gates first, in their order: see move::close_gates().
    for (int ordinal = 0; ordinal < shard_count; ordinal++) move::close_gates(move::group_at(colocation, ordinal));
    for (int ordinal = 0; ordinal < shard_count; ordinal++) equalize(colocation, ordinal, factor);
    settle(colocation, factor);
}

void apply(Oid relid, const Wish &wish, const pg::Utility &utility) {
    if (!table::is_shell(relid)) return remember({&relid, 1}, wish.factor);
    const int factor = wish.factor.value_or(setting::shard_replication_factor);
    if (IsInTransactionBlock(utility.is_top_level()))
        change_together(relid, wish, factor);
    else
        change_one_by_one(relid, wish, factor);
}

void alter(const pg::Utility &utility, PlannedStmt *statement) {
    auto *alter = castNode(AlterTableStmt, statement->utilityStmt);
    const Wish wish = take_from(alter);
    const Oid relid = owned_table(alter);
    if (!OidIsValid(relid)) return;
    if (alter->cmds != NIL) run_rest(utility, statement, text_without(utility.query_string, wish));
    CommandCounterIncrement();
    apply(relid, wish, utility);
    if (utility.completion) SetQueryCompletion(utility.completion, CMDTAG_ALTER_TABLE, 0);
}

void create(const pg::Utility &utility, PlannedStmt *statement) {
    auto *create = castNode(CreateStmt, statement->utilityStmt);
    Wish wish;
    create->options = without_option(create->options, false, wish);
    const bool was_there = create->if_not_exists && OidIsValid(RangeVarGetRelid(create->relation, NoLock, true));
    run_rest(utility, statement, utility.query_string);
    CommandCounterIncrement();
    if (was_there) return;
    const Oid relid = RangeVarGetRelid(create->relation, NoLock, false);
    if (table::is_shell(relid))
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("partition \"%s\" cannot have a \"%s\" of its own", get_rel_name(relid), kOption),
                        errhint("Set it for the partitioned table.")));
    remember({&relid, 1}, wish.factor);
}

} // namespace

bool handle_utility(const pg::Utility &utility) {
    if (!names_option(utility.tree()) || transaction::is_applying() || !catalog::is_extension_ready()) return false;
    auto *statement = static_cast<PlannedStmt *>(copyObjectImpl(utility.statement));
    if (IsA(statement->utilityStmt, CreateStmt))
        create(utility, statement);
    else
        alter(utility, statement);
    return true;
}

} // namespace cedro::replica
