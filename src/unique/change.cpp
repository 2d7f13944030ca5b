#include "unique/change.hpp"

#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/guc.hpp"
#include "pg/index.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "unique/global_key.hpp"
#include "unique/reserve.hpp"

namespace cedro::unique {

namespace {

// A change as recorded: values stay Datums until somebody takes them.
struct Recorded {
    Oid key_table;
    int64 shard;
    bool is_gain;
    int32 home;
    int count;
    const Datum *values;
    const bool *nulls;
    const Oid *types;
    SubTransactionId subtransaction;
};

// Lives in TopTransactionContext; nullptr when nothing is recorded.
constinit pg::Vector<Recorded> *recorded = nullptr;

// How to compute one key from a row of this shard; lives as long as the statement.
struct WatchedKey {
    Oid key_table;
    IndexInfo *info;
    int count;
    const Oid *types;
    bool are_nulls_distinct;
};

struct WatchedShard {
    int64 shard;
    int ordinal;
    const table::Table *table;
    pg::Vector<WatchedKey> keys;
    EState *estate;
};

WatchedKey watched_key(const GlobalKey &key, Oid shard_relid, int64 shard) {
    const char *name = table::shard_name(get_rel_name(key.index), shard);
    const Oid index = get_relname_relid(name, get_rel_namespace(shard_relid));
    if (!OidIsValid(index))
        ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
                        errmsg("unique index \"%s\" is missing on a shard", get_rel_name(key.index)),
                        errdetail("The shard is \"%s\".", get_rel_name(shard_relid))));
    Relation relation = index_open(index, AccessShareLock);
    IndexInfo *info = BuildIndexInfo(relation);
    const int count = info->ii_NumIndexKeyAttrs;
    Oid *types = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<size_t>(count)));
    for (int i = 0; i < count; i++) types[i] = TupleDescAttr(RelationGetDescr(relation), i)->atttypid;
    index_close(relation, AccessShareLock);
    return {key.key_table, info, count, types, !info->ii_NullsNotDistinct};
}

WatchedShard *watch(Relation relation) {
    int64 shard = 0;
    const Oid shell = table::shell_of_relation(RelationGetRelid(relation), &shard);
    if (!OidIsValid(shell))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("relation \"%s\" is not a shard", RelationGetRelationName(relation))));
    int ordinal = 0;
    table::shell_of_shard(shard, &ordinal);
    auto *watched =
        pg::make<WatchedShard>(shard, ordinal, &table::get(shell), pg::Vector<WatchedKey>(), CreateExecutorState());
    for (const GlobalKey &key : keys_of(shell)) watched->keys.push(watched_key(key, RelationGetRelid(relation), shard));
    return watched;
}

// The values of a row for a key, or nothing when the row has no entry in it: a
// partial index that does not hold the row, or NULLs that are distinct.
bool key_values(const WatchedShard &shard, const WatchedKey &key, TupleTableSlot *row, Datum *values, bool *nulls) {
    ExprContext *context = GetPerTupleExprContext(shard.estate);
    context->ecxt_scantuple = row;
    if (key.info->ii_Predicate != NIL) {
        if (!key.info->ii_PredicateState)
            key.info->ii_PredicateState = ExecPrepareQual(key.info->ii_Predicate, shard.estate);
        if (!ExecQual(key.info->ii_PredicateState, context)) return false;
    }
    FormIndexDatum(key.info, row, shard.estate, values, nulls);
    if (key.are_nulls_distinct)
        for (int i = 0; i < key.count; i++)
            if (nulls[i]) return false;
    return true;
}

int32 home_of(const table::Table &table, TupleTableSlot *row) {
    bool is_null = false;
    Datum key = slot_getattr(row, table.key, &is_null);
    return table::hash_of(table, key, is_null);
}

// ON CONFLICT sends a row to the shard of the one in its way. Should that be gone there, the row must not stay.
void require_own(const WatchedShard &shard, TupleTableSlot *row) {
    if (hash::ordinal_of(home_of(*shard.table, row), shard.table->ranges) == shard.ordinal) return;
    ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                    errmsg("the row that ON CONFLICT met in table \"%s\" has changed meanwhile",
                           get_rel_name(shard.table->relid)),
                    errhint("Run the statement again.")));
}

