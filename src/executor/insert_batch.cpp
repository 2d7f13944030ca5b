#include "executor/insert_batch.hpp"

#include "executor/conflict_route.hpp"
#include "executor/row_change_text.hpp"
#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/row_security.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "plan/fragment.hpp"
#include "plan/sql_text.hpp"

namespace cedro::executor {

namespace {

constexpr size_t kFullBytes = 4 * 1024 * 1024;
constexpr uint64 kFullRows = 10000;

// The rows of one shard group, as the text after VALUES.
struct GroupRows {
    StringInfoData text;
    pg::Vector<uint64> positions; // among all rows added since the last flush
};

// A row that ON CONFLICT may send to another shard group than its own.
struct UnroutedRow {
    const char *text;
    uint64 position;
};

// A row on its way into its group, where all who write ON CONFLICT lock rows in the same order.
struct SortedRow {
    int ordinal;
    int32 hash;          // of the distribution column
    const char *arbiter; // text of the columns that must not be there yet
    const char *text;
    uint64 position;
};

bool is_before(const SortedRow &a, const SortedRow &b) {
    const auto first = std::pair(a.ordinal, a.hash);
    const auto second = std::pair(b.ordinal, b.hash);
    if (first != second) return first < second;
    const int order = strcmp(a.arbiter, b.arbiter);
    return order != 0 ? order < 0 : a.position < b.position;
}

struct Returned {
    uint64 position;
    MinimalTuple tuple;
};

} // namespace

struct InsertBatch {
    const plan::Insert *insert;
    const table::Table *table;
    TupleDesc returning;
    Oid role;
    bool writes_all_columns; // else only those that the statement names
    pg::Vector<AttrNumber> columns;
    const char *head; // "INSERT INTO … (…) OVERRIDING SYSTEM VALUE VALUES "
    const char *tail; // " ON CONFLICT … RETURNING …"
    plan::ValueWriter writer;
    ConflictRouter *router; // nullptr: every row goes to its own group
    pg::Vector<UnroutedRow> unrouted;
    pg::Vector<AttrNumber> arbiter; // columns of the ON CONFLICT target by which rows are sorted; none: they are not
    pg::Vector<SortedRow> sorted;
    std::span<GroupRows> groups; // by ordinal
    size_t bytes;
    uint64 rows;
    MemoryContext context;
    MemoryContext row_context;
};

namespace {

const char *conflict_clause(const plan::Insert &insert, List *values) {
    if (!insert.conflict) return "";
    auto *with = castNode(Query, plan::with_values(reinterpret_cast<Node *>(insert.conflict), values));
    auto *without = static_cast<Query *>(copyObjectImpl(with));
    without->onConflict = nullptr;
    // The clause is what the text has more.
    const char *prefix = plan::sql_text(without);
    const char *text = plan::sql_text(with);
    const size_t length = strlen(prefix);
    if (strncmp(prefix, text, length) != 0)
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("ON CONFLICT was not found in \"%s\"", text)));
    return text + length;
}

const char *column_name(Oid relid, AttrNumber attribute) {
    if (attribute < 0) return NameStr(SystemAttributeDefinition(attribute)->attname);
    return quote_identifier(get_attname(relid, attribute, false));
}

const char *returning_clause(const plan::Insert &insert) {
    if (!insert.returns_rows && insert.checks == NIL) return "";
    StringInfoData text;
    initStringInfo(&text);
    for (int i = 0; i < list_length(insert.returned); i++) {
        const auto attribute = static_cast<AttrNumber>(list_nth_int(insert.returned, i));
        appendStringInfo(&text, "%s%s", i == 0 ? " RETURNING " : ", ",
                         returned_column(insert.relid, nullptr, attribute));
    }
    // Nothing of the row is needed, only that there is one.
    return text.len ? text.data : " RETURNING NULL";
}

// The type of what that clause returns: at least one column.
TupleDesc returned_type(TupleDesc wanted) {
    if (!wanted || wanted->natts > 0) return wanted;
    TupleDesc type = CreateTemplateTupleDesc(1);
    TupleDescInitEntry(type, 1, "none", TEXTOID, -1, 0);
    return type;
}

