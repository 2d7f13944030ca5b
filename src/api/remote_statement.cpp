// Statements that a superuser runs on other nodes by hand, inside the transaction.
#include "pg/function.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/session.hpp"
#include "transaction/text_array.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(execute_on_node)
{
    const transaction::Statement statement{text_to_cstring(PG_GETARG_TEXT_PP(1)), {}, GetUserId(), PG_GETARG_BOOL(2)};
    const PGresult *result = transaction::run(transaction::session(PG_GETARG_INT32(0)), statement);
    if (PQntuples(result) == 0 || PQnfields(result) == 0 || PQgetisnull(result, 0, 0)) PG_RETURN_NULL();
    PG_RETURN_TEXT_P(cstring_to_text(PQgetvalue(result, 0, 0)));
}

PG_SQL_FUNCTION(execute_everywhere)
{
    transaction::run_everywhere(transaction::texts_of(PG_GETARG_DATUM(0)));
    PG_RETURN_VOID();
}

} // namespace cedro::api
