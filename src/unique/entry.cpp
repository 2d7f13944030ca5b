#include "unique/entry.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "pg/catalog.hpp"
#include "pg/index.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "plan/message.hpp"
#include "transaction/gate.hpp"
#include "transaction/session.hpp"
#include "worker/placement.hpp"
#include "worker/task.hpp"

namespace cedro::unique {

namespace {

// Entries of one statement; a longer text would not make it faster.
constexpr size_t kBatchSize = 500;

// How the columns of a hidden table are compared and named.
struct Shape {
    const table::Table *table;
    const char *name;      // qualified
    int count;             // key columns
    pg::Vector<Oid> types; // by column
    pg::Vector<Oid> collations;
    pg::Vector<const char *> equals; // OPERATOR(schema.=) by column
};

const char *operator_text(Oid type) {
    TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR);
    char *name = get_opname(entry->eq_opr);
    HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(entry->eq_opr));
    const Oid schema = reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple))->oprnamespace;
    ReleaseSysCache(tuple);
    return psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(schema)), name);
}

Shape shape_of(const GlobalKey &key) {
    Shape shape{&table::get(key.key_table), pg::qualified_name(key.key_table), 0, pg::Vector<Oid>(),
                pg::Vector<Oid>(),          pg::Vector<const char *>()};
    shape.count = pg::with_relation(key.key_table, AccessShareLock, [](Relation relation) {
        return RelationGetNumberOfAttributes(relation) - 1; // the last is home
    });
    for (AttrNumber attribute = 1; attribute <= shape.count; attribute++) {
        Oid type = InvalidOid;
        Oid collation = InvalidOid;
        int32 modifier = -1;
        get_atttypetypmodcoll(key.key_table, attribute, &type, &modifier, &collation);
        shape.types.push(type);
        shape.collations.push(collation);
        shape.equals.push(operator_text(type));
    }
    return shape;
}

Datum value_of(const Shape &shape, const KeyEntry &entry, size_t column) {
    Oid input;
    Oid parameter;
    getTypeInputInfo(shape.types[column], &input, &parameter);
    return OidInputFunctionCall(input, const_cast<char *>(entry.values[column]), parameter, -1);
}

// The value as the sessions of this transaction print it: what RETURNING gives back.
const char *printed(const Shape &shape, const KeyEntry &entry, size_t column) {
    if (!entry.values[column]) return nullptr;
    Oid output;
    bool is_varlena;
    getTypeOutputInfo(shape.types[column], &output, &is_varlena);
    return OidOutputFunctionCall(output, value_of(shape, entry, column));
}

int ordinal_of(const Shape &shape, const KeyEntry &entry) {
    const auto column = static_cast<size_t>(shape.table->key - 1);
    const bool is_null = entry.values[column] == nullptr;
    return table::ordinal_of(*shape.table, is_null ? Datum{0} : value_of(shape, entry, column), is_null);
}

void append_columns(StringInfo sql, const Shape &shape) {
    for (int i = 1; i <= shape.count; i++) appendStringInfo(sql, "%sk%d", i > 1 ? ", " : "", i);
}

void append_condition(StringInfo sql, const Shape &shape, const KeyEntry &entry) {
    appendStringInfoChar(sql, '(');
    for (int i = 0; i < shape.count; i++) {
        const auto column = static_cast<size_t>(i);
        if (i > 0) appendStringInfoString(sql, " AND ");
        if (entry.values[column])
            appendStringInfo(sql, "k%d %s %s", i + 1, shape.equals[column], quote_literal_cstr(entry.values[column]));
        else
            appendStringInfo(sql, "k%d IS NULL", i + 1);
    }
    appendStringInfoChar(sql, ')');
}

struct Batch {
    int ordinal;
    pg::Vector<size_t> positions; // in the caller's entries
};

void append_conditions(StringInfo sql, const Shape &shape, std::span<const KeyEntry> entries, const Batch &batch) {
    appendStringInfoString(sql, " WHERE ");
    for (size_t i = 0; i < batch.positions.size(); i++) {
        if (i > 0) appendStringInfoString(sql, " OR ");
        append_condition(sql, shape, entries[batch.positions[i]]);
    }
}

void append_rows(StringInfo sql, const Shape &shape, std::span<const KeyEntry> entries, const Batch &batch) {
    for (size_t i = 0; i < batch.positions.size(); i++) {
        const KeyEntry &entry = entries[batch.positions[i]];
        appendStringInfoString(sql, i > 0 ? ", (" : "(");
        for (int column = 0; column < shape.count; column++) {
            const char *value = entry.values[static_cast<size_t>(column)];
            appendStringInfo(sql, "%s, ", value ? quote_literal_cstr(value) : "NULL");
        }
        appendStringInfo(sql, "%d)", entry.home);
    }
}

