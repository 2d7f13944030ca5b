#include "demo.hpp"

#include "commands.hpp"
#include "expectations.hpp"
#include "failure.hpp"
#include "narrator.hpp"
#include "owner.hpp"
#include "process.hpp"
#include "server.hpp"
#include "terminal.hpp"
#include "walkthrough.hpp"
#include "writer.hpp"

#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <regex>
#include <unistd.h>

namespace cedro {
namespace {

namespace fs = std::filesystem;

struct Finding {
    std::string name;
    std::string verdict; // empty when all went well
};

class Demo {
public:
    explicit Demo(Cluster cluster) : cluster_(std::move(cluster)) {}

    void play();
    void summarize() const;
    bool went_well() const;
    const Cluster &cluster() const { return cluster_; }

private:
    void play_block(const Block &block);
    void register_before_the_readers_eyes();
    void fill();
    void grow_while_writing(const Block &rebalance);
    void lose_a_worker();

    // Runs what may not run yet: its failure is a finding, and the demo goes on.
    void act(const std::string &name, const std::function<std::string()> &body);
    Answer coordinator(const std::string &statement);
    Connection connect() const;

    Cluster cluster_;
    Narrator narrator_;
    std::vector<Finding> findings_;
};

// The statement's error, for a finding; empty when it succeeded.
std::string complaint(const Answer &answer) {
    return answer.failed() ? fmt::format("does not run yet: {}", answer.error) : "";
}

void Demo::act(const std::string &name, const std::function<std::string()> &body) {
    std::string verdict;
    try {
        verdict = body();
    } catch (const Failure &failure) {
        verdict = failure.what();
        narrator_.verdict(false, verdict);
    }
    if (!verdict.empty()) narrator_.say(terminal::yellow(fmt::format("{} {}", name, verdict)));
    findings_.push_back({name, verdict});
}

Connection Demo::connect() const {
    Connection connection(cluster_, cluster_.coordinator());
    connection.must("SET statement_timeout = '60s'");
    return connection;
}

void Demo::play_block(const Block &block) {
    std::string name = block.number ? fmt::format("block {}", block.number) : block.title;
    narrator_.heading(block.number ? fmt::format("Block {}: {}", block.number, block.title) : "The first statement");
    act(name, [&]() -> std::string {
        Connection connection = connect();
        for (const std::string &statement : block.statements) {
            Answer answer = narrator_.run(connection, statement);
            if (answer.failed()) return complaint(answer);
        }
        int wrong = check_block(block.number, cluster_, narrator_);
        return wrong ? fmt::format("runs, but {} of its promises do not hold", wrong) : "";
    });
}

void Demo::register_before_the_readers_eyes() {
    narrator_.heading("The servers become a cluster");
    act("registering the nodes", [&]() -> std::string {
        for (const Node &node : cluster_.nodes) {
            if (node.name == cluster_.coordinator().name) continue;
            Connection worker(cluster_, node);
            Answer answer = narrator_.run(worker, "CREATE EXTENSION citus;", node.name + " ");
            if (answer.failed()) return complaint(answer);
        }
        Connection connection = connect();
        for (const Node &node : cluster_.nodes) {
            Answer answer =
                narrator_.run(connection, registration(node, node.name == cluster_.coordinator().name) + ";");
            if (answer.failed()) return complaint(answer);
        }
        return complaint(narrator_.run(
            connection,
            "SELECT nodeid, groupid, nodename, nodeport, isactive, shouldhaveshards FROM pg_dist_node ORDER BY 1;"));
    });
}

void Demo::fill() {
    narrator_.heading("Some rows");
    act("filling the tables", [&]() -> std::string {
        Connection connection = connect();
        for (const char *statement :
             {"INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(2, 1000) i;",
              "INSERT INTO orders (customer_id, total_amount, status)\n"
              "SELECT 1 + i % 1000, i % 97, 'new' FROM generate_series(1, 20000) i;",
              "INSERT INTO order_items (order_id, product_id, quantity)\n"
              "SELECT order_id, order_id % 50, 1 FROM orders;",
              "SELECT c.name, count(*), sum(o.total_amount) FROM customers c JOIN orders o USING (customer_id)\n"
              "GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 3;"}) {
            Answer answer = narrator_.run(connection, statement);
            if (answer.failed()) return complaint(answer);
        }
        return "";
    });
}

void Demo::grow_while_writing(const Block &rebalance) {
    narrator_.heading("One more server, while a client goes on writing");
    act("adding a node", [&]() -> std::string {
        add_node(cluster_, true);
        Connection worker(cluster_, cluster_.nodes.back());
        Answer answer = narrator_.run(worker, "CREATE EXTENSION citus;", cluster_.nodes.back().name + " ");
        if (answer.failed()) return complaint(answer);
        Connection connection = connect();
        return complaint(narrator_.run(connection, registration(cluster_.nodes.back(), false) + ";"));
    });
    act("writing during the rebalance", [&]() -> std::string {
        const std::string count = "SELECT count(*) FROM orders";
        long long before = std::atoll(connect().must(count).value().c_str());
        Writer writer(cluster_, cluster_.coordinator(),
                      "INSERT INTO orders (customer_id, status) VALUES (1, 'meanwhile')");
        play_block(rebalance);
        Writer::Report report = writer.stop();
        long long after = std::atoll(connect().must(count).value().c_str());
        narrator_.verdict(report.failed == 0 && report.written > 0,
                          fmt::format("meanwhile a client wrote {} orders, {} failed; the longest wait was {}",
                                      report.written, report.failed, terminal::duration(report.longest)),
                          report.first_error);
        narrator_.verdict(after == before + report.written, "no order is lost or doubled",
                          fmt::format("{} before, {} after", before, after));
        if (report.failed) return fmt::format("fails: {}", report.first_error);
        return after == before + report.written ? "" : "loses or doubles rows";
    });
    narrator_.say("");
    status(cluster_);
}

void Demo::lose_a_worker() {
    const Node &victim = cluster_.nodes[1];
    narrator_.heading(fmt::format("{} dies", victim.name));
    act("reading with a worker down", [&]() -> std::string {
        const std::string question = "SELECT count(*), sum(total_amount) FROM orders;";
        Connection before = connect();
        Answer whole = narrator_.run(before, question);
        if (whole.failed()) return complaint(whole);
        stop(cluster_, {victim}, "immediate");
        narrator_.say(fmt::format("{} was stopped in the middle of its work (pg_ctl stop -m immediate).", victim.name));
        Connection connection = connect();
        Answer rest = narrator_.run(connection, question);
        if (rest.failed()) return complaint(rest);
        narrator_.verdict(rest.rows == whole.rows, "the same answer from the copies that are left");
        return rest.rows == whole.rows ? "" : "gives another answer";
    });
    status(cluster_);
    start(cluster_, {victim});
    narrator_.say(fmt::format("{} was started again.", victim.name));
}

void Demo::play() {
    std::vector<Block> blocks = walkthrough();
    play_block(blocks.front());
    register_before_the_readers_eyes();
    for (size_t i = 1; i + 1 < blocks.size(); ++i) play_block(blocks[i]);
    fill();
    grow_while_writing(blocks.back());
    lose_a_worker();
}

bool Demo::went_well() const {
    return std::all_of(findings_.begin(), findings_.end(),
                       [](const Finding &finding) { return finding.verdict.empty(); });
}

void Demo::summarize() const {
    fmt::print("\n{}\n", terminal::bold("What ran"));
    for (const Finding &finding : findings_)
        fmt::print("  {} {}{}\n", finding.verdict.empty() ? terminal::green("✓") : terminal::yellow("–"), finding.name,
                   finding.verdict.empty() ? "" : " " + finding.verdict);
}

// Lines of the servers' logs that tell of a crash. The immediate stop of a worker is not one.
std::vector<std::string> crashes(const Cluster &cluster) {
    static const std::regex wrong("terminated by signal|PANIC:|TRAP:");
    std::vector<std::string> found;
    for (const Node &node : cluster.nodes) {
        std::ifstream log(cluster.log(node));
        for (std::string line; std::getline(log, line);)
            if (std::regex_search(line, wrong)) found.push_back(node.name + ": " + line);
    }
    return found;
}

Path temporary_directory() {
    std::string pattern = "/var/tmp/cedro-demo-XXXXXX";
    if (!mkdtemp(pattern.data())) throw Failure("could not make a directory in /var/tmp");
    return pattern;
}

int play(const DemoWish &wish, const Path &directory) {
    auto start = std::chrono::steady_clock::now();
    fmt::print(
        "{}\nA coordinator and two workers: three ordinary PostgreSQL servers, on this machine, in a moment.\n\n",
        terminal::bold("Cedro, the walkthrough"));
    Up servers;
    servers.directory = directory;
    servers.bare = true;
    Demo demo(up(servers));
    ActingAs acting(owner_of(directory));
    demo.play();
    demo.summarize();
    std::vector<std::string> crashed = crashes(demo.cluster());
    for (const std::string &line : crashed) fmt::print("  {} {}\n", terminal::red("✗ a server crashed:"), line);
    fmt::print("\n{}\n",
               terminal::faint("All of it took " + terminal::duration(std::chrono::steady_clock::now() - start) + "."));
    if (!crashed.empty()) return 1;
    return wish.strict && !demo.went_well() ? 1 : 0;
}

} // namespace

// The demo plays in a child, so that Ctrl-C ends the child, and the servers go away even so.
int demo(const DemoWish &wish) {
    Path directory = wish.directory.empty() ? temporary_directory() : fs::absolute(wish.directory).lexically_normal();
    if (holds_cluster(directory)) throw Failure(fmt::format("there is a cluster in {} already", directory.string()));
    int status = in_a_child([&] { return play(wish, directory); });
    if (wish.keep && holds_cluster(directory))
        fmt::print("The cluster goes on: cedro psql --dir {}\n", directory.string());
    else if (holds_cluster(directory))
        destroy(load_cluster(directory), true);
    else if (wish.directory.empty())
        fs::remove(directory);
    return status;
}

} // namespace cedro
