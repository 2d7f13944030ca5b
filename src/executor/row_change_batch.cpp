#include "executor/row_change_batch.hpp"

#include "executor/insert_batch.hpp"
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
    TupleDesc numbered; // what changed rows give back, their number before it; or nullptr
    plan::ValueWriter writer;
    pg::Vector<int> positions; // that travel, in order
    const char *head;
    const char *tail;
    std::span<StringInfoData> groups; // by ordinal: rows that stay in their shard
    std::span<StringInfoData> moving; // by ordinal: rows that leave it
    InsertBatch *arriving;            // the same rows, for their new shards; nullptr when no row can move
    pg::Vector<uint64> arriving_numbers;
    Oid role;                // in whose name
    TupleTableSlot *arrived; // such a row as it comes back
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

const char *delete_head(const plan::RowChange &change) {
    return psprintf("DELETE FROM %s AS %s USING (VALUES ", pg::qualified_name(change.relid), kTarget);
}

const char *head_of(const plan::RowChange &change) {
    if (change.is_delete) return delete_head(change);
    StringInfoData text;
    initStringInfo(&text);
    const char *table = pg::qualified_name(change.relid);
    appendStringInfo(&text, "UPDATE %s AS %s SET ", table, kTarget);
    const int first = list_length(change.identity) + 1;
    for (int i = 0; i < list_length(change.columns); i++)
        appendStringInfo(&text, "%s%s = %s.c%d", i == 0 ? "" : ", ",
                         column_name(change.relid, list_nth_int(change.columns, i)), kValues, first + i);
    appendStringInfoString(&text, " FROM (VALUES ");
    return text.data;
}

// `columns`: how many columns the list of values has beside the number.
const char *where_clause(const plan::RowChange &change, int columns) {
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfo(&text, ") AS %s(n", kValues);
    for (int i = 1; i <= columns; i++) appendStringInfo(&text, ", c%d", i);
    appendStringInfoString(&text, ") WHERE ");
    for (int i = 0; i < list_length(change.identity); i++)
        appendStringInfo(&text, "%s%s.%s = %s.c%d", i == 0 ? "" : " AND ", kTarget,
                         column_name(change.relid, list_nth_int(change.identity, i)), kValues, i + 1);
    return text.data;
}

const char *tail_of(const plan::RowChange &change) {
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfoString(&text, where_clause(change, list_length(change.identity) + list_length(change.columns)));
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

void append_row(RowChangeBatch *batch, StringInfo text, TupleTableSlot *row, std::span<const int> positions) {
    const bool is_first = text->len == 0;
    appendStringInfo(text, is_first ? "(" UINT64_FORMAT "::bigint" : ", (" UINT64_FORMAT, batch->rows);
    for (int position : positions) {
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

int ordinal_at(const RowChangeBatch *batch, TupleTableSlot *row, int position) {
    if (position == 0) return 0;
    return table::ordinal_of(*batch->table, row->tts_values[position - 1], row->tts_isnull[position - 1]);
}

int new_ordinal(const RowChangeBatch *batch, TupleTableSlot *row) {
    return ordinal_at(batch, row, list_nth_int(batch->change->row, batch->table->key - 1));
}

// The row for its new shard.
void add_arriving(RowChangeBatch *batch, TupleTableSlot *row) {
    const auto columns = static_cast<size_t>(list_length(batch->change->row));
    auto *values = static_cast<Datum *>(palloc0(sizeof(Datum) * columns));
    auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * columns));
    for (size_t i = 0; i < columns; i++) {
        const int position = list_nth_int(batch->change->row, static_cast<int>(i));
        nulls[i] = position == 0 || row->tts_isnull[position - 1];
        if (!nulls[i]) values[i] = row->tts_values[position - 1];
    }
    add_row(batch->arriving, values, nulls);
    batch->arriving_numbers.push(batch->rows);
}

void add_new(RowChangeBatch *batch, int ordinal, TupleTableSlot *row) {
    const auto group = static_cast<size_t>(ordinal);
    if (!batch->arriving || new_ordinal(batch, row) == ordinal) {
        append_row(batch, &batch->groups[group], row, batch->positions);
        return;
    }
    const std::span<const int> all = batch->positions;
    append_row(batch, &batch->moving[group], row, all.first(static_cast<size_t>(list_length(batch->change->identity))));
    add_arriving(batch, row);
}

plan::GroupSet group_set(const table::Table &table, int ordinal) {
    if (!table.is_hash() && table.kind != table::Kind::Single) return {};
    return {pg::make<plan::Group>(table.colocation, ordinal), 1};
}

std::span<StringInfoData> make_groups(size_t count) {
    auto *groups = static_cast<StringInfoData *>(palloc(sizeof(StringInfoData) * count));
    for (size_t i = 0; i < count; i++) initStringInfo(&groups[i]);
    return {groups, count};
}

InsertBatch *make_arriving(const plan::RowChange &change, TupleDesc returned) {
    if (!change.moves_rows) return nullptr;
    plan::Insert *insert = plan::make_insert();
    insert->relid = change.relid;
    insert->role = change.role;
    for (int i = 1; i <= list_length(change.row); i++) insert->columns = lappend_int(insert->columns, i);
    insert->returned = change.returned;
    insert->returns_rows = returned != nullptr;
    return make_insert_batch(*insert, NIL, returned);
}

// A row that moves is changed, not deleted: the right to do that is what this node has judged.
Oid leaving_role(const RowChangeBatch *batch) {
    if (pg_class_aclcheck(batch->change->relid, batch->role, ACL_DELETE) == ACLCHECK_OK) return batch->role;
    return pg::with_relation(batch->change->relid, NoLock,
                             [](Relation relation) { return relation->rd_rel->relowner; });
}

void check_count(const RowChangeBatch *batch, uint64 changed, uint64 expected) {
    if (changed != expected)
        ereport(ERROR,
                (errcode(ERRCODE_DATA_CORRUPTED),
                 errmsg("rows of table \"%s\" were locked but not found again", get_rel_name(batch->change->relid)),
                 errdetail("Of " UINT64_FORMAT " rows " UINT64_FORMAT " were changed. Nothing was written.", expected,
                           changed)));
}

struct Work {
    pg::Vector<WriteTask> tasks;
    pg::Vector<int> ordinals;
};

Work work_of(const RowChangeBatch *batch, std::span<StringInfoData> groups, const char *head, const char *tail) {
    Work work;
    for (size_t i = 0; i < groups.size(); i++) {
        if (groups[i].len == 0) continue;
        const auto ordinal = static_cast<int>(i);
        work.ordinals.push(ordinal);
        work.tasks.push({ordinal, psprintf("%s%s%s", head, groups[i].data, tail), group_set(*batch->table, ordinal)});
    }
    return work;
}

const table::Table &locked(const RowChangeBatch *batch, const Work &leaving, const Work &changing) {
    pg::Vector<int> ordinals;
    for (int each : leaving.ordinals) ordinals.push(each);
    for (int each : changing.ordinals) ordinals.push(each);
    return worker::lock_shards(*batch->table, ordinals, worker::ShardLock::Exclusive);
}

// The rows that left their shards come to the new ones.
uint64 insert_arriving(RowChangeBatch *batch, ChangedRowTaker take) {
    if (!batch->arriving) return 0;
    size_t next = 0;
    return flush(batch->arriving, [&](MinimalTuple tuple) {
        ExecStoreMinimalTuple(tuple, batch->arrived, false);
        slot_getallattrs(batch->arrived);
        take(batch->arriving_numbers[next++], batch->arrived->tts_values, batch->arrived->tts_isnull);
    });
}

} // namespace