const char *statement_text(const Shape &shape, KeyWrite write, std::span<const KeyEntry> entries, const Batch &batch) {
    StringInfoData sql;
    initStringInfo(&sql);
    switch (write) {
    case KeyWrite::Insert:
    case KeyWrite::Reserve:
        appendStringInfo(&sql, "INSERT INTO %s (", shape.name);
        append_columns(&sql, shape);
        appendStringInfo(&sql, ", %s) VALUES ", kHomeColumn);
        append_rows(&sql, shape, entries, batch);
        appendStringInfoString(&sql, " ON CONFLICT DO NOTHING");
        break;
    case KeyWrite::Delete:
        appendStringInfo(&sql, "DELETE FROM %s", shape.name);
        append_conditions(&sql, shape, entries, batch);
        break;
    case KeyWrite::SetHome:
        appendStringInfo(&sql, "UPDATE %s SET %s = %d", shape.name, kHomeColumn, entries[batch.positions[0]].home);
        append_conditions(&sql, shape, entries, batch);
        break;
    }
    appendStringInfoString(&sql, " RETURNING ");
    append_columns(&sql, shape);
    return sql.data;
}

int compare_values(const KeyEntry &a, const KeyEntry &b) {
    for (size_t i = 0; i < a.values.size(); i++) {
        if (!a.values[i] || !b.values[i]) {
            if (a.values[i] != b.values[i]) return a.values[i] ? 1 : -1;
            continue;
        }
        if (const int order = strcmp(a.values[i], b.values[i]); order != 0) return order;
    }
    return 0;
}

// Everybody writes entries in the same order, so that those who wait for each other's do not do so in a ring.
pg::Vector<Batch> batches_of(const Shape &shape, std::span<const KeyEntry> entries, size_t batch_size) {
    struct Placed {
        int ordinal;
        size_t position;
    };
    pg::Vector<Placed> order;
    for (size_t i = 0; i < entries.size(); i++) order.push({ordinal_of(shape, entries[i]), i});
    std::sort(order.begin(), order.end(), [&](const Placed &a, const Placed &b) {
        if (a.ordinal != b.ordinal) return a.ordinal < b.ordinal;
        const int values = compare_values(entries[a.position], entries[b.position]);
        return values != 0 ? values < 0 : a.position < b.position;
    });
    pg::Vector<Batch> batches;
    for (const auto [ordinal, position] : order) {
        if (batches.empty() || batches.back().ordinal != ordinal || batches.back().positions.size() >= batch_size)
            batches.push({ordinal, pg::Vector<size_t>()});
        batches.back().positions.push(position);
    }
    return batches;
}

// Rows that a task gave back, as text; nullptr for NULL.
using Rows = pg::Vector<std::span<const char *const>>;

// A task on one placement: in flight on another node, or done here.
struct Task {
    transaction::Session *session; // nullptr: ran here
    transaction::Ticket ticket;
    Rows rows;
};

Rows run_here(const char *sql, plan::GroupSet groups) {
    worker::LocalTask *task = worker::start(sql, groups, catalog::owner());
    TupleDesc type = worker::result_type(task);
    Rows rows;
    while (TupleTableSlot *row = worker::next_row(task)) {
        pg::Vector<const char *> values;
        for (int i = 0; i < type->natts; i++) {
            bool is_null = false;
            Datum value = slot_getattr(row, i + 1, &is_null);
            Oid output;
            bool is_varlena;
            getTypeOutputInfo(TupleDescAttr(type, i)->atttypid, &output, &is_varlena);
            values.push(is_null ? nullptr : OidOutputFunctionCall(output, value));
        }
        rows.push(values);
    }
    worker::finish(task);
    return rows;
}

Task start(const table::Placement &placement, const char *sql, const plan::Group &group, bool writes) {
    const cluster::Node *node = cluster::primary_of(placement.group);
    if (!node)
        ereport(ERROR, (errcode(ERRCODE_CONNECTION_FAILURE), errmsg("group %d has no primary node", placement.group)));
    const plan::GroupSet groups(&group, 1);
    if (cluster::is_local(*node)) return {nullptr, 0, run_here(sql, groups)};
    transaction::Session *session = transaction::session(node->id);
    const transaction::Parameter parameter{INT4ARRAYOID, plan::group_parameter(groups)};
    return {
        session,
        transaction::send(session, {.sql = plan::with_header(sql), .parameters = {&parameter, 1}, .writes = writes}),
        Rows()};
}

