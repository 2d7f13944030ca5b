#include "net/error.hpp"

namespace cedro::net {
namespace {

char *field(const PGresult *result, int code) {
    const char *text = PQresultErrorField(result, code);
    return text ? pstrdup(text) : nullptr;
}

bool is_fatal(const PGresult *result) {
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

} // namespace

int level_of(const char *severity) {
    constexpr std::pair<std::string_view, int> kLevels[] = {
        {"WARNING", WARNING}, {"NOTICE", NOTICE}, {"INFO", INFO},     {"LOG", LOG},       {"DEBUG", DEBUG1},
        {"DEBUG1", DEBUG1},   {"DEBUG2", DEBUG2}, {"DEBUG3", DEBUG3}, {"DEBUG4", DEBUG4}, {"DEBUG5", DEBUG5},
    };
    if (severity)
        for (const auto &[name, level] : kLevels)
            if (name == severity) return level;
    return ERROR;
}

int sqlstate_of(const char *code, int fallback) {
    if (!code || strlen(code) != 5) return fallback;
    return MAKE_SQLSTATE(code[0], code[1], code[2], code[3], code[4]);
}

const char *trimmed(const char *message) {
    size_t length = strlen(message);
    while (length > 0 && isspace(static_cast<unsigned char>(message[length - 1]))) length--;
    return pnstrdup(message, length);
}

namespace {

// Where the cluster's own commands led to the error means nothing to a user, and fills pages.
const char *without_own_commands(const char *context) {
    const char *own = context ? strstr(context, "SQL statement \"SELECT citus_internal.") : nullptr;
    if (!own) return context;
    return own == context ? nullptr : pnstrdup(context, static_cast<Size>(own - context - 1));
}

} // namespace

ErrorData *error_of(const PGresult *result, const Connection &connection) {
    auto *error = static_cast<ErrorData *>(palloc0(sizeof(ErrorData)));
    error->elevel = ERROR;
    error->sqlerrcode = sqlstate_of(PQresultErrorField(result, PG_DIAG_SQLSTATE), ERRCODE_CONNECTION_FAILURE);
    error->message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    error->detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    if (!error->message || is_fatal(result)) {
        // The node's backend has gone: its SQLSTATE (57P01 …) would speak of the client's own connection.
        error->sqlerrcode = ERRCODE_CONNECTION_FAILURE;
        error->detail = error->message ? error->message : pstrdup(trimmed(PQresultErrorMessage(result)));
        error->message = psprintf("lost the connection to node %s:%d", connection.host, connection.port);
    }
    error->hint = field(result, PG_DIAG_MESSAGE_HINT);
    error->schema_name = field(result, PG_DIAG_SCHEMA_NAME);
    error->table_name = field(result, PG_DIAG_TABLE_NAME);
    error->column_name = field(result, PG_DIAG_COLUMN_NAME);
    error->datatype_name = field(result, PG_DIAG_DATATYPE_NAME);
    error->constraint_name = field(result, PG_DIAG_CONSTRAINT_NAME);
    const char *context = without_own_commands(PQresultErrorField(result, PG_DIAG_CONTEXT));
    error->context = psprintf("%s%swhile executing on node %s:%d", context ? context : "", context ? "\n" : "",
                              connection.host, connection.port);
    error->assoc_context = CurrentMemoryContext;
    return error;
}

void raise_lost(const Connection &connection) {
    ereport(ERROR, (errcode(ERRCODE_CONNECTION_FAILURE),
                    errmsg("lost the connection to node %s:%d", connection.host, connection.port),
                    errdetail_internal("%s", trimmed(PQerrorMessage(connection.libpq)))));
}

} // namespace cedro::net
