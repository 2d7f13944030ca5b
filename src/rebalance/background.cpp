#include "rebalance/background.hpp"

#include "cluster/node.hpp"
#include "pg/spi.hpp"
#include "pg/text.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::rebalance {
namespace {

int64 number_of(const char *sql) {
    return pg::with_spi([&] {
        int64 result = 0;
        pg::rows(sql, {}, [&](HeapTuple tuple, TupleDesc type) {
            bool is_null;
            const Datum value = pg::field(tuple, type, 1, &is_null);
            if (!is_null) result = DatumGetInt64(value);
        });
        return result;
    });
}

/// The task waits for the one before it in its co-location group: a plan's moves build on each other.
const char *task(int64 job, int64 id, const Move &move, const char *mode, int64 waits_for) {
    const cluster::Node *from = cluster::primary_of(move.from);
    const cluster::Node *to = cluster::primary_of(move.to);
    const char *command = psprintf("SELECT pg_catalog.citus_move_shard_placement(" INT64_FORMAT ", %d, %d, %s)",
                                   move.shard, from->id, to->id, plan::literal(mode));
    const char *row = psprintf("INSERT INTO pg_catalog.pg_dist_background_task (job_id, task_id, owner, status, command, "
                               "nodes_involved) VALUES (" INT64_FORMAT ", " INT64_FORMAT ", '%u'::regrole, '%s', %s, "
                               "'{%d,%d}')",
                               job, id, GetUserId(), waits_for ? "blocked" : "runnable", plan::literal(command),
                               from->id, to->id);
    if (!waits_for) return row;
    return psprintf("%s; INSERT INTO pg_catalog.pg_dist_background_task_depend VALUES (" INT64_FORMAT ", " INT64_FORMAT
                    ", " INT64_FORMAT ")",
                    row, job, id, waits_for);
}

int64 next(const char *sequence) {
    return number_of(psprintf("SELECT pg_catalog.nextval('pg_catalog.%s')", sequence));
}

} // namespace

std::optional<int64> start_in_background(const BackgroundRequest &request) {
    cluster::require_coordinator("citus_rebalance_start");
    transaction::lock_metadata();
    if (int64 running = number_of("SELECT citus_internal.last_rebalance(true)"))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("a rebalance runs already, as background job " INT64_FORMAT, running),
                        errhint("Look at it with citus_rebalance_status(), or end it with citus_rebalance_stop().")));
    const pg::Vector<Move> moves = plan({.relid = InvalidOid,
                                         .threshold = std::nullopt,
                                         .improvement = std::nullopt,
                                         .max_moves = INT_MAX,
                                         .excluded = {},
                                         .only_drain = request.only_drain,
                                         .strategy = request.strategy});
    if (moves.empty()) {
        ereport(NOTICE, (errmsg("there is nothing to move")));
        return std::nullopt;
    }
    struct Last {
        uint32 colocation;
        int64 task;
    };
    pg::Vector<Last> lasts;
    pg::Vector<const char *> commands;
    const int64 job = next("pg_dist_background_job_job_id_seq");
    commands.push(psprintf("INSERT INTO pg_catalog.pg_dist_background_job (job_id, job_type, description) VALUES "
                           "(" INT64_FORMAT ", 'rebalance', 'Rebalance of all tables')",
                           job));
    for (const Move &move : moves) {
        const int64 id = next("pg_dist_background_task_task_id_seq");
        const auto colocation = static_cast<uint32>(table::get(move.relid).colocation);
        auto last = std::find_if(lasts.begin(), lasts.end(), [&](const Last &l) { return l.colocation == colocation; });
        const bool waits = last != lasts.end() && !request.moves_side_by_side;
        commands.push(task(job, id, move, request.transfer_mode, waits ? last->task : 0));
        if (last != lasts.end())
            last->task = id;
        else
            lasts.push({colocation, id});
    }
    transaction::run_here(commands);
    ereport(NOTICE, (errmsg("%zu moves will run in the background, as job " INT64_FORMAT, moves.size(), job),
                     errhint("SELECT * FROM citus_rebalance_status() shows how far it is.")));
    return job;
}

} // namespace cedro::rebalance
