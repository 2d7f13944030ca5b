#include "convert/rows.hpp"

#include "copy/row_sink.hpp"
#include "pg/scope.hpp"
#include "pg/storage.hpp"
#include "pg/text.hpp"

namespace cedro::convert {

namespace {

// Seconds between two NOTICEs.
constexpr int kReportInterval = 5;
constexpr uint64 kRowsBetweenLooks = 1024;

/// Tells the user of a long copy how far it is.
struct Progress {
    const char *table;
    double expected; ///< rows, from statistics; not positive: unknown
    TimestampTz last;
    uint64 rows = 0;

    void count() {
        if (++rows % kRowsBetweenLooks != 0) return;
        const TimestampTz now = GetCurrentTimestamp();
        if (!TimestampDifferenceExceeds(last, now, kReportInterval * 1000)) return;
        last = now;
        if (expected > static_cast<double>(rows))
            ereport(NOTICE, (errmsg("copied " UINT64_FORMAT " of about %.0f rows of table \"%s\"", rows, expected,
                                    table)));
        else
            ereport(NOTICE, (errmsg("copied " UINT64_FORMAT " rows of table \"%s\"", rows, table)));
    }
};

uint64 copy_rows(Relation source, copy::RowSink *sink, Progress &progress) {
    // The latest snapshot: rows that committed after a repeatable read began must come along.
    Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
    TableScanDesc scan = table_beginscan(source, snapshot, 0, nullptr);
    TupleTableSlot *slot = table_slot_create(source, nullptr);
    while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
        CHECK_FOR_INTERRUPTS();
        slot_getallattrs(slot);
        copy::put(sink, slot->tts_values, slot->tts_isnull);
        progress.count();
    }
    ExecDropSingleTupleTableSlot(slot);
    table_endscan(scan);
    UnregisterSnapshot(snapshot);
    return progress.rows;
}

} // namespace

uint64 scatter(Oid heap, const table::Table &target) {
    if (get_rel_relkind(heap) == RELKIND_PARTITIONED_TABLE) return 0;
    return pg::with_relation(heap, NoLock, [&](Relation source) {
        Progress progress{get_rel_name(target.relid), source->rd_rel->reltuples, GetCurrentTimestamp()};
        copy::RowSink *sink = copy::open(target, InvalidOid);
        const uint64 rows = copy_rows(source, sink, progress);
        copy::close(sink);
        return rows;
    });
}

void empty_shell(Oid relid) {
    if (get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE) return;
    pg::with_relation(relid, AccessExclusiveLock, [](Relation shell) {
        CheckTableNotInUse(shell, "create_distributed_table");
        pg::empty_storage(shell);
    });
    CommandCounterIncrement();
}

} // namespace cedro::convert