const char *head_of(const InsertBatch &batch) {
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfo(&text, "INSERT INTO %s", pg::qualified_name(batch.insert->relid));
    if (const Query *conflict = batch.insert->conflict) {
        const RangeTblEntry *target = rt_fetch(conflict->resultRelation, conflict->rtable);
        if (target->alias) appendStringInfo(&text, " AS %s", quote_identifier(target->alias->aliasname));
    }
    for (size_t i = 0; i < batch.columns.size(); i++)
        appendStringInfo(&text, "%s%s", i == 0 ? " (" : ", ", column_name(batch.insert->relid, batch.columns[i]));
    if (!batch.columns.empty()) appendStringInfoString(&text, ") OVERRIDING SYSTEM VALUE VALUES ");
    return text.data;
}

pg::Vector<AttrNumber> columns_to_write(const InsertBatch &batch, TupleDesc descriptor) {
    pg::Vector<AttrNumber> columns;
    for (int i = 0; i < descriptor->natts; i++) {
        Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
        if (attribute->attisdropped || attribute->attgenerated) continue;
        if (batch.writes_all_columns || list_member_int(batch.insert->columns, attribute->attnum))
            columns.push(attribute->attnum);
    }
    return columns;
}

// The role needs the right to write what the statement names; this node has
// judged it. Defaults of other columns are written in the owner's name, unless
// policies make a difference between the two.
void choose_role(InsertBatch &batch) {
    const Oid role = OidIsValid(batch.insert->role) ? batch.insert->role : GetUserId();
    const bool has_table_right = pg_class_aclcheck(batch.insert->relid, role, ACL_INSERT) == ACLCHECK_OK;
    const bool has_policies = check_enable_rls(batch.insert->relid, role, true) == RLS_ENABLED;
    batch.writes_all_columns = has_table_right || !has_policies;
    batch.role = role;
    if (!has_table_right && !has_policies)
        batch.role = pg::with_relation(batch.insert->relid, NoLock,
                                       [](Relation relation) { return relation->rd_rel->relowner; });
}

void append_values(InsertBatch *batch, StringInfo text, const Datum *values, const bool *nulls) {
    bool is_first = true;
    for (AttrNumber attribute : batch->columns) {
        appendStringInfoCharMacro(text, is_first ? '(' : ',');
        is_first = false;
        if (nulls[attribute - 1])
            appendStringInfoString(text, "NULL");
        else
            plan::append_literal(text, plan::text_of(batch->writer, attribute, values[attribute - 1]));
    }
    appendStringInfoCharMacro(text, ')');
}

void refuse_unnamed_values(const InsertBatch &batch, int count, const bool *nulls) {
    if (batch.writes_all_columns) return;
    for (int i = 0; i < count; i++)
        if (!nulls[i] && !batch.columns.contains(static_cast<AttrNumber>(i + 1)))
            ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                            errmsg("permission denied to write the default of column \"%s\" of table \"%s\"",
                                   get_attname(batch.insert->relid, static_cast<AttrNumber>(i + 1), false),
                                   get_rel_name(batch.insert->relid)),
                            errhint("Where row-level security is on, the role needs INSERT on the whole table.")));
}

const char *statement_of(const InsertBatch &batch, const GroupRows &group) {
    if (batch.columns.empty())
        return psprintf("%s SELECT FROM pg_catalog.generate_series(1, %zu)%s", batch.head, group.positions.size(),
                        batch.tail);
    return psprintf("%s%s%s", batch.head, group.text.data, batch.tail);
}

plan::GroupSet group_set(const table::Table &table, int ordinal) {
    if (!table.is_hash() && table.kind != table::Kind::Single) return {};
    return {pg::make<plan::Group>(table.colocation, ordinal), 1};
}

// An INSERT by key only keeps those away who write by other means. With ON
// CONFLICT it may wait for a row, and on another copy somebody for its own.
const table::Table &locked(const InsertBatch &batch, const pg::Vector<WriteTask> &tasks) {
    pg::Vector<int> ordinals;
    for (const WriteTask &task : tasks) ordinals.push(task.ordinal);
    const auto lock = batch.insert->conflict ? worker::ShardLock::Exclusive : worker::ShardLock::Shared;
    return worker::lock_shards(*batch.table, ordinals, lock);
}

