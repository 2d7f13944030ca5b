#include "copy/shard_rows.hpp"

#include "cluster/node.hpp"
#include "pg/copy.hpp"
#include "pg/guc.hpp"
#include "pg/scope.hpp"
#include "pg/storage.hpp"
#include "pg/text.hpp"
#include "plan/value_text.hpp"
#include "transaction/session.hpp"
#include "worker/lent_privilege.hpp"
#include "worker/placement.hpp"

namespace cedro::copy {

namespace {

// Lines are written when they come to this many bytes.
constexpr int kBatchBytes = 4 * 1024 * 1024;

/// What source and target of one copy agree on.
struct Rows {
    const table::Table *table;
    int64 shard;
    Oid owner;           ///< in whose name all is done: no right of the caller is lent to functions of the table
    const char *columns; ///< " (a, b)", or "" when there are none to be written
    List *names;         ///< the same, as String nodes
};

/// Lines that wait for the target.
struct Target {
    int32 group; ///< remote
    Oid relid;   ///< of this node; InvalidOid: remote
    StringInfoData lines;
    uint64 rows = 0;
};

Rows rows_of(const table::Table &table, int64 shard) {
    return pg::with_relation(table.relid, NoLock, [&](Relation shell) {
        StringInfoData columns;
        initStringInfo(&columns);
        List *names = NIL;
        for (int i = 0; i < RelationGetNumberOfAttributes(shell); i++) {
            const FormData_pg_attribute *attribute = TupleDescAttr(RelationGetDescr(shell), i);
            if (attribute->attisdropped || attribute->attgenerated) continue;
            const char *name = NameStr(attribute->attname);
            appendStringInfo(&columns, "%s%s", names == NIL ? " (" : ", ", quote_identifier(name));
            names = lappend(names, makeString(pstrdup(name)));
        }
        if (names != NIL) appendStringInfoChar(&columns, ')');
        return Rows{&table, shard, shell->rd_rel->relowner, columns.data, names};
    });
}

const char *shard_of(const Rows &rows) {
    return quote_qualified_identifier(get_namespace_name(get_rel_namespace(rows.table->relid)),
                                      table::shard_name(get_rel_name(rows.table->relid), rows.shard));
}

Oid local_shard(const Rows &rows) {
    const Oid relid = get_relname_relid(table::shard_name(get_rel_name(rows.table->relid), rows.shard),
                                        get_rel_namespace(rows.table->relid));
    if (OidIsValid(relid)) return relid;
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("shard " INT64_FORMAT " of table \"%s\" is not on this node", rows.shard,
                           get_rel_name(rows.table->relid))));
}

transaction::Session *session_with(const Rows &rows, int32 group) {
    return worker::session_of(*rows.table, {0, rows.shard, group, true});
}

// COPY FROM asks for bytes without saying for whom.
constinit const StringInfoData *source = nullptr;
constinit int source_at = 0;

int give_bytes(void *buffer, int, int wanted) {
    const int count = std::min(wanted, source->len - source_at);
    memcpy(buffer, source->data + source_at, static_cast<size_t>(count));
    source_at += count;
    return count;
}

uint64 copy_into(Oid relid, const Rows &rows, const StringInfoData &lines) {
    // The lines are in the server's encoding, whatever the client's is.
    List *options = list_make1(
        makeDefElem(pstrdup("encoding"), reinterpret_cast<Node *>(makeString(pstrdup(GetDatabaseEncodingName()))), -1));
    return pg::with_relation(relid, RowExclusiveLock, [&](Relation relation) {
        ParseState *state = make_parsestate(nullptr);
        addNSItemToQuery(state, addRangeTableEntryForRelation(state, relation, RowExclusiveLock, nullptr, false, false),
                         false, true, true);
        source = &lines;
        source_at = 0;
        CopyFromState copy = BeginCopyFrom(state, relation, nullptr, nullptr, false, give_bytes, rows.names, options);
        const uint64 count = CopyFrom(copy);
        EndCopyFrom(copy);
        free_parsestate(state);
        return count;
    });
}

