#include "executor/row_keys.hpp"

#include "pg/index.hpp"
#include "pg/inheritance.hpp"
#include "pg/planner.hpp"
#include "pg/scope.hpp"
#include "plan/value_text.hpp"

namespace cedro::executor {

namespace {

struct ReadKey {
    const unique::GlobalKey *key;
    IndexInfo *info;
    bool are_nulls_distinct;
    plan::ValueWriter writer; // by column of the hidden table
};

struct GeneratedColumn {
    AttrNumber attribute;
    ExprState *value;
};

// A table that holds rows: the table itself, or a partition at the bottom.
struct Leaf {
    ExprState *bound; // of the partition; nullptr: holds every row
    TupleConversionMap *map; // from the table's rows; nullptr: they are the same
    TupleTableSlot *row;
    pg::Vector<ReadKey> keys;
};

} // namespace

struct KeyReader {
    const table::Table *table;
    EState *estate;
    TupleTableSlot *row;
    pg::Vector<GeneratedColumn> generated;
    pg::Vector<Leaf> leaves;
    size_t last; // the leaf of the row before
};

namespace {

bool is_wanted(Oid index, const List *indexes) {
    for (; OidIsValid(index); index = get_rel_relispartition(index) ? get_partition_parent(index, true) : InvalidOid)
        if (list_member_oid(indexes, index)) return true;
    return indexes == NIL;
}

ReadKey read_key(const unique::GlobalKey &key) {
    return pg::with_relation(key.index, AccessShareLock, [&](Relation index) {
        plan::ValueWriter writer = pg::with_relation(key.key_table, AccessShareLock, [](Relation table) {
            return plan::make_value_writer(RelationGetDescr(table));
        });
        return ReadKey{pg::make<unique::GlobalKey>(key), BuildIndexInfo(index), !index->rd_index->indnullsnotdistinct,
                       writer};
    });
}

// The leaf, if it has keys that are wanted or tells rows from those of others.
void add_leaf(KeyReader &reader, Oid relid, Relation table, const List *indexes) {
    pg::with_relation(relid, AccessShareLock, [&](Relation relation) {
        Leaf leaf{nullptr, nullptr, reader.row, pg::Vector<ReadKey>()};
        for (const unique::GlobalKey &key : unique::keys_of(relid))
            if (is_wanted(key.index, indexes)) leaf.keys.push(read_key(key));
        if (leaf.keys.empty()) return; // its rows meet no key
        if (relid != RelationGetRelid(table)) {
            leaf.bound = ExecPrepareQual(RelationGetPartitionQual(relation), reader.estate);
            leaf.map = convert_tuples_by_name(CreateTupleDescCopy(RelationGetDescr(table)),
                                              CreateTupleDescCopy(RelationGetDescr(relation)));
            if (leaf.map)
                leaf.row = MakeSingleTupleTableSlot(CreateTupleDescCopy(RelationGetDescr(relation)), &TTSOpsVirtual);
        }
        reader.leaves.push(leaf);
    });
}

void add_generated(KeyReader &reader, Relation table) {
    for (int i = 0; i < RelationGetNumberOfAttributes(table); i++) {
        const FormData_pg_attribute *attribute = TupleDescAttr(RelationGetDescr(table), i);
        if (attribute->attisdropped || !attribute->attgenerated) continue;
        auto *expression = reinterpret_cast<Expr *>(build_column_default(table, attribute->attnum));
        reader.generated.push({attribute->attnum, ExecPrepareExpr(expression, reader.estate)});
    }
}

void store_row(KeyReader &reader, const Datum *values, const bool *nulls) {
    ExecClearTuple(reader.row);
    const auto count = static_cast<size_t>(reader.row->tts_tupleDescriptor->natts);
    std::copy_n(values, count, reader.row->tts_values);
    std::copy_n(nulls, count, reader.row->tts_isnull);
    ExecStoreVirtualTuple(reader.row);
    ExprContext *context = GetPerTupleExprContext(reader.estate);
    context->ecxt_scantuple = reader.row;
    for (const GeneratedColumn &each : reader.generated) {
        const auto column = static_cast<size_t>(each.attribute - 1);
        reader.row->tts_values[column] = ExecEvalExpr(each.value, context, &reader.row->tts_isnull[column]);
    }
}

// The row as the leaf has it, or nullptr when it is not one of its rows.
TupleTableSlot *row_of(const KeyReader &reader, const Leaf &leaf) {
    TupleTableSlot *row = leaf.map ? execute_attr_map_slot(leaf.map->attrMap, reader.row, leaf.row) : reader.row;
    if (!leaf.bound) return row;
    ExprContext *context = GetPerTupleExprContext(reader.estate);
    context->ecxt_scantuple = row;
    return ExecCheck(leaf.bound, context) ? row : nullptr;
}

// Rows often follow others of the same partition.
Leaf *leaf_of(KeyReader &reader, TupleTableSlot *&row) {
    for (size_t i = 0; i < reader.leaves.size(); i++) {
        const size_t at = (reader.last + i) % reader.leaves.size();
        row = row_of(reader, reader.leaves[at]);
        if (!row) continue;
        reader.last = at;
        return &reader.leaves[at];
    }
    return nullptr;
}

// False when the row has no entry in the key.
bool evaluate(const KeyReader &reader, ReadKey &key, TupleTableSlot *row, Datum *values, bool *nulls) {
    ExprContext *context = GetPerTupleExprContext(reader.estate);
    context->ecxt_scantuple = row;
    if (key.info->ii_Predicate != NIL) {
        if (!key.info->ii_PredicateState)
            key.info->ii_PredicateState = ExecPrepareQual(key.info->ii_Predicate, reader.estate);
        if (!ExecQual(key.info->ii_PredicateState, context)) return false;
    }
    FormIndexDatum(key.info, row, reader.estate, values, nulls);
    for (int i = 0; i < key.info->ii_NumIndexKeyAttrs; i++)
        if (nulls[i] && key.are_nulls_distinct) return false;
    return true;
}

std::span<const char *const> texts_of(ReadKey &key, const Datum *values, const bool *nulls, MemoryContext context) {
    return pg::with_context(context, [&] {
        pg::Vector<const char *> texts;
        plan::with_exact_output(key.writer, [&] {
            for (int i = 0; i < key.info->ii_NumIndexKeyAttrs; i++)
                texts.push(nulls[i] ? nullptr
                                    : plan::text_of(key.writer, static_cast<AttrNumber>(i + 1), values[i]));
        });
        return std::span<const char *const>(texts);
    });
}

} // namespace

KeyReader *make_key_reader(const table::Table &table, const List *indexes) {
    if (!unique::any_keys() || !table.is_hash()) return nullptr;
    auto *reader = pg::make<KeyReader>(&table, CreateExecutorState(), nullptr, pg::Vector<GeneratedColumn>(),
                                       pg::Vector<Leaf>(), size_t{0});
    pg::with_relation(table.relid, AccessShareLock, [&](Relation relation) {
        reader->row = MakeSingleTupleTableSlot(CreateTupleDescCopy(RelationGetDescr(relation)), &TTSOpsVirtual);
        List *tables = relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE
                           ? find_all_inheritors(table.relid, AccessShareLock, nullptr)
                           : list_make1_oid(table.relid);
        for (int i = 0; i < list_length(tables); i++)
            if (get_rel_relkind(list_nth_oid(tables, i)) != RELKIND_PARTITIONED_TABLE)
                add_leaf(*reader, list_nth_oid(tables, i), relation, indexes);
        if (!reader->leaves.empty()) add_generated(*reader, relation);
    });
    return reader->leaves.empty() ? nullptr : reader;
}

RowKeys read_keys(KeyReader *reader, const Datum *values, const bool *nulls, MemoryContext context) {
    const auto key_column = static_cast<size_t>(reader->table->key - 1);
    RowKeys keys{table::hash_of(*reader->table, nulls[key_column] ? Datum{0} : values[key_column], nulls[key_column]),
                 pg::Vector<RowKey>(context)};
    pg::with_context(GetPerTupleMemoryContext(reader->estate), [&] {
        store_row(*reader, values, nulls);
        TupleTableSlot *row = nullptr;
        Leaf *leaf = leaf_of(*reader, row);
        if (!leaf) return;
        Datum key_values[INDEX_MAX_KEYS];
        bool key_nulls[INDEX_MAX_KEYS];
        for (ReadKey &each : leaf->keys)
            if (evaluate(*reader, each, row, key_values, key_nulls))
                keys.keys.push({each.key, texts_of(each, key_values, key_nulls, context)});
    });
    ResetPerTupleExprContext(reader->estate);
    return keys;
}

} // namespace cedro::executor
