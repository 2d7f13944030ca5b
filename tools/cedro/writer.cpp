#include "writer.hpp"

#include <algorithm>

namespace cedro {

using namespace std::chrono_literals;

Writer::Writer(const Cluster &cluster, const Node &node, std::string statement)
    : connection_(cluster, node), statement_(std::move(statement)), thread_([this] { write(); }) {}

Writer::~Writer() { stop(); }

void Writer::write() {
    connection_.ask("SET statement_timeout = '60s'");
    while (!stopping_) {
        auto start = std::chrono::steady_clock::now();
        Answer answer = connection_.ask(statement_);
        report_.longest = std::max(report_.longest, std::chrono::steady_clock::now() - start);
        if (!answer.failed())
            ++report_.written;
        else if (report_.failed++ == 0)
            report_.first_error = answer.error;
        std::this_thread::sleep_for(answer.failed() ? 200ms : 10ms);
    }
}

Writer::Report Writer::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return report_;
}

} // namespace cedro
