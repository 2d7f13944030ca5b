#include "ddl/concurrently.hpp"

#include "cluster/node.hpp"
#include "ddl/maintenance.hpp"
#include "ddl/table.hpp"
#include "net/wait.hpp"
#include "pg/ddl.hpp"
#include "pg/inheritance.hpp"
#include "pg/list.hpp"
#include "pg/lock.hpp"
#include "pg/object.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "plan/sql_text.hpp"
#include "transaction/apart.hpp"
#include "unique/global_key.hpp"

namespace cedro::ddl {

namespace {

[[noreturn]] void refuse(const char *what, const char *hint) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s", what), errhint("%s", hint)));
}

void require_owner(Oid relid) {
    if (!pg::is_owner_of_table(relid, GetUserId()))
        aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(get_rel_relkind(relid)), get_rel_name(relid));
}

void require_coordinator(Oid relid) {
    ObjectAddress object;
    ObjectAddressSet(object, RelationRelationId, relid);
    require_here(object);
}

void set_valid(Oid index, bool is_valid) {
    const char *command = psprintf("SELECT citus_internal.set_index_valid(%s::regclass, %s)",
                                   plan::literal(pg::qualified_name(index)), is_valid ? "true" : "false");
    transaction::run_everywhere({&command, 1});
}

bool is_valid(Oid index) {
    HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
    if (!HeapTupleIsValid(tuple)) return false;
    const bool is = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indisvalid;
    ReleaseSysCache(tuple);
    return is;
}

// The index's definition for a shard. The deparser's text begins as is expected, or nothing is sent.
const char *create_on_shard(Oid index, int64 shard) {
    const Oid table = IndexGetRelation(index, false);
    const char *text = pg_get_indexdef_string(index);
    const bool is_unique = strncmp(text, "CREATE UNIQUE ", strlen("CREATE UNIQUE ")) == 0;
    const char *prefix = psprintf("CREATE %sINDEX %s ON %s ", is_unique ? "UNIQUE " : "",
                                  quote_identifier(get_rel_name(index)), pg::qualified_name(table));
    if (strncmp(text, prefix, strlen(prefix)) != 0)
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("an index is described as \"%s\"", text)));
    return psprintf("CREATE %sINDEX CONCURRENTLY IF NOT EXISTS %s ON %s %s", is_unique ? "UNIQUE " : "",
                    quote_identifier(table::shard_name(get_rel_name(index), shard)), name_on_shard(table, shard),
                    text + strlen(prefix));
}

// Runs the work in transactions of its own, and keeps other maintenance of the table away meanwhile (an error lets it
// in). An error says what has become of the index. The metadata is locked by transactions before and after, never
// while this holds the table: whoever changes it locks the metadata first.
void run_apart(const Work &work, Oid relid, const char *hint) {
    LockRelId lock{relid, MyDatabaseId};
    LockRelationIdForSession(&lock, ShareUpdateExclusiveLock);
    transaction::leave_transaction();
    pg::amending([&] { transaction::run_apart(work.commands()); },
                 [&](ErrorData *error) {
                     if (!error->hint) error->hint = const_cast<char *>(hint);
                 });
    UnlockRelationIdForSession(&lock, ShareUpdateExclusiveLock);
}

// Waits for writers without standing in the way of new ones, as a lock that is asked for does.
void lock_politely(Oid relid) {
    constexpr int64 kPause = 20; // milliseconds
    const net::Deadline deadline = LockTimeout > 0 ? net::in_milliseconds(LockTimeout) : net::kNever;
    while (!ConditionalLockRelationOid(relid, ShareLock)) {
        if (net::now() >= deadline) return LockRelationOid(relid, ShareLock); // which raises
        net::wait({}, net::in_milliseconds(kPause), net::Interrupts::Process);
    }
}

const char *hint_for(Oid index) {
    const char *name = pg::qualified_name(index);
    return psprintf("Index %s is left marked as not valid. Drop it, or finish it with REINDEX INDEX CONCURRENTLY %s.",
                    name, name);
}

pg::Vector<Oid> indexes_of(Oid relid) {
    return pg::with_relation(relid, AccessShareLock, [](Relation relation) {
        pg::Vector<Oid> indexes;
        for (Oid index : pg::OidsOf(RelationGetIndexList(relation))) indexes.push(index);
        return indexes;
    });
}

// ---- CREATE INDEX

// Whether the index would need a key over all shards: asked of the statement, before anything is made.
void refuse_global_key(const IndexStmt *statement, const table::Table &table) {
    if (!statement->unique || !table.is_hash()) return;
    for (const IndexElem *element : pg::ListOf<IndexElem>(statement->indexParams))
        if (element->name && get_attnum(table.relid, element->name) == table.key) return;
    refuse("a unique index without the distribution column cannot be created concurrently",
           "Use CREATE UNIQUE INDEX without CONCURRENTLY, or add the distribution column to the index.");
}

