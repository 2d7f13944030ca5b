#include "executor/exchange.hpp"

#include "cluster/node.hpp"
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"
#include "transaction/session.hpp"
#include "transaction/text_array.hpp"
#include "worker/exchange/sender.hpp"
#include "worker/exchange/spool.hpp"

namespace cedro::executor {

namespace {

constinit uint32 exchange_count = 0;

// Unique among what runs in the cluster: node group, process and number.
int64 new_id() {
    const uint64 number = ++exchange_count & 0xFFFFFF;
    const auto process = static_cast<uint64>(MyProcPid) & 0xFFFFFF;
    return static_cast<int64>((static_cast<uint64>(cluster::local_group()) << 48) | (process << 24) | number);
}

const cluster::Node &node_of(int32 id) { return cluster::node(id); }

// The first node of the list that answers.
int32 reachable(const Task &task) {
    for (int32 id : task.nodes) {
        if (cluster::is_local(node_of(id))) return id;
        if (id == task.nodes.back()) {
            transaction::session(id);
            return id;
        }
        if (transaction::session_if_reachable(id)) return id;
    }
    pg_unreachable();
}

void pin(std::span<Task> tasks) {
    for (Task &task : tasks) {
        const int32 id = reachable(task);
        task.nodes = {pg::make<int32>(id), 1};
    }
}

// The tasks of a producer, by node.
struct Share {
    int32 node;
    pg::Vector<plan::GroupSet> groups;
    transaction::Ticket ticket;
};

struct Production {
    RunningExchange *exchange;
    const char *sql;
    Oid role;
    worker::Route route;
    pg::Vector<RunningExchange> inputs; // that the producer itself reads
    int32 snapshot;                     // that the nodes hold for the statement
    pg::Vector<Share> shares;
    pg::Vector<const char *> stored;
};

Share &share_of(Production &production, int32 node) {
    for (Share &each : production.shares)
        if (each.node == node) return each;
    return production.shares.push({node, pg::Vector<plan::GroupSet>(), 0});
}

void add_node(pg::Vector<int32> &nodes, int32 id) {
    if (!nodes.contains(id)) nodes.push(id);
}

// Which node group reads the rows of each shard group, or of all.
pg::Vector<int32> readers(const plan::Exchange *exchange, std::span<const Task> tasks) {
    pg::Vector<int32> result;
    if (!exchange->key) {
        for (const Task &task : tasks)
            if (const int32 group = node_of(task.nodes[0]).group; !result.contains(group)) result.push(group);
        return result;
    }
    const table::Table &table = table::get(exchange->layout);
    for (size_t i = 0; i < table.shards.size(); i++) result.push(worker::kNobody);
    for (const Task &task : tasks)
        for (const plan::Group &group : task.groups)
            if (group.colocation == table.colocation)
                result[static_cast<size_t>(group.ordinal)] = node_of(task.nodes[0]).group;
    return result;
}

const char *qualified_name(Oid relid) {
    return OidIsValid(relid)
               ? quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid))
               : "";
}

const char *number_array(std::span<const int32> numbers) {
    StringInfoData text;
    initStringInfo(&text);
    for (int32 each : numbers) appendStringInfo(&text, "%c%d", text.len == 0 ? '{' : ',', each);
    appendStringInfoString(&text, text.len == 0 ? "{}" : "}");
    return text.data;
}

Production prepare(RunningExchange &exchange, std::span<const Task> readers_tasks) {
    const plan::Fragment *producer = exchange.plan->producer;
    Production production{&exchange,
                          nullptr,
                          OidIsValid(producer->role) ? producer->role : GetUserId(),
                          {exchange.plan->key, exchange.plan->layout, {}},
                          name_exchanges(producer),
                          readers_tasks.empty() ? 0 : readers_tasks[0].snapshot,
                          pg::Vector<Share>(),
                          pg::Vector<const char *>()};
    production.sql = text_with(producer, production.inputs);
    production.route.nodes = *pg::make<pg::Vector<int32>>(readers(exchange.plan, readers_tasks));
    auto &tasks = *pg::make<pg::Vector<Task>>(tasks_of(producer));
    for (Task &each : tasks) each.snapshot = production.snapshot;
    if (producer->exchanges)
        fill_exchanges(production.inputs, tasks);
    else
        pin(tasks);
    for (const Task &task : tasks) share_of(production, task.nodes[0]).groups.push(task.groups);
    for (const Share &each : production.shares) add_node(exchange.nodes, each.node);
    for (const Task &task : readers_tasks) add_node(exchange.nodes, task.nodes[0]);
    return production;
}