Rows finish(Task &task) {
    if (!task.session) return task.rows;
    const PGresult *result = transaction::receive(task.session, task.ticket);
    Rows rows;
    for (int row = 0; row < PQntuples(result); row++) {
        pg::Vector<const char *> values;
        for (int column = 0; column < PQnfields(result); column++)
            values.push(PQgetisnull(result, row, column) ? nullptr : pstrdup(PQgetvalue(result, row, column)));
        rows.push(values);
    }
    return rows;
}

pg::Vector<table::Placement> active_placements(const Shape &shape, int ordinal) {
    pg::Vector<table::Placement> active;
    for (const table::Placement &each : shape.table->shards[static_cast<size_t>(ordinal)].placements)
        if (each.is_active) active.push(each);
    return active;
}

// Keeps the groups of the batches where they are, and looks where that is.
void hold(Shape &shape, std::span<const Batch> batches) {
    pg::Vector<int> ordinals;
    for (const Batch &batch : batches) ordinals.push(batch.ordinal);
    transaction::pass_gates(shape.table->colocation, ordinals);
    shape.table = &table::get(shape.table->relid);
}

// Groups may have different numbers of copies while that number is being changed.
size_t most_copies(const Shape &shape, std::span<const Batch> batches) {
    size_t most = 0;
    for (const Batch &batch : batches) most = std::max(most, active_placements(shape, batch.ordinal).size());
    return most;
}

bool is_row_of(const Shape &shape, const KeyEntry &entry, std::span<const char *const> row) {
    for (size_t i = 0; i < static_cast<size_t>(shape.count); i++) {
        const char *value = printed(shape, entry, i);
        if (value && row[i] ? strcmp(value, row[i]) != 0 : value != row[i]) return false;
    }
    return true;
}

// Marks the entries that the rows speak of. An INSERT returns rows in the order
// of its VALUES, and leaves out those that were there; of other statements only matters whether they saw all.
void mark_written(const Shape &shape, std::span<const KeyEntry> entries, const Batch &batch, const Rows &rows,
                  pg::Vector<bool> &written) {
    size_t row = 0;
    for (size_t position : batch.positions) {
        if (rows.size() == batch.positions.size())
            written[position] = true;
        else if (row < rows.size() && is_row_of(shape, entries[position], rows[row])) {
            written[position] = true;
            row++;
        }
    }
}

// A list of values is joined by its index only where none is NULL: such an entry is looked up alone.
pg::Vector<Batch> look_up_batches(const Shape &shape, std::span<const KeyEntry> entries) {
    pg::Vector<Batch> batches;
    auto has_null = [&](size_t position) {
        return std::ranges::any_of(entries[position].values, [](const char *value) { return !value; });
    };
    for (const Batch &batch : batches_of(shape, entries, kBatchSize)) {
        Batch joined{batch.ordinal, pg::Vector<size_t>()};
        for (size_t position : batch.positions) {
            if (!has_null(position)) {
                joined.positions.push(position);
                continue;
            }
            Batch alone{batch.ordinal, pg::Vector<size_t>()};
            alone.positions.push(position);
            batches.push(alone);
        }
        if (!joined.positions.empty()) batches.push(joined);
    }
    return batches;
}

const char *type_text(const Shape &shape, size_t column) {
    return format_type_extended(shape.types[column], -1, FORMAT_TYPE_FORCE_QUALIFY | FORMAT_TYPE_TYPEMOD_GIVEN);
}

// SELECT of (position in the batch, home).
const char *look_up_text(const Shape &shape, std::span<const KeyEntry> entries, const Batch &batch) {
    StringInfoData sql;
    initStringInfo(&sql);
    if (batch.positions.size() == 1) {
        appendStringInfo(&sql, "SELECT 0, %s FROM %s k", kHomeColumn, shape.name);
        append_conditions(&sql, shape, entries, batch);
        return sql.data;
    }
    appendStringInfo(&sql, "SELECT v.n, k.%s FROM %s k, (VALUES ", kHomeColumn, shape.name);
    for (size_t i = 0; i < batch.positions.size(); i++) {
        appendStringInfo(&sql, "%s(%zu", i > 0 ? ", " : "", i);
        for (size_t column = 0; column < static_cast<size_t>(shape.count); column++)
            appendStringInfo(&sql, ", %s::%s", quote_literal_cstr(entries[batch.positions[i]].values[column]),
                             type_text(shape, column));
        appendStringInfoChar(&sql, ')');
    }
    appendStringInfoString(&sql, ") v (n, ");
    append_columns(&sql, shape);
    appendStringInfoString(&sql, ") WHERE ");
    for (size_t column = 0; column < static_cast<size_t>(shape.count); column++)
        appendStringInfo(&sql, "%sk.k%zu %s v.k%zu", column > 0 ? " AND " : "", column + 1, shape.equals[column],
                         column + 1);
    return sql.data;
}