void create_index(const pg::Utility &utility, Oid relid) {
    const auto *statement = castNode(IndexStmt, utility.tree());
    prevent_in_block(utility.is_top_level(), "CREATE INDEX CONCURRENTLY");
    if (get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("cannot create index on partitioned table \"%s\" concurrently", get_rel_name(relid))));
    refuse_global_key(statement, table::get(relid));
    require_coordinator(relid);
    require_owner(relid);
    transaction::lock_metadata();
    lock_politely(relid);
    const pg::Vector<Oid> before = indexes_of(relid);
    const Oid tables[] = {relid};
    carry_change(utility, tables);
    Oid index = InvalidOid;
    for (Oid each : indexes_of(relid))
        if (!before.contains(each)) index = each;
    if (!OidIsValid(index)) return; // IF NOT EXISTS
    set_valid(index, false);
    Work work;
    add_for_shards(work, table::get(relid), [&](int64 shard) { return create_on_shard(index, shard); });
    run_apart(work, relid, hint_for(index));
    set_valid(index, true);
}

// ---- DROP INDEX

// What DROP INDEX would find in its way, before anything is changed.
void require_free(Oid index) {
    ObjectAddress object;
    ObjectAddressSet(object, RelationRelationId, index);
    auto raise = [&](const ObjectAddress &user) {
        ereport(ERROR,
                (errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
                 errmsg("cannot drop %s because other objects depend on it", getObjectDescription(&object, false)),
                 errdetail("%s depends on it.", getObjectDescription(&user, false))));
    };
    if (const Oid constraint = get_index_constraint(index); OidIsValid(constraint)) {
        ObjectAddress user;
        ObjectAddressSet(user, ConstraintRelationId, constraint);
        raise(user);
    }
    pg::each_row(DependRelationId, DependReferenceIndexId,
                 {{Anum_pg_depend_refclassid, F_OIDEQ, ObjectIdGetDatum(RelationRelationId)},
                  {Anum_pg_depend_refobjid, F_OIDEQ, ObjectIdGetDatum(index)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     const auto *form = pg::fields<FormData_pg_depend>(tuple);
                     if (form->deptype == DEPENDENCY_NORMAL) raise({form->classid, form->objid, form->objsubid});
                 });
}

void drop_index(const pg::Utility &utility, Oid index) {
    const auto *statement = castNode(DropStmt, utility.tree());
    prevent_in_block(utility.is_top_level(), "DROP INDEX CONCURRENTLY");
    if (list_length(statement->objects) != 1)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("DROP INDEX CONCURRENTLY does not support dropping multiple objects")));
    if (statement->behavior == DROP_CASCADE)
        ereport(ERROR,
                (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("DROP INDEX CONCURRENTLY does not support CASCADE")));
    if (get_rel_relkind(index) == RELKIND_PARTITIONED_INDEX)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("cannot drop partitioned index \"%s\" concurrently", get_rel_name(index))));
    const Oid relid = IndexGetRelation(index, false);
    if (unique::key_of_index(index))
        refuse("a unique index that holds over all shards cannot be dropped concurrently",
               "Use DROP INDEX without CONCURRENTLY.");
    require_coordinator(relid);
    require_owner(index);
    require_active_placements(table::get(relid));
    transaction::lock_metadata();
    require_free(index);
    set_valid(index, false);
    Work work;
    add_for_shards(work, table::get(relid), [&](int64 shard) {
        return psprintf("DROP INDEX CONCURRENTLY IF EXISTS %s", name_on_shard(index, shard));
    });
    const char *name = pg::qualified_name(index);
    run_apart(work, relid, psprintf("Index %s is left marked as not valid. Run DROP INDEX %s.", name, name));
    const char *command = psprintf("DROP INDEX %s", name);
    transaction::run_everywhere({&command, 1});
}

// ---- REINDEX

bool is_set(const ReindexStmt *statement, const char *name) {
    bool is = false;
    for (DefElem *option : pg::ListOf<DefElem>(statement->params))
        if (strcmp(option->defname, name) == 0) is = defGetBoolean(option);
    return is;
}

const char *reindex_text(const ReindexStmt *statement, const char *what, const char *name) {
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfoString(&text, "REINDEX");
    const char *separator = " (";
    for (DefElem *option : pg::ListOf<DefElem>(statement->params)) {
        if (strcmp(option->defname, "tablespace") == 0)
            refuse("REINDEX to another tablespace is not supported for distributed tables", "Leave TABLESPACE out.");
        appendStringInfo(&text, "%s%s", separator, option->defname);
        if (option->arg) appendStringInfo(&text, " %s", quote_literal_cstr(defGetString(option)));
        separator = ", ";
    }
    appendStringInfo(&text, "%s %s %s", *separator == ',' ? ")" : "", what, name);
    return text.data;
}