void send(Production &production, Share &share) {
    pg::Vector<const char *> groups;
    for (const plan::GroupSet &each : share.groups) groups.push(plan::group_parameter(each, production.snapshot));
    const transaction::Parameter parameters[] = {
        {INT8OID, psprintf(INT64_FORMAT, production.exchange->id)},
        {TEXTOID, GetUserNameFromId(production.role, false)},
        {TEXTOID, production.sql},
        {TEXTARRAYOID, transaction::text_array(groups)},
        {INT4OID, psprintf("%d", production.route.key)},
        {TEXTOID, qualified_name(production.route.layout)},
        {INT4ARRAYOID, number_array(production.route.nodes)},
    };
    transaction::Statement statement{"CALL citus_internal.produce_exchange_rows($1, $2, $3, $4, $5, $6, $7, NULL)"};
    statement.parameters = parameters;
    share.ticket = transaction::send(transaction::session(share.node), statement);
}

void receive(Production &production, const Share &share) {
    const PGresult *result = transaction::receive(transaction::session(share.node), share.ticket);
    Datum stored = OidInputFunctionCall(F_ARRAY_IN, PQgetvalue(result, 0, 0), TEXTOID, -1);
    for (const char *each : transaction::texts_of(stored)) production.stored.push(each);
}

void produce_here(Production &production, const Share &share) {
    for (const char *each :
         worker::produce(production.exchange->id, production.sql, share.groups, production.role, production.route))
        production.stored.push(each);
}

bool is_here(int32 node) { return cluster::is_local(node_of(node)); }

// Tells the nodes that read where the rows are.
void attach(Production &production, std::span<const Task> tasks) {
    RunningExchange &exchange = *production.exchange;
    pg::Vector<int32> nodes;
    for (const Task &task : tasks) add_node(nodes, task.nodes[0]);
    for (int32 id : nodes) {
        pg::Vector<const char *> sources;
        for (const char *each : production.stored)
            if (pg_strtoint32(pnstrdup(each, strcspn(each, " "))) == node_of(id).group)
                sources.push(strchr(each, ' ') + 1);
        for (const char *each : sources) {
            const worker::Amount amount = worker::amount_of(each);
            exchange.rows += amount.rows;
            exchange.bytes += amount.bytes;
        }
        if (is_here(id)) {
            worker::attach(exchange.id, sources);
            continue;
        }
        const transaction::Parameter parameters[] = {{INT8OID, psprintf(INT64_FORMAT, exchange.id)},
                                                     {TEXTARRAYOID, transaction::text_array(sources)}};
        transaction::Statement statement{"CALL citus_internal.attach_exchange($1, $2)"};
        statement.parameters = parameters;
        transaction::Session *session = transaction::session(id);
        transaction::discard(session, transaction::send(session, statement));
    }
}

} // namespace

pg::Vector<RunningExchange> name_exchanges(const plan::Fragment *fragment) {
    pg::Vector<RunningExchange> result;
    for (const plan::Exchange *each : pg::ListOf<const plan::Exchange>(fragment->exchanges))
        result.push({new_id(), each, pg::Vector<int32>(), 0, 0});
    return result;
}

const char *text_with(const plan::Fragment *fragment, std::span<const RunningExchange> exchanges) {
    if (exchanges.empty()) return plan::sql_text(fragment->query);
    pg::Vector<int64> ids;
    for (const RunningExchange &each : exchanges) ids.push(each.id);
    return plan::sql_text(plan::with_exchange_ids(fragment->query, ids));
}

void fill_exchanges(std::span<RunningExchange> exchanges, std::span<Task> tasks) {
    if (exchanges.empty()) return;
    pin(tasks);
    pg::Vector<Production> productions;
    for (RunningExchange &each : exchanges) productions.push(prepare(each, tasks));
    for (Production &production : productions)
        for (Share &share : production.shares)
            if (!is_here(share.node)) send(production, share);
    for (Production &production : productions)
        for (const Share &share : production.shares)
            if (is_here(share.node)) produce_here(production, share);
    for (Production &production : productions)
        for (const Share &share : production.shares)
            if (!is_here(share.node)) receive(production, share);
    for (Production &production : productions) {
        attach(production, tasks);
        drop_exchanges(production.inputs);
    }
}

void drop_exchanges(std::span<const RunningExchange> exchanges) {
    for (const RunningExchange &each : exchanges)
        for (int32 id : each.nodes) {
            if (is_here(id)) {
                worker::drop_exchange(each.id);
                continue;
            }
            const transaction::Parameter parameter{INT8OID, psprintf(INT64_FORMAT, each.id)};
            transaction::Statement statement{"CALL citus_internal.drop_exchange($1)"};
            statement.parameters = {&parameter, 1};
            transaction::Session *session = transaction::session(id);
            transaction::discard(session, transaction::send(session, statement));
        }
}

} // namespace cedro::executor
