#include "executor/row_change_batch.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "plan/value_text.hpp"

namespace cedro::executor {

namespace {

// Columns of the list of values: n is the row's number, then identity and new values in order.
constexpr char kTarget[] = "t";
constexpr char kValues[] = "v";

// A row as the key of the set of rows seen: shard group and identity in text.
struct Seen {
    int ordinal;
    const char *identity;
};

uint32 hash_seen(const void *key, Size) {
    const auto *seen = static_cast<const Seen *>(key);
    return hash_combine(string_hash(seen->identity, strlen(seen->identity) + 1), static_cast<uint32>(seen->ordinal));
}

int compare_seen(const void *one, const void *other, Size) {
    const auto *a = static_cast<const Seen *>(one);
    const auto *b = static_cast<const Seen *>(other);
    return a->ordinal != b->ordinal ? 1 : strcmp(a->identity, b->identity);
}

HTAB *make_seen() {
    HASHCTL control{};
    control.keysize = control.entrysize = sizeof(Seen);
    control.hash = hash_seen;
    control.match = compare_seen;
    control.hcxt = CurrentMemoryContext;
    return hash_create("citus rows to change", 256, &control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

} // namespace

struct RowChangeBatch {
    const plan::RowChange *change;
    const table::Table *table;
    TupleDesc source;
    TupleDesc returned; // with the row's number before it, or nullptr
    plan::ValueWriter writer;
    pg::Vector<int> positions; // that travel, in order
    const char *head;
    const char *tail;
    std::span<StringInfoData> groups; // by ordinal
    HTAB *seen;
    uint64 rows;
    MemoryContext context;
    MemoryContext row_context;
};

namespace {

const char *column_name(Oid relid, int attribute) {
    if (attribute < 0) return NameStr(SystemAttributeDefinition(static_cast<AttrNumber>(attribute))->attname);
    return quote_identifier(get_attname(relid, static_cast<AttrNumber>(attribute), false));
}

const char *head_of(const plan::RowChange &change) {
    StringInfoData text;
    initStringInfo(&text);
    const char *table = pg::qualified_name(change.relid);
    if (change.is_delete) {
        appendStringInfo(&text, "DELETE FROM %s AS %s USING (VALUES ", table, kTarget);
        return text.data;
    }
    appendStringInfo(&text, "UPDATE %s AS %s SET ", table, kTarget);
    const int first = list_length(change.identity) + 1;
    for (int i = 0; i < list_length(change.columns); i++)
        appendStringInfo(&text, "%s%s = %s.c%d", i == 0 ? "" : ", ",
                         column_name(change.relid, list_nth_int(change.columns, i)), kValues, first + i);
    appendStringInfoString(&text, " FROM (VALUES ");
    return text.data;
}

const char *tail_of(const plan::RowChange &change) {
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfo(&text, ") AS %s(n", kValues);
    const int columns = list_length(change.identity) + list_length(change.columns);
    for (int i = 1; i <= columns; i++) appendStringInfo(&text, ", c%d", i);
    appendStringInfoString(&text, ") WHERE ");
    for (int i = 0; i < list_length(change.identity); i++)
        appendStringInfo(&text, "%s%s.%s = %s.c%d", i == 0 ? "" : " AND ", kTarget,
                         column_name(change.relid, list_nth_int(change.identity, i)), kValues, i + 1);
    if (!change.returns_rows && !change.checks) return text.data;
    appendStringInfo(&text, " RETURNING %s.n", kValues);
    for (int i = 0; i < list_length(change.returned); i++)
        appendStringInfo(&text, ", %s.%s", kTarget, column_name(change.relid, list_nth_int(change.returned, i)));
    return text.data;
}

TupleDesc with_number(TupleDesc type) {
    TupleDesc result = CreateTemplateTupleDesc(type->natts + 1);
    TupleDescInitEntry(result, 1, "n", INT8OID, -1, 0);
    for (int i = 1; i <= type->natts; i++)
        TupleDescCopyEntry(result, static_cast<AttrNumber>(i + 1), type, static_cast<AttrNumber>(i));
    return result;
}

// The first row says of which types the list's columns are.
void append_value(RowChangeBatch *batch, StringInfo text, int position, TupleTableSlot *row, bool is_first) {
    if (row->tts_isnull[position - 1])
        appendStringInfoString(text, "NULL");
    else
        plan::append_literal(
            text, plan::text_of(batch->writer, static_cast<AttrNumber>(position), row->tts_values[position - 1]));
    if (!is_first) return;
    const FormData_pg_attribute *column = TupleDescAttr(batch->source, position - 1);
    appendStringInfo(text, "::%s",
                     format_type_extended(column->atttypid, column->atttypmod,
                                          FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
}

void append_row(RowChangeBatch *batch, StringInfo text, TupleTableSlot *row) {
    const bool is_first = text->len == 0;
    appendStringInfo(text, is_first ? "(" UINT64_FORMAT "::bigint" : ", (" UINT64_FORMAT, batch->rows);
    for (int position : batch->positions) {
        appendStringInfoCharMacro(text, ',');
        append_value(batch, text, position, row, is_first);
    }
    appendStringInfoCharMacro(text, ')');
}

const char *identity_text(RowChangeBatch *batch, TupleTableSlot *row) {
    StringInfoData text;
    initStringInfo(&text);
    for (int i = 1; i <= list_length(batch->change->identity); i++) append_value(batch, &text, i, row, false);
    return text.data;
}

bool is_new(RowChangeBatch *batch, int ordinal, TupleTableSlot *row) {
    const Seen probe{ordinal, identity_text(batch, row)};
    bool found = false;
    auto *entry = static_cast<Seen *>(hash_search(batch->seen, &probe, HASH_ENTER, &found));
    if (!found) entry->identity = MemoryContextStrdup(batch->context, probe.identity);
    return !found;
}

int ordinal_of(const RowChangeBatch *batch, TupleTableSlot *row) {
    const int key = batch->change->key;
    if (key == 0) return 0;
    return table::ordinal_of(*batch->table, row->tts_values[key - 1], row->tts_isnull[key - 1]);
}

plan::GroupSet group_set(const table::Table &table, int ordinal) {
    if (!table.is_hash() && table.kind != table::Kind::Single) return {};
    return {pg::make<plan::Group>(table.colocation, ordinal), 1};
}

} // namespace

RowChangeBatch *make_row_change_batch(const plan::RowChange &change, TupleDesc source, TupleDesc returned) {
    const table::Table &table = table::get(change.relid);
    const size_t count = table.shards.size();
    auto *groups = static_cast<StringInfoData *>(palloc(sizeof(StringInfoData) * count));
    for (size_t i = 0; i < count; i++) initStringInfo(&groups[i]);
    pg::Vector<int> positions;
    for (int i = 1; i <= list_length(change.identity); i++) positions.push(i);
    for (int i = 0; i < list_length(change.values); i++) positions.push(list_nth_int(change.values, i));
    return pg::make<RowChangeBatch>(
        &change, &table, source, returned ? with_number(returned) : nullptr, plan::make_value_writer(source), positions,
        head_of(change), tail_of(change), std::span<StringInfoData>{groups, count}, make_seen(), uint64{0},
        CurrentMemoryContext,
        AllocSetContextCreate(CurrentMemoryContext, "citus row to change", ALLOCSET_DEFAULT_SIZES));
}

bool add_row(RowChangeBatch *batch, TupleTableSlot *row) {
    slot_getallattrs(row);
    bool is_added = false;
    pg::with_context(batch->row_context, [&] {
        const int ordinal = ordinal_of(batch, row);
        plan::with_exact_output(batch->writer, [&] {
            is_added = is_new(batch, ordinal, row);
            if (is_added) append_row(batch, &batch->groups[static_cast<size_t>(ordinal)], row);
        });
    });
    MemoryContextReset(batch->row_context);
    batch->rows += is_added;
    return is_added;
}

uint64 flush(RowChangeBatch *batch, pg::FunctionRef<void(uint64 number, TupleTableSlot *row)> take) {
    pg::Vector<WriteTask> tasks;
    pg::Vector<int> ordinals;
    for (size_t i = 0; i < batch->groups.size(); i++) {
        if (batch->groups[i].len == 0) continue;
        const auto ordinal = static_cast<int>(i);
        ordinals.push(ordinal);
        tasks.push({ordinal, psprintf("%s%s%s", batch->head, batch->groups[i].data, batch->tail),
                    group_set(*batch->table, ordinal)});
    }
    if (tasks.empty()) return 0;
    const table::Table &table = worker::lock_shards(*batch->table, ordinals, worker::ShardLock::Exclusive);
    const Oid role = OidIsValid(batch->change->role) ? batch->change->role : GetUserId();
    return run_write({&table, role, batch->returned}, tasks, [&](size_t, TupleTableSlot *row) {
        slot_getallattrs(row);
        take(static_cast<uint64>(DatumGetInt64(row->tts_values[0])), row);
    });
}

} // namespace cedro::executor
