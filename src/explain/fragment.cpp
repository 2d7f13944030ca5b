#include "explain/fragment.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "executor/fragment_scan.hpp"
#include "executor/modify_scan.hpp"
#include "explain/exchange.hpp"
#include "explain/task_plan.hpp"
#include "pg/catalog.hpp"

namespace cedro::explain {

namespace {

constexpr char kTaskPlan[] = "Remote Plan";

const char *address_of(int32 node_id) {
    const cluster::Node &node = cluster::node(node_id);
    return psprintf("host=%s port=%d dbname=%s", node.host, node.port, get_database_name(MyDatabaseId));
}

// The text on one line: what is not quoted needs no line breaks.
const char *one_line(const char *sql) {
    StringInfoData line;
    initStringInfo(&line);
    char quote = 0;
    for (const char *each = sql; *each; each++) {
        if (quote) {
            if (*each == quote) quote = 0;
        } else if (*each == '\'' || *each == '"') {
            quote = *each;
        } else if (isspace(static_cast<unsigned char>(*each))) {
            if (line.len > 0 && line.data[line.len - 1] != ' ') appendStringInfoChar(&line, ' ');
            continue;
        }
        appendStringInfoChar(&line, *each);
    }
    return line.data;
}

// The lines of a plan below an arrow, as PostgreSQL shows its own children.
void add_text_plan(const char *text, ExplainState *state) {
    bool is_first = true;
    for (const char *line = text; line && *line;) {
        const char *end = strchrnul(line, '\n');
        appendStringInfoSpaces(state->str, state->indent * 2);
        appendStringInfoString(state->str, is_first ? "->  " : "    ");
        appendBinaryStringInfo(state->str, line, static_cast<int>(end - line));
        appendStringInfoChar(state->str, '\n');
        is_first = false;
        line = *end ? end + 1 : end;
    }
}

// A document of the same format becomes a property.
void add_document(const char *text, ExplainState *state) {
    if (state->format != EXPLAIN_FORMAT_JSON) {
        ExplainPropertyText(kTaskPlan, text, state);
        return;
    }
    ExplainOpenGroup(kTaskPlan, kTaskPlan, false, state);
    // The group's own brackets hold the document's elements.
    const char *start = strchr(text, '[');
    const char *end = strrchr(text, ']');
    if (start && end) appendBinaryStringInfo(state->str, start + 1, static_cast<int>(end - start - 1));
    ExplainCloseGroup(kTaskPlan, kTaskPlan, false, state);
}

void explain_task(const executor::Shown &shown, const executor::Task &task, ExplainState *state) {
    const TaskPlan plan = plan_of_task(shown.sql, task, shown.role, state);
    if (state->format == EXPLAIN_FORMAT_TEXT) {
        appendStringInfoSpaces(state->str, state->indent * 2);
        appendStringInfoString(state->str, "->  Task\n");
        state->indent += 3;
        ExplainPropertyText("Query", one_line(shown.sql), state);
        ExplainPropertyText("Node", address_of(plan.node), state);
        add_text_plan(plan.text, state);
        state->indent -= 3;
        return;
    }
    ExplainOpenGroup("Task", nullptr, true, state);
    ExplainPropertyText("Query", one_line(shown.sql), state);
    ExplainPropertyText("Node", address_of(plan.node), state);
    add_document(plan.text, state);
    ExplainCloseGroup("Task", nullptr, true, state);
}

void explain_tasks(const executor::Shown &shown, ExplainState *state) {
    const size_t count = shown.tasks.size();
    ExplainPropertyInteger("Task Count", nullptr, static_cast<int64>(count), state);
    const bool shows_all = setting::explain_all_tasks || count <= 1;
    ExplainPropertyText("Tasks Shown", shows_all ? "All" : psprintf("One of %zu", count), state);
    ExplainOpenGroup("Tasks", "Tasks", false, state);
    for (const executor::Task &task : shown.tasks) {
        explain_task(shown, task, state);
        if (!shows_all) break;
    }
    ExplainCloseGroup("Tasks", "Tasks", false, state);
}

void explain_scan(CustomScanState *node, List *, ExplainState *state) {
    if (!setting::explain_distributed_queries) return;
    const std::optional<executor::Shown> shown = executor::shown(node);
    if (!shown) {
        ExplainPropertyText("Task Count", "depends on values", state);
        ExplainPropertyText("Query", one_line(executor::shown_template(node)), state);
        return;
    }
    explain_exchanges(shown->exchanges, true, state);
    explain_tasks(*shown, state);
}

// What a write does is shown as planned: it must not be done again.
void explain_write(const executor::Shown &shown, ExplainState *state) {
    if (!setting::explain_distributed_queries) return;
    const bool analyze = state->analyze;
    state->analyze = false;
    explain_tasks(shown, state);
    state->analyze = analyze;
}

} // namespace

void initialize() {
    executor::explain_fragment = explain_scan;
    executor::explain_write = explain_write;
}

} // namespace cedro::explain