void keep(const WatchedShard &shard, const WatchedKey &key, bool is_gain, int32 home, const Datum *values,
          const bool *nulls) {
    pg::with_context(TopTransactionContext, [&] {
        if (!recorded) recorded = pg::make<pg::Vector<Recorded>>(TopTransactionContext);
        const auto count = static_cast<size_t>(key.count);
        auto *copies = static_cast<Datum *>(palloc(sizeof(Datum) * count));
        auto *null_copies = static_cast<bool *>(palloc(sizeof(bool) * count));
        auto *types = static_cast<Oid *>(palloc(sizeof(Oid) * count));
        for (size_t i = 0; i < count; i++) {
            int16 length;
            bool by_value;
            get_typlenbyval(key.types[i], &length, &by_value);
            null_copies[i] = nulls[i];
            types[i] = key.types[i];
            copies[i] = nulls[i] ? Datum{0} : datumCopy(values[i], by_value, length);
        }
        recorded->push({key.key_table, shard.shard, is_gain, home, key.count, copies, null_copies, types,
                        GetCurrentSubTransactionId()});
    });
}

bool are_equal(const WatchedKey &key, const Datum *a, const bool *a_nulls, const Datum *b, const bool *b_nulls) {
    for (int i = 0; i < key.count; i++) {
        if (a_nulls[i] != b_nulls[i]) return false;
        if (a_nulls[i]) continue;
        int16 length;
        bool by_value;
        get_typlenbyval(key.types[i], &length, &by_value);
        if (!datum_image_eq(a[i], b[i], by_value, length)) return false;
    }
    return true;
}

void record_key(const WatchedShard &shard, const WatchedKey &key, TupleTableSlot *before, TupleTableSlot *after) {
    Datum old_values[INDEX_MAX_KEYS];
    Datum new_values[INDEX_MAX_KEYS];
    bool old_nulls[INDEX_MAX_KEYS];
    bool new_nulls[INDEX_MAX_KEYS];
    const bool had = before && key_values(shard, key, before, old_values, old_nulls);
    const bool has = after && key_values(shard, key, after, new_values, new_nulls);
    const int32 old_home = had ? home_of(*shard.table, before) : 0;
    const int32 new_home = has ? home_of(*shard.table, after) : 0;
    if (had && has && old_home == new_home && are_equal(key, old_values, old_nulls, new_values, new_nulls)) return;
    if (had) keep(shard, key, false, old_home, old_values, old_nulls);
    if (has) keep(shard, key, true, new_home, new_values, new_nulls);
}

void finish_transaction(XactEvent event, void *) {
    switch (event) {
    case XACT_EVENT_PRE_COMMIT:
    case XACT_EVENT_PRE_PREPARE:
    case XACT_EVENT_PARALLEL_PRE_COMMIT:
        if (recorded && !recorded->empty())
            ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                            errmsg("changes of unique keys were recorded on this node but not applied"),
                            errdetail("Rows of a shard were written by a statement that does not maintain the unique "
                                      "keys of its table."),
                            errhint("Write to the distributed table, not to its shards.")));
        break;
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_PARALLEL_COMMIT:
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PARALLEL_ABORT:
    case XACT_EVENT_PREPARE:
        recorded = nullptr;
        forget_reservations();
        break;
    }
}

void finish_subtransaction(SubXactEvent event, SubTransactionId subtransaction, SubTransactionId, void *) {
    if (event != SUBXACT_EVENT_ABORT_SUB) return;
    forget_reservations();
    if (!recorded) return;
    // Ids grow: whatever was recorded since the subtransaction began has an equal or greater one.
    size_t kept = recorded->size();
    while (kept > 0 && (*recorded)[kept - 1].subtransaction >= subtransaction) kept--;
    recorded->resize_down(kept);
}

const char *value_text(Oid type, Datum value) {
    Oid output;
    bool is_varlena;
    getTypeOutputInfo(type, &output, &is_varlena);
    return OidOutputFunctionCall(output, value);
}

} // namespace

