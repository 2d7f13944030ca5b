#include "executor/merge.hpp"

#include "executor/reader.hpp"
#include "pg/sort.hpp"

namespace cedro::executor {

namespace {

struct Stream {
    Reader *reader;
    TupleTableSlot *row;
};

} // namespace

struct Merge {
    pg::Vector<Stream> streams;
    pg::Vector<SortSupportData> keys;
    pg::Vector<AttrNumber> columns; ///< of the keys
    binaryheap *heap;               ///< indexes of streams that have a row
    bool has_started;
};

namespace {

int compare_rows(const Merge *merge, const TupleTableSlot *left, const TupleTableSlot *right) {
    for (size_t i = 0; i < merge->keys.size(); i++) {
        const int column = merge->columns[i] - 1;
        auto *key = const_cast<SortSupport>(&merge->keys[i]);
        const int result = ApplySortComparator(left->tts_values[column], left->tts_isnull[column],
                                               right->tts_values[column], right->tts_isnull[column], key);
        if (result != 0) return result;
    }
    return 0;
}

// The heap gives its greatest first.
extern "C" int compare_streams(Datum left, Datum right, void *argument) {
    const auto *merge = static_cast<const Merge *>(argument);
    const auto one = static_cast<size_t>(DatumGetInt32(left));
    const auto other = static_cast<size_t>(DatumGetInt32(right));
    return -compare_rows(merge, merge->streams[one].row, merge->streams[other].row);
}

void add_key(Merge *merge, const SortColumn &column) {
    SortSupportData key{};
    key.ssup_cxt = CurrentMemoryContext;
    key.ssup_collation = column.collation;
    key.ssup_nulls_first = column.nulls_first;
    key.ssup_attno = column.column;
    PrepareSortSupportFromOrderingOp(column.operator_oid, &key);
    merge->keys.push(key);
    merge->columns.push(column.column);
}

bool fetch(Stream &stream) { return next(stream.reader, stream.row); }

void start(Merge *merge) {
    merge->has_started = true;
    for (size_t i = 0; i < merge->streams.size(); i++)
        if (fetch(merge->streams[i])) binaryheap_add_unordered(merge->heap, Int32GetDatum(static_cast<int32>(i)));
    binaryheap_build(merge->heap);
}

// The stream whose row was handed out last goes on.
void advance(Merge *merge) {
    const Datum first = binaryheap_first(merge->heap);
    if (fetch(merge->streams[static_cast<size_t>(DatumGetInt32(first))]))
        binaryheap_replace_first(merge->heap, first);
    else
        binaryheap_remove_first(merge->heap);
}

} // namespace

Merge *open_merge(const Reading &reading, std::span<const Task> tasks, TupleDesc type, Order order) {
    auto *merge = pg::make<Merge>();
    for (const SortColumn &column : order) add_key(merge, column);
    for (const Task &task : tasks)
        merge->streams.push(
            {open(reading, {&task, 1}, type), MakeSingleTupleTableSlot(CreateTupleDescCopy(type), &TTSOpsVirtual)});
    merge->heap = binaryheap_allocate(static_cast<int>(tasks.size()), compare_streams, merge);
    return merge;
}

bool next_merged(Merge *merge, TupleTableSlot *slot) {
    if (!merge->has_started)
        start(merge);
    else if (!binaryheap_empty(merge->heap))
        advance(merge);
    if (binaryheap_empty(merge->heap)) return false;
    const TupleTableSlot *row = merge->streams[static_cast<size_t>(DatumGetInt32(binaryheap_first(merge->heap)))].row;
    const auto count = static_cast<size_t>(slot->tts_tupleDescriptor->natts);
    ExecClearTuple(slot);
    memcpy(slot->tts_values, row->tts_values, sizeof(Datum) * count);
    memcpy(slot->tts_isnull, row->tts_isnull, sizeof(bool) * count);
    ExecStoreVirtualTuple(slot);
    return true;
}

void close_merge(Merge *merge) {
    for (Stream &stream : merge->streams) {
        close(stream.reader);
        ExecDropSingleTupleTableSlot(stream.row);
    }
}

} // namespace cedro::executor