RowChangeBatch *make_row_change_batch(const plan::RowChange &change, TupleDesc source, TupleDesc returned) {
    const table::Table &table = table::get(change.relid);
    pg::Vector<int> positions;
    for (int i = 1; i <= list_length(change.identity); i++) positions.push(i);
    for (int i = 0; i < list_length(change.values); i++) positions.push(list_nth_int(change.values, i));
    TupleTableSlot *arrived = returned ? MakeSingleTupleTableSlot(returned, &TTSOpsMinimalTuple) : nullptr;
    return pg::make<RowChangeBatch>(
        &change, &table, source, returned ? with_number(returned) : nullptr, plan::make_value_writer(source), positions,
        head_of(change), tail_of(change), make_groups(table.shards.size()), make_groups(table.shards.size()),
        make_arriving(change, returned), pg::Vector<uint64>(), OidIsValid(change.role) ? change.role : GetUserId(),
        arrived, make_seen(), uint64{0}, CurrentMemoryContext,
        AllocSetContextCreate(CurrentMemoryContext, "citus row to change", ALLOCSET_DEFAULT_SIZES));
}

bool add_row(RowChangeBatch *batch, TupleTableSlot *row) {
    slot_getallattrs(row);
    bool is_added = false;
    pg::with_context(batch->row_context, [&] {
        const int ordinal = ordinal_at(batch, row, batch->change->key);
        plan::with_exact_output(batch->writer, [&] {
            is_added = is_new(batch, ordinal, row);
            if (is_added) add_new(batch, ordinal, row);
        });
    });
    MemoryContextReset(batch->row_context);
    batch->rows += is_added;
    return is_added;
}

uint64 flush(RowChangeBatch *batch, ChangedRowTaker take) {
    const plan::RowChange &change = *batch->change;
    const Work leaving =
        work_of(batch, batch->moving, delete_head(change), where_clause(change, list_length(change.identity)));
    const Work changing = work_of(batch, batch->groups, batch->head, batch->tail);
    if (leaving.tasks.empty() && changing.tasks.empty()) return 0;
    const table::Table &table = locked(batch, leaving, changing);
    if (!leaving.tasks.empty()) {
        const Write write{&table, leaving_role(batch), nullptr};
        check_count(batch, run_write(write, leaving.tasks, [](size_t, TupleTableSlot *) {}),
                    batch->arriving_numbers.size());
    }
    uint64 processed = 0;
    if (!changing.tasks.empty())
        processed = run_write({&table, batch->role, batch->numbered}, changing.tasks, [&](size_t, TupleTableSlot *row) {
            slot_getallattrs(row);
            take(static_cast<uint64>(DatumGetInt64(row->tts_values[0])), row->tts_values + 1, row->tts_isnull + 1);
        });
    processed += insert_arriving(batch, take);
    check_count(batch, processed, batch->rows);
    return processed;
}

} // namespace cedro::executor
