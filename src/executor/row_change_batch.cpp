#include "executor/row_change_batch.hpp"

#include "executor/insert_batch.hpp"
#include "executor/row_change_text.hpp"
#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "plan/value_text.hpp"

namespace cedro::executor {

namespace {

// Values that were seen before: shard group, identity or image in text, and how often.
struct Seen {
    int ordinal;
    const char *text;
    uint64 count;
};

uint32 hash_seen(const void *key, Size) {
    const auto *seen = static_cast<const Seen *>(key);
    return hash_combine(string_hash(seen->text, strlen(seen->text) + 1), static_cast<uint32>(seen->ordinal));
}

int compare_seen(const void *one, const void *other, Size) {
    const auto *a = static_cast<const Seen *>(one);
    const auto *b = static_cast<const Seen *>(other);
    return a->ordinal != b->ordinal ? 1 : strcmp(a->text, b->text);
}

HTAB *make_seen() {
    HASHCTL control{};
    control.keysize = control.entrysize = sizeof(Seen);
    control.hash = hash_seen;
    control.match = compare_seen;
    control.hcxt = CurrentMemoryContext;
    return hash_create("citus rows to change", 256, &control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

// Lists of values, one for each shard group (by ordinal).
using Groups = std::span<StringInfoData>;

Groups make_groups(size_t count) {
    auto *groups = static_cast<StringInfoData *>(palloc(sizeof(StringInfoData) * count));
    for (size_t i = 0; i < count; i++) initStringInfo(&groups[i]);
    return {groups, count};
}

// Rows that one action changes where they are.
struct Staying {
    ChangeText text;
    pg::Vector<int> positions; // that travel, in order
    Groups groups;
};

} // namespace

struct RowChangeBatch {
    const plan::RowChange *change;
    const table::Table *table;
    TupleDesc source;
    TupleDesc numbered; // what changed rows give back, their number before it; or nullptr
    Oid role;           // in whose name
    plan::ValueWriter writer;
    pg::Vector<int> identity;   // positions that travel to name a row
    std::span<Staying> staying; // by action
    Groups leaving;             // rows that go to another shard
    uint64 left;                // how many
    InsertBatch *arriving;      // rows for other shards, and new ones; nullptr when there can be none
    pg::Vector<uint64> arriving_numbers;
    TupleTableSlot *arrived; // such a row as it comes back
    HTAB *seen;
    HTAB *images;
    uint64 rows;
    MemoryContext context;
    MemoryContext row_context;
};

namespace {

const plan::RowAction *action_at(const plan::RowChange &change, size_t number) {
    return static_cast<const plan::RowAction *>(list_nth(change.actions, static_cast<int>(number)));
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

// Values at these positions as text.
const char *values_text(RowChangeBatch *batch, TupleTableSlot *row, int first, int count) {
    StringInfoData text;
    initStringInfo(&text);
    for (int i = 0; i < count; i++) {
        appendStringInfoCharMacro(&text, ',');
        append_value(batch, &text, first + i, row, false);
    }
    return text.data;
}

// How often the text was seen before.
uint64 see(const RowChangeBatch *batch, HTAB *table, int ordinal, const char *text) {
    const Seen probe{ordinal, text, 0};
    bool found = false;
    auto *entry = static_cast<Seen *>(hash_search(table, &probe, HASH_ENTER, &found));
    if (!found) {
        entry->text = MemoryContextStrdup(batch->context, text);
        entry->count = 0;
    }
    return entry->count++;
}

void refuse_repeat(plan::Repeat repeat) {
    switch (repeat) {
    case plan::Repeat::Ignore: return;
    case plan::Repeat::Merge:
        ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION), errmsg("MERGE command cannot affect row a second time"),
                        errhint("Ensure that not more than one source row matches any one target row.")));
    case plan::Repeat::Conflict:
        ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION),
                        errmsg("ON CONFLICT DO UPDATE command cannot affect row a second time"),
                        errhint("Ensure that no rows proposed for insertion within the same command have duplicate "
                                "constrained values.")));
    }
}

bool is_new(RowChangeBatch *batch, int ordinal, TupleTableSlot *row) {
    const char *place = values_text(batch, row, 1, list_length(batch->change->place));
    if (see(batch, batch->seen, ordinal, place) == 0) return true;
    refuse_repeat(batch->change->repeat);
    return false;
}

uint64 same_images(RowChangeBatch *batch, int ordinal, TupleTableSlot *row) {
    const plan::RowChange &change = *batch->change;
    const char *image = values_text(batch, row, list_length(change.place) + 1, list_length(change.image));
    return see(batch, batch->images, ordinal, image);
}