void write(Target &target, const Rows &rows) {
    if (target.lines.len == 0) return;
    if (OidIsValid(target.relid)) {
        target.rows += copy_into(target.relid, rows, target.lines);
        CommandCounterIncrement();
    } else {
        const char *sql = psprintf("COPY %s%s FROM STDIN", shard_of(rows), rows.columns);
        target.rows += transaction::copy_in(session_with(rows, target.group), {sql, {}, rows.owner, true},
                                            {target.lines.data, static_cast<size_t>(target.lines.len)});
    }
    resetStringInfo(&target.lines);
}

void read_local(const Rows &rows, Target &target) {
    pg::with_relation(local_shard(rows), AccessShareLock, [&](Relation shard) {
        TupleDesc descriptor = RelationGetDescr(shard);
        plan::ValueWriter writer = plan::make_value_writer(descriptor);
        MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "citus shard row", ALLOCSET_DEFAULT_SIZES);
        Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
        TableScanDesc scan = table_beginscan(shard, snapshot, 0, nullptr);
        TupleTableSlot *slot = table_slot_create(shard, nullptr);
        while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
            CHECK_FOR_INTERRUPTS();
            slot_getallattrs(slot);
            pg::with_context(scratch, [&] {
                bool is_first = true;
                for (int i = 0; i < descriptor->natts; i++) {
                    const FormData_pg_attribute *attribute = TupleDescAttr(descriptor, i);
                    if (attribute->attisdropped || attribute->attgenerated) continue;
                    if (!is_first) appendStringInfoChar(&target.lines, '\t');
                    is_first = false;
                    if (slot->tts_isnull[i])
                        appendStringInfoString(&target.lines, "\\N");
                    else
                        plan::append_copy_field(&target.lines,
                                                plan::text_of(writer, attribute->attnum, slot->tts_values[i]));
                }
                appendStringInfoChar(&target.lines, '\n');
            });
            MemoryContextReset(scratch);
            if (target.lines.len >= kBatchBytes) write(target, rows);
        }
        ExecDropSingleTupleTableSlot(slot);
        table_endscan(scan);
        UnregisterSnapshot(snapshot);
        MemoryContextDelete(scratch);
    });
}

void read_remote(const Rows &rows, int32 group, Target &target) {
    const char *sql = psprintf("COPY %s%s TO STDOUT", shard_of(rows), rows.columns);
    transaction::copy_out(session_with(rows, group), {sql, {}, rows.owner}, [&](std::span<const char> line) {
        appendBinaryStringInfo(&target.lines, line.data(), static_cast<int>(line.size()));
        if (target.lines.len >= kBatchBytes) write(target, rows);
    });
}

// Output without loss; no foreign key is looked at, for rows that were there before are in order.
void with_exact_settings(pg::FunctionRef<void()> body) {
    const int level = NewGUCNestLevel();
    for (auto [name, value] :
         {std::pair{"datestyle", "ISO"}, std::pair{"intervalstyle", "postgres"}, std::pair{"extra_float_digits", "3"},
          std::pair{"search_path", "pg_catalog, pg_temp"}, std::pair{"session_replication_role", "replica"}})
        set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    body();
    AtEOXact_GUC(true, level);
}

uint64 transfer(const table::Table &table, int64 shard, int32 from, Target target) {
    const Rows rows = rows_of(table, shard);
    initStringInfo(&target.lines);
    const worker::Grant usage{"USAGE", OBJECT_SCHEMA, get_rel_namespace(table.relid)};
    auto within = [&] {
        pg::with_user(rows.owner, SECURITY_RESTRICTED_OPERATION, [&] {
            if (from == cluster::local_group())
                read_local(rows, target);
            else
                read_remote(rows, from, target);
            write(target, rows);
        });
    };
    worker::lending_everywhere(rows.owner, {&usage, 1}, [&] { with_exact_settings(within); });
    pfree(target.lines.data);
    return target.rows;
}

} // namespace

uint64 copy_placement(const table::Table &table, int64 shard, int32 from, int32 to) {
    Target target{to, InvalidOid, {}};
    if (to == cluster::local_group()) target.relid = local_shard({&table, shard, InvalidOid, nullptr, NIL});
    return transfer(table, shard, from, target);
}

uint64 bring_home(const table::Table &table, int64 shard, int32 from) {
    return transfer(table, shard, from, {0, table.relid, {}});
}

} // namespace cedro::copy
