// The indexes of a shard, their constraints, and what refers to them.
#include "worker/shard_parts.hpp"

#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"

namespace cedro::worker {

namespace {

void create_index(const ShardDraft &draft, Relation index, const AttrMap *same) {
    Oid constraint = InvalidOid;
    IndexStmt *statement = generateClonedIndexStmt(range_var(draft.relid), index, same, &constraint);
    statement->idxname = pstrdup(table::shard_name(RelationGetRelationName(index), draft.id));
    pg::execute_definition(reinterpret_cast<Node *>(statement));
}

// Not from the relation's own descriptor: PostgreSQL keeps an index's as it was when it was opened first.
int statistics_target(Oid relid, AttrNumber attribute) {
    HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attribute));
    if (!HeapTupleIsValid(tuple)) return -1;
    const int target = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple))->attstattarget;
    ReleaseSysCache(tuple);
    return target;
}

// Columns of an expression index may have a statistics target of their own.
void set_index_statistics(const ShardDraft &draft, Relation index) {
    for (int16 column = 1; column <= RelationGetNumberOfAttributes(index); column++) {
        const int target = statistics_target(RelationGetRelid(index), column);
        if (target < 0) continue;
        List *commands = add_command(NIL, AT_SetStatistics, nullptr, reinterpret_cast<Node *>(makeInteger(target)));
        linitial_node(AlterTableCmd, commands)->num = column;
        auto *statement = makeNode(AlterTableStmt);
        statement->relation = range_var(draft.schema, table::shard_name(RelationGetRelationName(index), draft.id));
        statement->cmds = commands;
        statement->objtype = OBJECT_INDEX;
        pg::execute_definition(reinterpret_cast<Node *>(statement));
    }
}

void set_clustering(const ShardDraft &draft, Relation index) {
    if (!index->rd_index->indisclustered) return;
    alter_table(draft.relid,
                add_command(NIL, AT_ClusterOn, table::shard_name(RelationGetRelationName(index), draft.id), nullptr));
}

List *statistics_kinds(HeapTuple tuple) {
    bool is_null = false;
    ArrayType *kinds = DatumGetArrayTypeP(SysCacheGetAttr(STATEXTOID, tuple, Anum_pg_statistic_ext_stxkind, &is_null));
    List *names = NIL;
    for (int i = 0; i < ARR_DIMS(kinds)[0]; i++) {
        const char *name = nullptr;
        switch (reinterpret_cast<const char *>(ARR_DATA_PTR(kinds))[i]) {
        case STATS_EXT_NDISTINCT: name = "ndistinct"; break;
        case STATS_EXT_DEPENDENCIES: name = "dependencies"; break;
        case STATS_EXT_MCV: name = "mcv"; break;
        default: break; // of expressions: implied
        }
        if (name) names = lappend(names, makeString(pstrdup(name)));
    }
    return names;
}

List *statistics_elements(HeapTuple tuple, const ShardDraft &draft) {
    auto *form = reinterpret_cast<Form_pg_statistic_ext>(GETSTRUCT(tuple));
    List *elements = NIL;
    for (int i = 0; i < form->stxkeys.dim1; i++) {
        auto *element = makeNode(StatsElem);
        element->name = get_attname(draft.relid, form->stxkeys.values[i], false);
        elements = lappend(elements, element);
    }
    bool is_null = false;
    Datum expressions = SysCacheGetAttr(STATEXTOID, tuple, Anum_pg_statistic_ext_stxexprs, &is_null);
    if (is_null) return elements;
    auto *trees = static_cast<List *>(stringToNode(TextDatumGetCString(expressions)));
    for (Node *tree : pg::ListOf<Node>(trees)) {
        auto *element = makeNode(StatsElem);
        element->expr = tree;
        elements = lappend(elements, element);
    }
    return elements;
}

void create_statistics(const ShardDraft &draft, Oid statistics) {
    HeapTuple tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(statistics));
    if (!HeapTupleIsValid(tuple)) return;
    auto *form = reinterpret_cast<Form_pg_statistic_ext>(GETSTRUCT(tuple));
    List *name = list_make2(makeString(get_namespace_name(form->stxnamespace)),
                            makeString(pstrdup(table::shard_name(NameStr(form->stxname), draft.id))));
    if (OidIsValid(get_statistics_object_oid(name, true))) {
        ReleaseSysCache(tuple);
        return;
    }
    auto *statement = makeNode(CreateStatsStmt);
    statement->defnames = name;
    statement->stat_types = statistics_kinds(tuple);
    statement->exprs = statistics_elements(tuple, draft);
    statement->relations = list_make1(range_var(draft.relid));
    statement->transformed = true;
    const int target = form->stxstattarget;
    ReleaseSysCache(tuple);
    pg::execute_definition(reinterpret_cast<Node *>(statement));
    if (target >= 0) {
        auto *change = makeNode(AlterStatsStmt);
        change->defnames = name;
        change->stxstattarget = target;
        pg::execute_definition(reinterpret_cast<Node *>(change));
    }
}

} // namespace

void complete_indexes(const ShardDraft &draft) {
    AttrMap *same = pg::with_relation(draft.relid, NoLock, [&](Relation shard) {
        return build_attrmap_by_name(RelationGetDescr(shard), RelationGetDescr(draft.shell));
    });
    List *indexes = RelationGetIndexList(draft.shell);
    for (Oid each : pg::OidsOf(indexes)) {
        if (OidIsValid(get_relname_relid(table::shard_name(get_rel_name(each), draft.id), draft.schema_oid())))
            continue;
        pg::with_relation(each, AccessShareLock, [&](Relation index) {
            create_index(draft, index, same);
            set_index_statistics(draft, index);
            set_clustering(draft, index);
        });
    }
    for (Oid each : pg::OidsOf(RelationGetStatExtList(draft.shell))) create_statistics(draft, each);
}

void set_replica_identity(const ShardDraft &draft) {
    const char identity = draft.shell->rd_rel->relreplident;
    if (identity == REPLICA_IDENTITY_DEFAULT) return;
    auto *statement = makeNode(ReplicaIdentityStmt);
    statement->identity_type = identity;
    if (identity == REPLICA_IDENTITY_INDEX) {
        const Oid index = RelationGetReplicaIndex(draft.shell);
        if (!OidIsValid(index)) return; // the index was dropped: PostgreSQL treats it as NOTHING
        statement->name = pstrdup(table::shard_name(get_rel_name(index), draft.id));
    }
    alter_table(draft.relid, add_command(NIL, AT_ReplicaIdentity, nullptr, reinterpret_cast<Node *>(statement)));
}

} // namespace cedro::worker