void append_row(RowChangeBatch *batch, Groups groups, int ordinal, TupleTableSlot *row,
                std::span<const int> positions) {
    StringInfo text = &groups[static_cast<size_t>(ordinal)];
    const bool is_first = text->len == 0;
    appendStringInfo(text, is_first ? "(" UINT64_FORMAT "::bigint" : ", (" UINT64_FORMAT, batch->rows);
    if (batch->change->image)
        appendStringInfo(text, is_first ? "," UINT64_FORMAT "::bigint" : "," UINT64_FORMAT,
                         same_images(batch, ordinal, row));
    for (int position : positions) {
        appendStringInfoCharMacro(text, ',');
        append_value(batch, text, position, row, is_first);
    }
    appendStringInfoCharMacro(text, ')');
}

int ordinal_at(const RowChangeBatch *batch, TupleTableSlot *row, int position) {
    if (position == 0) return 0;
    return table::ordinal_of(*batch->table, row->tts_values[position - 1], row->tts_isnull[position - 1]);
}

// A whole row of the table.
void add_arriving(RowChangeBatch *batch, const plan::RowAction &action, TupleTableSlot *row) {
    const auto columns = static_cast<size_t>(list_length(action.row));
    auto *values = static_cast<Datum *>(palloc0(sizeof(Datum) * columns));
    auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * columns));
    for (size_t i = 0; i < columns; i++) {
        const int position = list_nth_int(action.row, static_cast<int>(i));
        nulls[i] = position == 0 || row->tts_isnull[position - 1];
        if (!nulls[i]) values[i] = row->tts_values[position - 1];
    }
    add_row(batch->arriving, values, nulls);
    batch->arriving_numbers.push(batch->rows);
}

void add_changed(RowChangeBatch *batch, size_t number, int ordinal, TupleTableSlot *row) {
    const auto &action = *action_at(*batch->change, number);
    const int key = batch->table->key;
    if (action.moves_rows && ordinal_at(batch, row, list_nth_int(action.row, key - 1)) != ordinal) {
        append_row(batch, batch->leaving, ordinal, row, batch->identity);
        batch->left++;
        add_arriving(batch, action, row);
        return;
    }
    const Staying &staying = batch->staying[number];
    append_row(batch, staying.groups, ordinal, row, staying.positions);
}

// The action's place in change.actions.
size_t action_of(const RowChangeBatch *batch, TupleTableSlot *row) {
    const int position = batch->change->action;
    return position == 0 ? 0 : static_cast<size_t>(DatumGetInt32(row->tts_values[position - 1]) - 1);
}

bool add_with_action(RowChangeBatch *batch, TupleTableSlot *row) {
    const size_t number = action_of(batch, row);
    const auto &action = *action_at(*batch->change, number);
    if (action.command == CMD_INSERT) {
        add_arriving(batch, action, row);
        return true;
    }
    const int ordinal = ordinal_at(batch, row, batch->change->key);
    if (!is_new(batch, ordinal, row)) return false;
    add_changed(batch, number, ordinal, row);
    return true;
}

plan::GroupSet group_set(const table::Table &table, int ordinal) {
    if (!table.is_hash() && table.kind != table::Kind::Single) return {};
    return {pg::make<plan::Group>(table.colocation, ordinal), 1};
}

InsertBatch *make_arriving(const plan::RowChange &change, TupleDesc returned) {
    int columns = 0;
    for (const plan::RowAction *action : pg::ListOf<const plan::RowAction>(change.actions))
        columns = std::max(columns, list_length(action->row));
    if (columns == 0) return nullptr;
    plan::Insert *insert = plan::make_insert();
    insert->relid = change.relid;
    insert->role = change.role;
    for (int i = 1; i <= columns; i++) insert->columns = lappend_int(insert->columns, i);
    insert->returned = change.returned;
    insert->returns_rows = returned != nullptr;
    return make_insert_batch(*insert, NIL, returned);
}

pg::Vector<int> identity_of(const plan::RowChange &change) {
    pg::Vector<int> positions;
    for (int i = 1; i <= list_length(change.place) + list_length(change.image); i++) positions.push(i);
    return positions;
}

