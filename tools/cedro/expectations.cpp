#include "expectations.hpp"

#include "failure.hpp"

#include <fmt/format.h>
#include <map>
#include <thread>

namespace cedro {
namespace {

struct Expectation {
    int block;
    const char *claim;
    const char *question;  // sent to the coordinator
    const char *answer;    // the first value of the answer, or
    const char *sqlstate;  // the error it must give
    const char *says = ""; // and what its message must contain
};

#define PLACEMENTS(table)                                                                                              \
    "FROM pg_dist_placement JOIN pg_dist_shard USING (shardid) WHERE logicalrelid = '" table "'::regclass"

// In this order: some change what the next one asks about.
const Expectation kExpectations[] = {
    {0, "the extension is there", "SELECT count(*) FROM pg_extension WHERE extname = 'citus'", "1", nullptr},

    {1, "as many shards as citus.shard_count says",
     "SELECT count(*) = current_setting('citus.shard_count')::int FROM pg_dist_shard WHERE logicalrelid = "
     "'orders'::regclass",
     "t", nullptr},
    {1, "an order is accepted", "INSERT INTO orders (order_id, customer_id) VALUES (1000001, 1) RETURNING order_id",
     "1000001", nullptr},
    {1, "its number is refused for another customer", "INSERT INTO orders (order_id, customer_id) VALUES (1000001, 2)",
     nullptr, "23505", "orders_pkey"},
    {1, "\\d orders still shows the primary key",
     "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'p'",
     "PRIMARY KEY (order_id)", nullptr},

    {2, "every shard has two active placements on two nodes",
     "SELECT bool_and(n = 2) FROM (SELECT count(DISTINCT groupid) n " PLACEMENTS(
         "orders") " AND shardstate = 1 GROUP BY shardid) s",
     "t", nullptr},
    {2, "one copy again takes the surplus away", "ALTER TABLE orders SET (shard_replication_factor = 1)", "", nullptr},
    {2, "and leaves one placement a shard",
     "SELECT bool_and(n = 1) FROM (SELECT count(*) n " PLACEMENTS("orders") " GROUP BY shardid) s", "t", nullptr},
    {2, "more copies than nodes are refused, with both figures",
     "ALTER TABLE orders SET (shard_replication_factor = 99)", nullptr, "", "99"},

    {3, "32 shards", "SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = 'orders'::regclass", "32", nullptr},
    {4, "32 shards", "SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = 'orders'::regclass", "32", nullptr},
    {4, "two placements each", "SELECT count(*) " PLACEMENTS("orders"), "64", nullptr},

    {5, "a copy of customers on every node, the coordinator included",
     "SELECT count(DISTINCT groupid) = (SELECT count(*) FROM pg_dist_node) " PLACEMENTS("customers"), "t", nullptr},
    {5, "a customer is accepted", "INSERT INTO customers VALUES (1, 'Ada', 'ada@example.org') RETURNING name", "Ada",
     nullptr},
    {5, "an order of a customer is accepted", "INSERT INTO orders (customer_id) VALUES (1) RETURNING customer_id", "1",
     nullptr},
    {5, "an order of an unknown customer is refused", "INSERT INTO orders (customer_id) VALUES (4711)", nullptr,
     "23503", "orders_customer_id_fkey"},
    {5, "orders and order_items are co-located, bigint beside integer",
     "SELECT count(DISTINCT colocationid) FROM pg_dist_partition WHERE logicalrelid IN ('orders'::regclass, "
     "'order_items'::regclass)",
     "1", nullptr},
    {5, "order_items has two placements a shard, as orders has",
     "SELECT bool_and(n = 2) FROM (SELECT count(DISTINCT groupid) n " PLACEMENTS("order_items") " GROUP BY shardid) s",
     "t", nullptr},

    {6, "32 shards", "SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = 'orders'::regclass", "32", nullptr},
    {6, "64 placements",
     "SELECT count(*) FROM pg_dist_shard_placement WHERE shardid IN (SELECT shardid FROM pg_dist_shard WHERE "
     "logicalrelid = 'orders'::regclass)",
     "64", nullptr},

    {7, "no two copies of a shard share a node",
     "SELECT count(*) = count(DISTINCT (shardid, groupid)) " PLACEMENTS("orders"), "t", nullptr},
    {7, "every worker has its share",
     "SELECT max(n) - min(n) <= 2 FROM (SELECT count(p.shardid) n FROM pg_dist_node d LEFT JOIN (SELECT shardid, "
     "groupid " PLACEMENTS("orders") ") p USING (groupid) WHERE shouldhaveshards GROUP BY groupid) s",
     "t", nullptr},
};

bool holds(const Expectation &expectation, const Answer &answer) {
    if (expectation.answer) return !answer.failed() && answer.value() == expectation.answer;
    return answer.failed() && (!*expectation.sqlstate || answer.sqlstate == expectation.sqlstate) &&
           (answer.error + answer.advice).find(expectation.says) != std::string::npos;
}

std::string evidence_of(const Answer &answer) {
    if (answer.failed()) return answer.sqlstate + " " + answer.error;
    return answer.rows.empty() ? answer.tag : answer.value() == "t" ? "" : answer.value();
}

// Two clients insert the same order for two customers, one on the coordinator, one on a worker, at the same time.
bool one_of_two_wins(const Cluster &cluster, std::string &evidence) {
    Connection here(cluster, cluster.coordinator()), there(cluster, cluster.nodes[1]);
    for (Connection *each : {&here, &there}) each->must("SET statement_timeout = '20s'");
    here.must("BEGIN");
    here.must("INSERT INTO orders (order_id, customer_id) VALUES (1000002, 1)");
    Answer second;
    std::thread rival([&] { second = there.ask("INSERT INTO orders (order_id, customer_id) VALUES (1000002, 2)"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(300)); // enough for the rival to be waiting
    Answer commit = here.ask("COMMIT");
    rival.join();
    evidence = evidence_of(commit.failed() ? commit : second);
    return !commit.failed() && second.sqlstate == "23505";
}

} // namespace

bool copies_are_equal(const Cluster &cluster, const std::string &table, std::string &evidence) {
    Connection coordinator(cluster, cluster.coordinator());
    std::map<std::string, Connection> nodes;
    for (const Node &node : cluster.nodes) nodes.emplace(std::to_string(node.port), Connection(cluster, node));
    Answer placements = coordinator.must(
        fmt::format("SELECT shardid, nodeport, shard_name(logicalrelid, shardid) FROM pg_dist_shard JOIN "
                    "pg_dist_placement USING (shardid) "
                    "JOIN pg_dist_node USING (groupid) WHERE logicalrelid = '{}'::regclass ORDER BY 1, 2",
                    table));
    std::map<std::string, std::string> contents;
    long long rows = 0;
    for (const auto &placement : placements.rows) {
        Answer content =
            nodes.at(placement[1])
                .must(fmt::format("SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} t",
                                  placement[2]));
        auto [first, is_first] = contents.emplace(placement[0], content.rows[0][1]);
        if (is_first)
            rows += std::atoll(content.value().c_str());
        else if (first->second != content.rows[0][1]) {
            evidence = fmt::format("shard {} differs on port {}", placement[0], placement[1]);
            return false;
        }
    }
    evidence =
        fmt::format("{} rows in {} shards compared on {} placements", rows, contents.size(), placements.rows.size());
    return !contents.empty();
}

int check_block(int number, const Cluster &cluster, Narrator &narrator) {
    int wrong = 0;
    auto judge = [&](bool right, const std::string &claim, const std::string &evidence) {
        narrator.verdict(right, claim, evidence);
        wrong += !right;
    };
    auto compare = [&](const char *claim, auto question) {
        std::string evidence;
        bool right = false;
        try {
            right = question(evidence);
        } catch (const Failure &failure) {
            evidence = failure.what();
        }
        judge(right, claim, evidence);
    };
    if (number == 2)
        compare("the copies are equal, row for row",
                [&](std::string &evidence) { return copies_are_equal(cluster, "orders", evidence); });
    Connection coordinator(cluster, cluster.coordinator());
    coordinator.must("SET statement_timeout = '30s'");
    for (const Expectation &expectation : kExpectations) {
        if (expectation.block != number) continue;
        Answer answer = coordinator.ask(expectation.question);
        judge(holds(expectation, answer), expectation.claim, evidence_of(answer));
    }
    if (number == 1)
        compare("of two inserted at the same time, on two nodes, one wins",
                [&](std::string &evidence) { return one_of_two_wins(cluster, evidence); });
    return wrong;
}

} // namespace cedro