// An entry on its way to be compared with others.
struct Hashed {
    uint32 hash; // of the columns that can be hashed
    size_t position;
    const Datum *values;
    const bool *nulls;
};

Hashed hashed(const Shape &shape, const KeyEntry &entry, size_t position) {
    const auto count = static_cast<size_t>(shape.count);
    auto *values = static_cast<Datum *>(palloc0(sizeof(Datum) * count));
    auto *nulls = static_cast<bool *>(palloc0(sizeof(bool) * count));
    uint32 hash = 0;
    for (size_t i = 0; i < count; i++) {
        nulls[i] = !entry.values[i];
        if (nulls[i]) continue;
        values[i] = value_of(shape, entry, i);
        TypeCacheEntry *type = lookup_type_cache(shape.types[i], TYPECACHE_HASH_PROC_FINFO);
        if (OidIsValid(type->hash_proc))
            hash = hash_combine(
                hash, DatumGetUInt32(FunctionCall1Coll(&type->hash_proc_finfo, shape.collations[i], values[i])));
    }
    return {hash, position, values, nulls};
}

bool are_equal(const Shape &shape, const Hashed &a, const Hashed &b) {
    for (size_t i = 0; i < static_cast<size_t>(shape.count); i++) {
        if (a.nulls[i] != b.nulls[i]) return false;
        if (a.nulls[i]) continue;
        TypeCacheEntry *type = lookup_type_cache(shape.types[i], TYPECACHE_EQ_OPR_FINFO);
        if (!DatumGetBool(FunctionCall2Coll(&type->eq_opr_finfo, shape.collations[i], a.values[i], b.values[i])))
            return false;
    }
    return true;
}

struct Sent {
    const Batch *batch;
    Task task;
};

// Sends one copy of the batches that a node has, or of all.
pg::Vector<Sent> send_copy(const Shape &shape, KeyWrite write, std::span<const KeyEntry> entries,
                           std::span<const Batch> batches, size_t copy, std::optional<int32> group) {
    pg::Vector<Sent> sent;
    for (const Batch &batch : batches) {
        const pg::Vector<table::Placement> placements = active_placements(shape, batch.ordinal);
        if (copy >= placements.size() || (group && placements[copy].group != *group)) continue;
        sent.push({&batch, start(placements[copy], statement_text(shape, write, entries, batch),
                                 {shape.table->colocation, batch.ordinal}, true)});
    }
    return sent;
}

pg::Vector<int32> groups_of_copy(const Shape &shape, std::span<const Batch> batches, size_t copy) {
    pg::Vector<int32> groups;
    for (const Batch &batch : batches)
        if (const pg::Vector<table::Placement> placements = active_placements(shape, batch.ordinal);
            copy < placements.size() && !groups.contains(placements[copy].group))
            groups.push(placements[copy].group);
    std::sort(groups.begin(), groups.end());
    return groups;
}

// One copy of every batch: all nodes work at the same time, unless the order matters.
void write_copy(const Shape &shape, KeyWrite write, std::span<const KeyEntry> entries, std::span<const Batch> batches,
                size_t copy, pg::Vector<bool> &written) {
    auto write_on = [&](std::optional<int32> group) {
        pg::Vector<Sent> sent = send_copy(shape, write, entries, batches, copy, group);
        for (Sent &each : sent)
            if (const Rows rows = finish(each.task); copy == 0)
                mark_written(shape, entries, *each.batch, rows, written);
    };
    if (write != KeyWrite::Reserve) return write_on(std::nullopt);
    for (int32 group : groups_of_copy(shape, batches, copy)) write_on(group);
}

bool is_insert(KeyWrite write) { return write == KeyWrite::Insert || write == KeyWrite::Reserve; }

} // namespace

