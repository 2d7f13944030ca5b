// What a client sees of a statement, and whether two servers showed it the same.
#pragma once

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace oracle {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

// Throws std::runtime_error when the server cannot be reached. Notices are dropped.
Connection connect(const std::string &conninfo);

struct Answer {
    std::string sqlstate; // empty: success
    std::string message;
    std::string tag; // of several statements sent as one text: all of them
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows; // lines that COPY sent, too
};

// Runs the text, one statement or several. A statement that asks for data (COPY FROM STDIN) gets what copy_data
// returns; one that takes longer than the limit is cancelled.
Answer run(PGconn *connection, const std::string &text, const std::function<std::string()> &copy_data = {},
           int limit_seconds = 600);

// Equal up to the last digits of floating-point numbers.
bool same_value(const std::string &a, const std::string &b);
bool same_rows(const Answer &a, const Answer &b);
void sort_rows(Answer &answer);

// The first rows, or the error.
std::string describe(const Answer &answer);

} // namespace oracle