void hand_over(pg::Vector<Returned> &returned, pg::FunctionRef<void(MinimalTuple)> take) {
    std::sort(returned.begin(), returned.end(),
              [](const Returned &a, const Returned &b) { return a.position < b.position; });
    for (const Returned &each : returned) take(each.tuple);
}

void append_row(InsertBatch &batch, int ordinal, const char *text, uint64 position) {
    GroupRows &group = batch.groups[static_cast<size_t>(ordinal)];
    if (!group.text.data) pg::with_context(batch.context, [&] { initStringInfo(&group.text); });
    if (!group.positions.empty()) appendStringInfoCharMacro(&group.text, ',');
    appendStringInfoString(&group.text, text);
    group.positions.push(position);
}

// Gives the groups those of the unrouted rows whose group is known. What is left is routed once these are written.
void route_rows(InsertBatch &batch) {
    pg::Vector<size_t> rows;
    for (const UnroutedRow &each : batch.unrouted) rows.push(each.position);
    const pg::Vector<int> ordinals = route(batch.router, rows);
    pg::Vector<UnroutedRow> left;
    for (size_t i = 0; i < rows.size(); i++) {
        const UnroutedRow &row = batch.unrouted[i];
        if (ordinals[i] == kLater)
            left.push(row);
        else
            append_row(batch, ordinals[i], row.text, row.position);
    }
    batch.unrouted = left;
}

// The columns that tell which row is in the way, where only such a row can be.
pg::Vector<AttrNumber> arbiter_columns(const plan::Insert &insert) {
    pg::Vector<AttrNumber> columns;
    if (!insert.conflict || !table::get(insert.relid).is_hash()) return columns;
    for (const InferenceElem *element : pg::ListOf<const InferenceElem>(insert.conflict->onConflict->arbiterElems)) {
        if (!IsA(element->expr, Var)) return pg::Vector<AttrNumber>();
        columns.push(reinterpret_cast<const Var *>(element->expr)->varattno);
    }
    return columns;
}

void sort_row(InsertBatch &batch, const Datum *values, const bool *nulls, const char *text, uint64 position) {
    const AttrNumber key = batch.table->key;
    const int32 hash = table::hash_of(*batch.table, nulls[key - 1] ? Datum{0} : values[key - 1], nulls[key - 1]);
    StringInfoData arbiter;
    initStringInfo(&arbiter);
    plan::with_exact_output(batch.writer, [&] {
        for (AttrNumber column : batch.arbiter) {
            if (!nulls[column - 1])
                appendStringInfoString(&arbiter, plan::text_of(batch.writer, column, values[column - 1]));
            appendStringInfoChar(&arbiter, ',');
        }
    });
    batch.sorted.push({hash::ordinal_of(hash, batch.table->ranges), hash, arbiter.data, text, position});
}

void append_sorted(InsertBatch &batch) {
    std::sort(batch.sorted.begin(), batch.sorted.end(), is_before);
    for (const SortedRow &row : batch.sorted) append_row(batch, row.ordinal, row.text, row.position);
    batch.sorted.clear();
}

// Writes the rows that the groups have. Hands over what they return.
uint64 write_groups(InsertBatch &batch, pg::Vector<Returned> &returned) {
    pg::Vector<WriteTask> tasks;
    for (size_t i = 0; i < batch.groups.size(); i++)
        if (!batch.groups[i].positions.empty())
            tasks.push({static_cast<int>(i), statement_of(batch, batch.groups[i]),
                        group_set(*batch.table, static_cast<int>(i))});
    auto *taken = static_cast<size_t *>(palloc0(sizeof(size_t) * tasks.size()));
    MemoryContext context = CurrentMemoryContext;
    const Write write{&locked(batch, tasks), batch.role, batch.returning, batch.insert->conflict != nullptr};
    const uint64 processed = run_write(write, tasks, [&](size_t task, TupleTableSlot *row) {
        // Where ON CONFLICT left rows out, those after them move up.
        const GroupRows &group = batch.groups[static_cast<size_t>(tasks[task].ordinal)];
        returned.push(
            {group.positions[taken[task]++], pg::with_context(context, [&] { return ExecCopySlotMinimalTuple(row); })});
    });
    for (GroupRows &group : batch.groups) {
        if (group.text.data) resetStringInfo(&group.text);
        group.positions.clear();
    }
    return processed;
}

} // namespace

