#include "explain/exchange.hpp"

#include "pg/planner.hpp"
#include "plan/sql_text.hpp"

namespace cedro::explain {

namespace {

const char *kind_of(const plan::Exchange *exchange) {
    if (!exchange->key) return "Broadcast";
    const TargetEntry *key =
        get_tle_by_resno(exchange->producer->query->targetList, static_cast<AttrNumber>(exchange->key));
    return psprintf("Hash of %s, as the rows of %s", key->resname, get_rel_name(exchange->layout));
}

void show(const executor::RunningExchange &exchange, bool are_done, ExplainState *state) {
    const plan::Exchange *plan = exchange.plan;
    ExplainOpenGroup("Exchange", nullptr, true, state);
    ExplainPropertyText("Exchange", kind_of(plan), state);
    const bool is_text = state->format == EXPLAIN_FORMAT_TEXT;
    if (is_text) state->indent++;
    ExplainPropertyText("Exchanged Query", plan::sql_text(plan->producer->query), state);
    if (state->costs) {
        ExplainPropertyFloat("Exchanged Rows", nullptr, plan->rows, 0, state);
        ExplainPropertyInteger("Exchanged Width", nullptr, plan->width, state);
        ExplainPropertyText("Choice", plan->reason, state);
    }
    if (state->analyze && are_done) {
        ExplainPropertyInteger("Actual Exchanged Rows", nullptr, exchange.rows, state);
        ExplainPropertyInteger("Actual Exchanged Bytes", nullptr, exchange.bytes, state);
    }
    if (plan->producer->exchanges) explain_exchanges(executor::name_exchanges(plan->producer), false, state);
    if (is_text) state->indent--;
    ExplainCloseGroup("Exchange", nullptr, true, state);
}

} // namespace

void explain_exchanges(std::span<const executor::RunningExchange> exchanges, bool are_done, ExplainState *state) {
    if (exchanges.empty()) return;
    ExplainOpenGroup("Exchanges", "Exchanges", false, state);
    for (const executor::RunningExchange &each : exchanges) show(each, are_done, state);
    ExplainCloseGroup("Exchanges", "Exchanges", false, state);
}

} // namespace cedro::explain