std::span<Staying> make_staying(const plan::RowChange &change, size_t shards, bool returns) {
    const auto count = static_cast<size_t>(list_length(change.actions));
    auto *staying = static_cast<Staying *>(palloc(sizeof(Staying) * count));
    for (size_t i = 0; i < count; i++) {
        const auto &action = *action_at(change, i);
        pg::Vector<int> positions = identity_of(change);
        for (int j = 0; j < list_length(action.values); j++) positions.push(list_nth_int(action.values, j));
        const bool is_new = action.command == CMD_INSERT;
        staying[i] = {is_new ? ChangeText{} : text_of(change, action, returns), positions, make_groups(shards)};
    }
    return {staying, count};
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

// Work of one kind, in all groups.
struct Work {
    pg::Vector<WriteTask> tasks;
    pg::Vector<int> ordinals;
};

Work work_of(const RowChangeBatch *batch, Groups groups, const ChangeText &text) {
    Work work;
    for (size_t i = 0; i < groups.size(); i++) {
        if (groups[i].len == 0) continue;
        const auto ordinal = static_cast<int>(i);
        work.ordinals.push(ordinal);
        work.tasks.push(
            {ordinal, psprintf("%s%s%s", text.head, groups[i].data, text.tail), group_set(*batch->table, ordinal)});
    }
    return work;
}

const table::Table &locked(const RowChangeBatch *batch) {
    pg::Vector<int> ordinals;
    auto add = [&](Groups groups) {
        for (size_t i = 0; i < groups.size(); i++)
            if (groups[i].len > 0 && !ordinals.contains(static_cast<int>(i))) ordinals.push(static_cast<int>(i));
    };
    add(batch->leaving);
    for (const Staying &each : batch->staying) add(each.groups);
    return worker::lock_shards(*batch->table, ordinals, worker::ShardLock::Exclusive);
}

void delete_leaving(RowChangeBatch *batch, const table::Table &table) {
    if (batch->left == 0) return;
    const Work work = work_of(batch, batch->leaving, leaving_text(*batch->change));
    const Write write{&table, leaving_role(batch), nullptr};
    check_count(batch, run_write(write, work.tasks, [](size_t, TupleTableSlot *) {}), batch->left);
}

uint64 change_staying(RowChangeBatch *batch, const table::Table &table, CmdType command, ChangedRowTaker take) {
    uint64 processed = 0;
    for (size_t i = 0; i < batch->staying.size(); i++) {
        if (action_at(*batch->change, i)->command != command) continue;
        const Work work = work_of(batch, batch->staying[i].groups, batch->staying[i].text);
        if (work.tasks.empty()) continue;
        const Write write{&table, batch->role, batch->numbered};
        processed += run_write(write, work.tasks, [&](size_t, TupleTableSlot *row) {
            slot_getallattrs(row);
            take(static_cast<uint64>(DatumGetInt64(row->tts_values[0])), row->tts_values + 1, row->tts_isnull + 1);
        });
    }
    return processed;
}

// The rows that left their shards come to the new ones, and new rows to theirs.
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
    const size_t shards = table.shards.size();
    TupleTableSlot *arrived = returned ? MakeSingleTupleTableSlot(returned, &TTSOpsMinimalTuple) : nullptr;
    return pg::make<RowChangeBatch>(
        &change, &table, source, returned ? with_number(returned) : nullptr,
        OidIsValid(change.role) ? change.role : GetUserId(), plan::make_value_writer(source), identity_of(change),
        make_staying(change, shards, returned != nullptr), make_groups(shards), uint64{0},
        make_arriving(change, returned), pg::Vector<uint64>(), arrived, make_seen(), make_seen(), uint64{0},
        CurrentMemoryContext,
        AllocSetContextCreate(CurrentMemoryContext, "citus row to change", ALLOCSET_DEFAULT_SIZES));
}

bool add_row(RowChangeBatch *batch, TupleTableSlot *row) {
    slot_getallattrs(row);
    bool is_added = false;
    pg::with_context(batch->row_context,
                     [&] { plan::with_exact_output(batch->writer, [&] { is_added = add_with_action(batch, row); }); });
    MemoryContextReset(batch->row_context);
    batch->rows += is_added;
    return is_added;
}

uint64 flush(RowChangeBatch *batch, ChangedRowTaker take) {
    if (batch->rows == 0) return 0;
    const table::Table &table = locked(batch);
    // What goes makes room for what comes.
    delete_leaving(batch, table);
    uint64 processed = change_staying(batch, table, CMD_DELETE, take);
    processed += change_staying(batch, table, CMD_UPDATE, take);
    processed += insert_arriving(batch, take);
    check_count(batch, processed, batch->rows);
    return processed;
}

} // namespace cedro::executor