// What an interrupted REINDEX CONCURRENTLY left on a shard.
const char *drop_leftover(Oid index, int64 shard) {
    const char *name = makeObjectName(table::shard_name(get_rel_name(index), shard), nullptr, "ccnew");
    return psprintf("DROP INDEX CONCURRENTLY IF EXISTS %s",
                    quote_qualified_identifier(get_namespace_name(get_rel_namespace(index)), name));
}

void reindex(const pg::Utility &utility, Oid relid) {
    const auto *statement = castNode(ReindexStmt, utility.tree());
    const bool is_concurrent = is_set(statement, "concurrently");
    const bool is_index = statement->kind == REINDEX_OBJECT_INDEX;
    const Oid target = is_index ? RangeVarGetRelid(statement->relation, NoLock, false) : relid;
    prevent_in_block(utility.is_top_level(), is_concurrent ? "REINDEX CONCURRENTLY"
                                             : is_index    ? "REINDEX INDEX"
                                                           : "REINDEX TABLE");
    require_coordinator(relid);
    require_owner(target);
    Work work;
    pg::Vector<Oid> indexes;
    if (is_index)
        indexes.push(target);
    else
        indexes = indexes_of(relid);
    const bool is_partitioned = get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE;
    pg::Vector<Oid> invalid;
    for (Oid index : indexes) {
        if (is_partitioned) continue; // their parts have them
        if (is_concurrent)
            add_for_shards(work, table::get(relid), [&](int64 shard) { return drop_leftover(index, shard); });
        if (is_valid(index)) continue;
        invalid.push(index);
        add_for_shards(work, table::get(relid), [&](int64 shard) { return create_on_shard(index, shard); });
    }
    add_for_shards(work, table::get(relid), [&](int64 shard) {
        return reindex_text(statement, is_index ? "INDEX" : "TABLE", name_on_shard(target, shard));
    });
    run_apart(work, relid, "Some shards are done, others are not. Run the statement again.");
    for (Oid index : invalid) set_valid(index, true);
}

// A schema or the database: PostgreSQL's own on each node.
void reindex_all(const pg::Utility &utility) {
    const auto *statement = castNode(ReindexStmt, utility.tree());
    Work work;
    for (const cluster::Node &node : cluster::other_nodes())
        work.add(node.id, reindex_text(statement, statement->kind == REINDEX_OBJECT_SCHEMA ? "SCHEMA" : "DATABASE",
                                       quote_identifier(statement->name)));
    utility.run();
    if (work.parts.empty()) return;
    transaction::leave_transaction();
    transaction::run_apart(work.commands());
}

bool run_reindex(const pg::Utility &utility) {
    const auto *statement = castNode(ReindexStmt, utility.tree());
    switch (statement->kind) {
    case REINDEX_OBJECT_SYSTEM: return false;
    case REINDEX_OBJECT_SCHEMA:
    case REINDEX_OBJECT_DATABASE: reindex_all(utility); return true;
    default: break;
    }
    const pg::Vector<Oid> tables = tables_of(utility.tree());
    if (tables.empty()) return false;
    const bool is_simple =
        !is_set(statement, "concurrently") && get_rel_relkind(tables[0]) != RELKIND_PARTITIONED_TABLE;
    if (is_simple &&
        (statement->kind != REINDEX_OBJECT_INDEX || is_valid(RangeVarGetRelid(statement->relation, NoLock, false))))
        return false;
    reindex(utility, tables[0]);
    return true;
}

} // namespace

bool run_concurrently(const pg::Utility &utility) {
    Node *statement = utility.tree();
    if (IsA(statement, ReindexStmt)) return run_reindex(utility);
    if (IsA(statement, IndexStmt) && reinterpret_cast<IndexStmt *>(statement)->concurrent) {
        const pg::Vector<Oid> tables = tables_of(statement);
        if (!tables.empty()) create_index(utility, tables[0]);
        return !tables.empty();
    }
    if (!IsA(statement, DropStmt)) return false;
    const auto *drop = reinterpret_cast<DropStmt *>(statement);
    if (!drop->concurrent || drop->removeType != OBJECT_INDEX || tables_of(statement).empty()) return false;
    ListCell *cell;
    foreach (cell, drop->objects) {
        const Oid index = RangeVarGetRelid(makeRangeVarFromNameList(lfirst_node(List, cell)), NoLock, true);
        if (OidIsValid(index) && table::is_shell(IndexGetRelation(index, false))) {
            drop_index(utility, index);
            break;
        }
    }
    return true;
}

pg::Utility within_transaction(const pg::Utility &utility) {
    pg::Utility result = utility;
    result.statement = static_cast<PlannedStmt *>(copyObjectImpl(utility.statement));
    if (IsA(result.tree(), IndexStmt)) castNode(IndexStmt, result.tree())->concurrent = false;
    return result;
}

} // namespace cedro::ddl
