#include "answer.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace oracle {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

void send_copy_data(PGconn *connection, const std::function<std::string()> &copy_data) {
    if (!copy_data) {
        PQputCopyEnd(connection, "there is no data");
        return;
    }
    const std::string data = copy_data();
    PQputCopyData(connection, data.data(), static_cast<int>(data.size()));
    PQputCopyEnd(connection, nullptr);
}

void receive_copy_data(PGconn *connection, Answer &answer) {
    char *line;
    for (int length; (length = PQgetCopyData(connection, &line, 0)) > 0; PQfreemem(line))
        answer.rows.push_back({std::string(line, static_cast<size_t>(length))});
}

void add(Answer &answer, const PGresult *result) {
    if (const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE)) {
        answer.sqlstate = state;
        answer.message = PQresultErrorMessage(result);
    }
    const std::string tag = PQcmdStatus(const_cast<PGresult *>(result));
    if (!tag.empty()) answer.tag += (answer.tag.empty() ? "" : "; ") + tag;
    answer.columns.clear();
    for (int column = 0; column < PQnfields(result); column++) answer.columns.emplace_back(PQfname(result, column));
    for (int row = 0; row < PQntuples(result); row++) {
        std::vector<std::string> values;
        for (int column = 0; column < PQnfields(result); column++)
            values.emplace_back(PQgetisnull(result, row, column) ? "NULL" : PQgetvalue(result, row, column));
        answer.rows.push_back(values);
    }
}

// False: the limit has passed.
bool wait_for_result(PGconn *connection, std::chrono::steady_clock::time_point limit) {
    while (PQisBusy(connection)) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd socket{PQsocket(connection), POLLIN, 0};
        poll(&socket, 1, static_cast<int>(left.count()));
        if (!PQconsumeInput(connection)) return true;
    }
    return true;
}

void cancel(PGconn *connection) {
    char error[256];
    PGcancel *request = PQgetCancel(connection);
    if (request) PQcancel(request, error, sizeof error);
    PQfreeCancel(request);
}

} // namespace

Connection connect(const std::string &conninfo) {
    Connection connection(PQconnectdb(conninfo.c_str()), PQfinish);
    if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
    PQsetNoticeProcessor(
        connection.get(), [](void *, const char *) {}, nullptr);
    return connection;
}

Answer run(PGconn *connection, const std::string &text, const std::function<std::string()> &copy_data,
           int limit_seconds) {
    Answer answer;
    if (!PQsendQuery(connection, text.c_str())) answer.message = PQerrorMessage(connection);
    auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(limit_seconds);
    bool cancelled = false;
    while (PQstatus(connection) == CONNECTION_OK) {
        if (!cancelled && !wait_for_result(connection, limit)) {
            cancel(connection);
            cancelled = true;
        }
        const Result result(PQgetResult(connection), PQclear);
        if (!result) break;
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_COPY_IN)
            send_copy_data(connection, copy_data);
        else if (status == PGRES_COPY_OUT)
            receive_copy_data(connection, answer);
        else
            add(answer, result.get());
    }
    if (cancelled) answer.sqlstate = "timeout";
    if (PQstatus(connection) != CONNECTION_OK) {
        answer.sqlstate = "connection lost";
        answer.message = PQerrorMessage(connection);
    }
    return answer;
}

bool same_value(const std::string &a, const std::string &b) {
    if (a == b) return true;
    // Sums of floats depend on the order of their addends.
    if (a.find_first_of(".e") == std::string::npos && b.find_first_of(".e") == std::string::npos) return false;
    char *a_end, *b_end;
    const double x = std::strtod(a.c_str(), &a_end), y = std::strtod(b.c_str(), &b_end);
    return !*a_end && !*b_end && std::fabs(x - y) <= 1e-9 * std::max(std::fabs(x), std::fabs(y));
}

bool same_rows(const Answer &a, const Answer &b) {
    return std::equal(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(), [](const auto &x, const auto &y) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_value);
    });
}

void sort_rows(Answer &answer) { std::sort(answer.rows.begin(), answer.rows.end()); }

std::string describe(const Answer &answer) {
    if (!answer.sqlstate.empty()) return fmt::format("{} {}", answer.sqlstate, answer.message);
    std::string text = fmt::format("{}, {} rows\n", answer.tag, answer.rows.size());
    for (size_t i = 0; i < std::min<size_t>(answer.rows.size(), 10); i++)
        text += fmt::format("      {}\n", fmt::join(answer.rows[i], " | "));
    return text;
}

} // namespace oracle
