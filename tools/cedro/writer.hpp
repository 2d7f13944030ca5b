// A client that goes on writing while something else happens to the cluster.
#pragma once
#include "connection.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace cedro {

class Writer {
public:
    struct Report {
        int written = 0;
        int failed = 0;
        std::string first_error;
        std::chrono::steady_clock::duration longest{};
    };

    /// Begins to run the statement over and over, some dozens of times a second, on a connection of its own.
    Writer(const Cluster &cluster, const Node &node, std::string statement);
    ~Writer();

    /// Ends the writing and says how it went.
    Report stop();

private:
    void write();

    Connection connection_;
    std::string statement_;
    Report report_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

} // namespace cedro
