#include "connection.hpp"

#include "failure.hpp"

#include <fmt/format.h>

namespace cedro {
namespace {

std::string field(const PGresult *result, int code) {
    const char *text = PQresultErrorField(result, code);
    return text ? text : "";
}

bool is_numeric(Oid type) { // int8, int2, int4, oid, float4, float8, numeric
    return (type >= 20 && type <= 23 && type != 22) || type == 26 || type == 700 || type == 701 || type == 1700;
}

void read_rows(const PGresult *result, Answer &answer) {
    int columns = PQnfields(result);
    for (int i = 0; i < columns; ++i) {
        answer.header.emplace_back(PQfname(result, i));
        answer.numeric.push_back(is_numeric(PQftype(result, i)));
    }
    for (int row = 0; row < PQntuples(result); ++row) {
        auto &cells = answer.rows.emplace_back();
        for (int i = 0; i < columns; ++i) cells.emplace_back(PQgetvalue(result, row, i));
    }
}

void read_error(const PGresult *result, Answer &answer) {
    answer.error = field(result, PG_DIAG_MESSAGE_PRIMARY);
    answer.sqlstate = field(result, PG_DIAG_SQLSTATE);
    answer.advice = field(result, PG_DIAG_MESSAGE_DETAIL);
    std::string hint = field(result, PG_DIAG_MESSAGE_HINT);
    if (!hint.empty()) answer.advice += (answer.advice.empty() ? "" : "\n") + hint;
    if (answer.error.empty()) answer.error = PQresultErrorMessage(result);
    while (answer.error.ends_with('\n')) answer.error.pop_back();
}

void keep_notice(void *list, const PGresult *result) {
    static_cast<std::vector<std::string> *>(list)->push_back(field(result, PG_DIAG_SEVERITY) + ": " +
                                                             field(result, PG_DIAG_MESSAGE_PRIMARY));
}

} // namespace

Connection::Connection(const Cluster &cluster, const Node &node, const std::string &database)
    : notices_(std::make_unique<std::vector<std::string>>()), node_(node.name) {
    std::string port = std::to_string(node.port), passwords = cluster.passwords().string();
    const char *names[] = {"host", "port", "user", "dbname", "passfile", "application_name", "connect_timeout",
                           nullptr};
    const char *values[] = {"localhost",       port.c_str(), "postgres", database.c_str(),
                            passwords.c_str(), "cedro",      "10",       nullptr};
    connection_.reset(PQconnectdbParams(names, values, 0));
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw Failure(fmt::format("could not connect to {}", node.name), PQerrorMessage(connection_.get()));
    PQsetNoticeReceiver(connection_.get(), keep_notice, notices_.get());
}

Answer Connection::ask(const std::string &statement) {
    Answer answer;
    std::unique_ptr<PGresult, void (*)(PGresult *)> result(PQexec(connection_.get(), statement.c_str()), PQclear);
    ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK)
        read_rows(result.get(), answer);
    else if (status != PGRES_COMMAND_OK)
        read_error(result.get(), answer);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && answer.error.empty())
        answer.error = PQerrorMessage(connection_.get());
    answer.tag = result ? PQcmdStatus(result.get()) : "";
    return answer;
}

Answer Connection::must(const std::string &statement) {
    Answer answer = ask(statement);
    if (answer.failed())
        throw Failure(fmt::format("{} answers \"{}\" with an error: {}", node_, statement, answer.error),
                      answer.advice);
    return answer;
}

std::vector<std::string> Connection::notices() { return std::exchange(*notices_, {}); }

} // namespace cedro
