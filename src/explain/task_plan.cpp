#include "explain/task_plan.hpp"

#include "cluster/node.hpp"
#include "pg/planner.hpp"
#include "pg/scope.hpp"
#include "transaction/session.hpp"
#include "worker/task.hpp"

namespace cedro::explain {

namespace {

const char *format_name(ExplainFormat format) {
    switch (format) {
    case EXPLAIN_FORMAT_TEXT: return "text";
    case EXPLAIN_FORMAT_XML: return "xml";
    case EXPLAIN_FORMAT_JSON: return "json";
    case EXPLAIN_FORMAT_YAML: return "yaml";
    }
    return "text";
}

const char *remote_plan(transaction::Session *session, const char *sql, const executor::Task &task, Oid role,
                        const ExplainState *state) {
    auto on_off = [](bool is_on) { return is_on ? "on" : "off"; };
    const char *options =
        psprintf("ANALYZE %s, VERBOSE %s, COSTS %s, BUFFERS %s, WAL %s, TIMING %s, SUMMARY %s, SETTINGS %s, FORMAT %s",
                 on_off(state->analyze), on_off(state->verbose), on_off(state->costs), on_off(state->buffers),
                 on_off(state->wal), on_off(state->timing), on_off(state->summary), on_off(state->settings),
                 format_name(state->format));
    const transaction::Parameter parameters[] = {{INT4ARRAYOID, plan::group_parameter(task.groups)}};
    transaction::Statement statement{plan::with_header(psprintf("EXPLAIN (%s) %s", options, sql))};
    statement.parameters = parameters;
    statement.role = role;
    const PGresult *result = transaction::run(session, statement);
    StringInfoData text;
    initStringInfo(&text);
    for (int row = 0; row < PQntuples(result); row++)
        appendStringInfo(&text, "%s%s", row ? "\n" : "", PQgetvalue(result, row, 0));
    return text.data;
}

// The same on this node.
const char *local_plan(const char *sql, const executor::Task &task, Oid role, const ExplainState *state) {
    ExplainState *own = NewExplainState();
    own->verbose = state->verbose;
    own->analyze = state->analyze;
    own->costs = state->costs;
    own->buffers = state->buffers;
    own->wal = state->wal;
    own->timing = state->timing;
    own->summary = state->summary;
    own->settings = state->settings;
    own->format = state->format;
    pg::with_user(role, SECURITY_LOCAL_USERID_CHANGE, [&] {
        auto *parsed = linitial_node(RawStmt, pg_parse_query(sql));
        List *queries = pg_analyze_and_rewrite_fixedparams(parsed, sql, nullptr, 0, nullptr);
        auto *query = linitial_node(Query, queries);
        worker::bind(query, task.groups);
        instr_time start;
        instr_time duration;
        INSTR_TIME_SET_CURRENT(start);
        PlannedStmt *plan = standard_planner(query, sql, 0, nullptr);
        INSTR_TIME_SET_CURRENT(duration);
        INSTR_TIME_SUBTRACT(duration, start);
        ExplainBeginOutput(own);
        ExplainOnePlan(plan, nullptr, own, sql, nullptr, nullptr, &duration, nullptr);
        ExplainEndOutput(own);
    });
    if (own->str->len > 0 && own->str->data[own->str->len - 1] == '\n') own->str->data[--own->str->len] = '\0';
    return own->str->data;
}

} // namespace

TaskPlan plan_of_task(const char *sql, const executor::Task &task, Oid role, const ExplainState *state) {
    for (int32 id : task.nodes) {
        if (cluster::is_local(cluster::node(id))) return {id, local_plan(sql, task, role, state)};
        const bool is_last = id == task.nodes.back();
        transaction::Session *session = is_last ? transaction::session(id) : transaction::session_if_reachable(id);
        if (session) return {id, remote_plan(session, sql, task, role, state)};
    }
    return {0, ""};
}

} // namespace cedro::explain