pg::Vector<bool> write_entries(const GlobalKey &key, KeyWrite write, std::span<const KeyEntry> entries) {
    pg::Vector<bool> written;
    for (size_t i = 0; i < entries.size(); i++) written.push(false);
    if (entries.empty()) return written;
    Shape shape = shape_of(key);
    const auto batches = batches_of(shape, entries, write == KeyWrite::SetHome ? 1 : kBatchSize);
    pg::Vector<int> ordinals;
    for (const Batch &batch : batches)
        if (ordinals.empty() || ordinals.back() != batch.ordinal) ordinals.push(batch.ordinal);
    shape.table = &worker::lock_shards(*shape.table, ordinals,
                                       is_insert(write) ? worker::ShardLock::Shared : worker::ShardLock::Exclusive);
    const size_t copies = most_copies(shape, batches);
    for (size_t copy = 0; copy < copies; copy++) write_copy(shape, write, entries, batches, copy, written);
    if (is_insert(write)) return written;

    // An entry that must exist but was not seen belongs to a transaction that
    // is still committing on its node. Adding it again waits for that one.
    pg::Vector<KeyEntry> unseen;
    for (size_t i = 0; i < entries.size(); i++)
        if (!written[i]) unseen.push(entries[i]);
    if (!unseen.empty()) {
        write_entries(key, KeyWrite::Insert, unseen);
        for (size_t copy = 0; copy < copies; copy++) {
            const auto again = batches_of(shape, unseen, write == KeyWrite::SetHome ? 1 : kBatchSize);
            pg::Vector<bool> ignored = written;
            write_copy(shape, write, unseen, again, copy, ignored);
        }
    }
    return written;
}

pg::Vector<std::optional<int32>> find_homes(const GlobalKey &key, std::span<const KeyEntry> entries, bool lock) {
    pg::Vector<std::optional<int32>> homes;
    for (size_t i = 0; i < entries.size(); i++) homes.push(std::nullopt);
    if (entries.empty()) return homes;
    Shape shape = shape_of(key);
    const auto batches = look_up_batches(shape, entries);
    if (lock) hold(shape, batches);
    pg::Vector<Sent> sent;
    for (const Batch &batch : batches) {
        const char *sql = look_up_text(shape, entries, batch);
        sent.push({&batch, start(active_placements(shape, batch.ordinal)[0],
                                 lock ? psprintf("%s FOR KEY SHARE OF k", sql) : sql,
                                 {shape.table->colocation, batch.ordinal}, lock)});
    }
    for (Sent &each : sent)
        for (std::span<const char *const> row : finish(each.task))
            homes[each.batch->positions[static_cast<size_t>(pg_strtoint32(row[0]))]] = pg_strtoint32(row[1]);
    return homes;
}

pg::Vector<size_t> first_equals(const GlobalKey &key, std::span<const KeyEntry> entries) {
    const Shape shape = shape_of(key);
    pg::Vector<Hashed> order;
    pg::Vector<size_t> first;
    for (size_t i = 0; i < entries.size(); i++) {
        order.push(hashed(shape, entries[i], i));
        first.push(i);
    }
    std::sort(order.begin(), order.end(), [](const Hashed &a, const Hashed &b) {
        return a.hash != b.hash ? a.hash < b.hash : a.position < b.position;
    });
    for (size_t i = 0; i < order.size(); i++)
        for (size_t j = i; j-- > 0 && order[j].hash == order[i].hash;)
            if (are_equal(shape, order[i], order[j])) {
                first[order[i].position] = first[order[j].position];
                break;
            }
    return first;
}

void raise_duplicate(const GlobalKey &key, const KeyEntry &entry) {
    const Shape shape = shape_of(key);
    Relation index = index_open(key.index, AccessShareLock);
    Datum values[INDEX_MAX_KEYS];
    bool nulls[INDEX_MAX_KEYS];
    for (size_t i = 0; i < static_cast<size_t>(shape.count); i++) {
        nulls[i] = entry.values[i] == nullptr;
        values[i] = nulls[i] ? Datum{0} : value_of(shape, entry, i);
    }
    char *description = BuildIndexValueDescription(index, values, nulls);
    Relation shell = relation_open(key.shell, AccessShareLock);
    ereport(ERROR, (errcode(ERRCODE_UNIQUE_VIOLATION),
                    errmsg("duplicate key value violates unique constraint \"%s\"", RelationGetRelationName(index)),
                    description ? errdetail("Key %s already exists.", description) : 0,
                    errtableconstraint(shell, RelationGetRelationName(index))));
}

} // namespace cedro::unique
