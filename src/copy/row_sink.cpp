#include "copy/row_sink.hpp"

#include "cluster/node.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "plan/message.hpp"
#include "plan/value_text.hpp"
#include "transaction/session.hpp"
#include "unique/settle.hpp"
#include "worker/placement.hpp"
#include "worker/task_copy.hpp"

namespace cedro::copy {

namespace {

// A group is written when it has this much, and the fullest group when all together have that much.
constexpr int kGroupBytes = 256 * 1024;
constexpr size_t kTotalBytes = 16 * 1024 * 1024;

} // namespace

struct RowSink {
    const table::Table *table;
    Oid role;
    const char *sql;
    List *names; // of the columns, as String
    TupleDesc descriptor;
    pg::Vector<AttrNumber> columns;
    plan::ValueWriter writer;
    std::span<StringInfoData> buffers; // by ordinal
    bool is_locked;                    // the groups are locked on all placements
    size_t buffered;                   // bytes in all buffers
    uint64 rows;
    pg::Vector<int32> nodes; // that rows went to
    MemoryContext context;
    MemoryContext row_context;
};

namespace {

const char *copy_command(const table::Table &table, TupleDesc descriptor, const pg::Vector<AttrNumber> &columns) {
    StringInfoData sql;
    initStringInfo(&sql);
    appendStringInfo(&sql, "COPY %s", pg::qualified_name(table.relid));
    for (size_t i = 0; i < columns.size(); i++)
        appendStringInfo(&sql, "%s%s", i == 0 ? " (" : ", ",
                         quote_identifier(NameStr(TupleDescAttr(descriptor, columns[i] - 1)->attname)));
    appendStringInfoString(&sql, columns.empty() ? " FROM STDIN" : ") FROM STDIN");
    return sql.data;
}

List *names_of(TupleDesc descriptor, const pg::Vector<AttrNumber> &columns) {
    List *names = NIL;
    for (AttrNumber each : columns)
        names = lappend(names, makeString(pstrdup(NameStr(TupleDescAttr(descriptor, each - 1)->attname))));
    return names;
}

pg::Vector<AttrNumber> written_columns(TupleDesc descriptor) {
    pg::Vector<AttrNumber> columns;
    for (int i = 0; i < descriptor->natts; i++) {
        Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
        if (!attribute->attisdropped && !attribute->attgenerated) columns.push(attribute->attnum);
    }
    return columns;
}

// All groups at once: rows come in any order, and locks are taken in one.
void lock_groups(RowSink *sink) {
    if (sink->is_locked) return;
    pg::Vector<int> ordinals;
    for (size_t i = 0; i < sink->buffers.size(); i++) ordinals.push(static_cast<int>(i));
    sink->table = &worker::lock_shards(*sink->table, ordinals, worker::ShardLock::Shared);
    sink->is_locked = true;
}

void write_to(RowSink *sink, const table::Placement &placement, int ordinal, const StringInfoData &data) {
    const int32 node = cluster::primary_of(placement.group) ? cluster::primary_of(placement.group)->id : 0;
    if (!sink->nodes.contains(node)) sink->nodes.push(node);
    const std::span<const char> bytes{data.data, static_cast<size_t>(data.len)};
    if (placement.group == cluster::local_group()) {
        worker::copy_in(*sink->table, ordinal, sink->names, bytes, sink->role);
        return;
    }
    const plan::Group group{sink->table->colocation, ordinal};
    const bool has_groups = sink->table->is_hash() || sink->table->kind == table::Kind::Single;
    const plan::GroupSet groups = has_groups ? plan::GroupSet{&group, 1} : plan::GroupSet{};
    transaction::Session *session = worker::session_of(*sink->table, placement);
    transaction::start_copy_in(session, {plan::with_groups(sink->sql, groups), {}, sink->role, true}, bytes);
}

void flush(RowSink *sink, int ordinal) {
    StringInfo buffer = &sink->buffers[static_cast<size_t>(ordinal)];
    if (buffer->len == 0) return;
    lock_groups(sink);
    MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "citus copy", ALLOCSET_DEFAULT_SIZES);
    pg::with_context(scratch, [&] {
        for (const table::Placement &placement : sink->table->shards[static_cast<size_t>(ordinal)].placements)
            if (placement.is_active) write_to(sink, placement, ordinal, *buffer);
    });
    MemoryContextDelete(scratch);
    sink->buffered -= static_cast<size_t>(buffer->len);
    resetStringInfo(buffer);
}

int fullest(const RowSink *sink) {
    size_t best = 0;
    for (size_t i = 1; i < sink->buffers.size(); i++)
        if (sink->buffers[i].len > sink->buffers[best].len) best = i;
    return static_cast<int>(best);
}

void append_row(RowSink *sink, StringInfo text, const Datum *values, const bool *nulls) {
    bool is_first = true;
    for (AttrNumber attribute : sink->columns) {
        if (!is_first) appendStringInfoCharMacro(text, '\t');
        is_first = false;
        if (nulls[attribute - 1])
            appendBinaryStringInfo(text, "\\N", 2);
        else
            plan::append_copy_field(text, plan::text_of(sink->writer, attribute, values[attribute - 1]));
    }
    appendStringInfoCharMacro(text, '\n');
}

} // namespace

RowSink *open(const table::Table &table, Oid role) {
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "citus row sink", ALLOCSET_DEFAULT_SIZES);
    return pg::with_context(context, [&] {
        // The caller holds a lock on the table.
        TupleDesc descriptor = pg::with_relation(
            table.relid, NoLock, [](Relation relation) { return CreateTupleDescCopyConstr(relation->rd_att); });
        const pg::Vector<AttrNumber> columns = written_columns(descriptor);
        const size_t count = table.shards.size();
        auto *buffers = static_cast<StringInfoData *>(palloc(sizeof(StringInfoData) * count));
        for (size_t i = 0; i < count; i++) initStringInfo(&buffers[i]);
        return pg::make<RowSink>(
            &table, role, copy_command(table, descriptor, columns), names_of(descriptor, columns), descriptor, columns,
            plan::make_value_writer(descriptor), std::span<StringInfoData>{buffers, count}, false, size_t{0}, uint64{0},
            pg::Vector<int32>(), context, AllocSetContextCreate(context, "citus row sink row", ALLOCSET_DEFAULT_SIZES));
    });
}

void put(RowSink *sink, const Datum *values, const bool *nulls) {
    const AttrNumber key = sink->table->key;
    const bool has_key = key != 0 && !nulls[key - 1];
    pg::with_context(sink->row_context, [&] {
        const int ordinal = table::ordinal_of(*sink->table, has_key ? values[key - 1] : Datum{0}, !has_key);
        StringInfo text = &sink->buffers[static_cast<size_t>(ordinal)];
        const int before = text->len;
        plan::with_exact_output(sink->writer, [&] { append_row(sink, text, values, nulls); });
        sink->buffered += static_cast<size_t>(text->len - before);
        if (text->len >= kGroupBytes)
            flush(sink, ordinal);
        else if (sink->buffered >= kTotalBytes)
            flush(sink, fullest(sink));
    });
    MemoryContextReset(sink->row_context);
    sink->rows++;
}

uint64 close(RowSink *sink) {
    for (size_t i = 0; i < sink->buffers.size(); i++) flush(sink, static_cast<int>(i));
    transaction::finish_copies();
    unique::settle(sink->nodes);
    const uint64 rows = sink->rows;
    MemoryContextDelete(sink->context);
    return rows;
}

} // namespace cedro::copy