InsertBatch *make_insert_batch(const plan::Insert &insert, List *values, TupleDesc returning) {
    const table::Table &table = table::get(insert.relid);
    TupleDesc descriptor = pg::with_relation(
        insert.relid, NoLock, [](Relation relation) { return CreateTupleDescCopyConstr(relation->rd_att); });
    const size_t count = table.shards.size();
    auto *groups = static_cast<GroupRows *>(palloc(sizeof(GroupRows) * count));
    for (size_t i = 0; i < count; i++) groups[i] = {{}, pg::Vector<uint64>()};
    auto *batch = pg::make<InsertBatch>(
        &insert, &table, returned_type(returning), InvalidOid, true, pg::Vector<AttrNumber>(), "", "",
        plan::make_value_writer(descriptor), make_conflict_router(table, insert), pg::Vector<UnroutedRow>(),
        arbiter_columns(insert), pg::Vector<SortedRow>(),
        std::span<GroupRows>{groups, count}, size_t{0}, uint64{0}, CurrentMemoryContext,
        AllocSetContextCreate(CurrentMemoryContext, "citus insert", ALLOCSET_DEFAULT_SIZES));
    choose_role(*batch);
    batch->columns = columns_to_write(*batch, descriptor);
    batch->head = head_of(*batch);
    batch->tail = psprintf("%s%s", conflict_clause(insert, values), returning_clause(insert));
    return batch;
}

void add_row(InsertBatch *batch, const Datum *values, const bool *nulls) {
    refuse_unnamed_values(*batch, static_cast<int>(batch->writer.output.size()), nulls);
    StringInfoData row;
    pg::with_context(batch->row_context, [&] {
        initStringInfo(&row);
        if (!batch->columns.empty())
            plan::with_exact_output(batch->writer, [&] { append_values(batch, &row, values, nulls); });
    });
    batch->bytes += static_cast<size_t>(row.len);
    const uint64 position = batch->rows++;
    if (batch->router) {
        add_row(batch->router, values, nulls);
        batch->unrouted.push({row.data, position}); // row_context lives until the flush
        return;
    }
    if (!batch->arbiter.empty())
        return pg::with_context(batch->row_context, [&] { sort_row(*batch, values, nulls, row.data, position); });
    const AttrNumber key = batch->table->key;
    const bool has_key = key != 0 && !nulls[key - 1];
    const int ordinal = table::ordinal_of(*batch->table, has_key ? values[key - 1] : Datum{0}, !has_key);
    append_row(*batch, ordinal, row.data, position);
    MemoryContextReset(batch->row_context);
}

uint64 pending_rows(const InsertBatch *batch) { return batch->rows; }

bool is_full(const InsertBatch *batch) { return batch->bytes >= kFullBytes || batch->rows >= kFullRows; }

uint64 flush(InsertBatch *batch, pg::FunctionRef<void(MinimalTuple)> take) {
    if (batch->rows == 0) return 0;
    MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "citus insert tasks", ALLOCSET_DEFAULT_SIZES);
    const uint64 processed = pg::with_context(scratch, [&] {
        pg::Vector<Returned> returned;
        uint64 result = 0;
        do {
            if (batch->router) route_rows(*batch);
            append_sorted(*batch);
            result += write_groups(*batch, returned);
        } while (!batch->unrouted.empty());
        hand_over(returned, take);
        return result;
    });
    MemoryContextDelete(scratch);
    MemoryContextReset(batch->row_context);
    if (batch->router) clear(batch->router);
    batch->unrouted = pg::Vector<UnroutedRow>(batch->context);
    batch->sorted = pg::Vector<SortedRow>(batch->context);
    batch->bytes = 0;
    batch->rows = 0;
    return processed;
}

bool can_use_copy(const InsertBatch *batch) {
    return !batch->insert->conflict && !batch->insert->returns_rows && batch->insert->checks == NIL &&
           check_enable_rls(batch->insert->relid, batch->role, true) != RLS_ENABLED;
}

Oid writing_role(const InsertBatch *batch) { return batch->role; }

} // namespace cedro::executor