void record(TriggerData *event, FmgrInfo *function) {
    // One WatchedShard per statement: the function's state lives as long as the statement does.
    if (!function->fn_extra)
        function->fn_extra = pg::with_context(function->fn_mcxt, [&] { return watch(event->tg_relation); });
    const auto &shard = *static_cast<WatchedShard *>(function->fn_extra);
    TupleTableSlot *before = TRIGGER_FIRED_BY_INSERT(event->tg_event) ? nullptr : event->tg_trigslot;
    TupleTableSlot *after = TRIGGER_FIRED_BY_INSERT(event->tg_event)   ? event->tg_trigslot
                            : TRIGGER_FIRED_BY_UPDATE(event->tg_event) ? event->tg_newslot
                                                                       : nullptr;
    pg::with_context(GetPerTupleMemoryContext(shard.estate), [&] {
        if (!before) require_own(shard, after);
        for (const WatchedKey &key : shard.keys) record_key(shard, key, before, after);
    });
    ResetPerTupleExprContext(shard.estate);
}

pg::Vector<Change> take() {
    pg::Vector<Change> changes;
    if (!recorded) return changes;
    const int level = NewGUCNestLevel();
    auto set = [](const char *name, const char *value) {
        set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    };
    set("datestyle", "ISO");
    set("intervalstyle", "postgres");
    set("extra_float_digits", "3");
    for (const Recorded &each : *recorded) {
        pg::Vector<const char *> values;
        for (int i = 0; i < each.count; i++)
            values.push(each.nulls[i] ? nullptr : value_text(each.types[i], each.values[i]));
        changes.push({each.key_table, each.shard, each.is_gain, each.home, values});
    }
    AtEOXact_GUC(true, level);
    recorded = nullptr;
    return changes;
}

Datum to_array(std::span<const Change> changes) {
    pg::Vector<Datum> elements;
    pg::Vector<bool> nulls;
    auto push = [&](const char *value) {
        elements.push(value ? CStringGetTextDatum(value) : Datum{0});
        nulls.push(value == nullptr);
    };
    for (const Change &change : changes) {
        push(get_rel_name(change.key_table));
        push(psprintf(INT64_FORMAT, change.shard));
        push(change.is_gain ? "+" : "-");
        push(psprintf("%d", change.home));
        push(psprintf("%zu", change.values.size()));
        for (const char *value : change.values) push(value);
    }
    int dimension = static_cast<int>(elements.size());
    int lower = 1;
    if (dimension == 0) return PointerGetDatum(construct_empty_array(TEXTOID));
    return PointerGetDatum(
        construct_md_array(elements.begin(), nulls.begin(), 1, &dimension, &lower, TEXTOID, -1, false, TYPALIGN_INT));
}

pg::Vector<Change> from_array(Datum text_array) {
    Datum *elements;
    bool *nulls;
    int count;
    deconstruct_array(DatumGetArrayTypeP(text_array), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
    const Oid schema = get_namespace_oid("citus_internal", false);
    pg::Vector<Change> changes;
    auto text_at = [&](int i) { return nulls[i] ? nullptr : TextDatumGetCString(elements[i]); };
    constexpr int kFixed = 5;
    for (int i = 0; i + kFixed <= count;) {
        const int value_count = pg_strtoint32(text_at(i + 4));
        pg::Vector<const char *> values;
        for (int value = 0; value < value_count && i + kFixed + value < count; value++)
            values.push(text_at(i + kFixed + value));
        changes.push({get_relname_relid(text_at(i), schema), pg_strtoint64(text_at(i + 1)), *text_at(i + 2) == '+',
                      pg_strtoint32(text_at(i + 3)), values});
        i += kFixed + value_count;
    }
    return changes;
}

namespace {
constexpr char kTriggerName[] = "citus_key_changes";
}

void watch_shard(Oid shard_relid, bool enable) {
    const Oid existing = get_trigger_oid(shard_relid, kTriggerName, true);
    if (enable == OidIsValid(existing)) return;
    if (!enable) {
        RemoveTriggerById(existing);
        CommandCounterIncrement();
        return;
    }
    Oid no_arguments[1] = {};
    List *name = list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup("record_key_changes")));
    auto *statement = makeNode(CreateTrigStmt);
    statement->trigname = pstrdup(kTriggerName);
    statement->row = true;
    statement->timing = TRIGGER_TYPE_AFTER;
    statement->events = TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE;
    CreateTrigger(statement, nullptr, shard_relid, InvalidOid, InvalidOid, InvalidOid,
                  LookupFuncName(name, 0, no_arguments, false), InvalidOid, nullptr, false, false);
    CommandCounterIncrement();
}

void initialize() {
    RegisterXactCallback(finish_transaction, nullptr);
    RegisterSubXactCallback(finish_subtransaction, nullptr);
}

} // namespace cedro::unique
