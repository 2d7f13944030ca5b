// SQL to one node, as the superuser.
#pragma once
#include "cluster.hpp"

#include <libpq-fe.h>
#include <memory>
#include <string>
#include <vector>

namespace cedro {

struct Answer {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows; // NULL reads as an empty text
    std::vector<bool> numeric;
    std::string tag;      // "INSERT 0 1"
    std::string error;    // the message, empty when the statement succeeded
    std::string sqlstate; // of the error
    std::string advice;   // detail and hint of the error

    bool failed() const { return !error.empty(); }
    std::string value() const { return rows.empty() || rows[0].empty() ? "" : rows[0][0]; }
};

class Connection {
public:
    Connection(const Cluster &cluster, const Node &node, const std::string &database = "postgres");

    /// Runs a statement; an error is part of the answer.
    Answer ask(const std::string &statement);

    /// Runs a statement that must succeed.
    Answer must(const std::string &statement);

    /// Warnings and notices since the last call.
    std::vector<std::string> notices();

private:
    struct Close {
        void operator()(PGconn *connection) const { PQfinish(connection); }
    };
    std::unique_ptr<PGconn, Close> connection_;
    std::unique_ptr<std::vector<std::string>> notices_;
    std::string node_;
};

} // namespace cedro
