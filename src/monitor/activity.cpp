#include "monitor/activity.hpp"

#include "monitor/other_nodes.hpp"
#include "pg/executor.hpp"
#include "pg/text.hpp"

namespace cedro::monitor {

void put_rows_of_other_nodes(Oid relid, ReturnSetInfo *result) {
    const char *sql = psprintf(
        "SELECT * FROM %s",
        quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid)));
    AttInMetadata *input = TupleDescGetAttInMetadata(result->setDesc);
    pg::Vector<char *> values;
    for (const PGresult *answer : ask_others(sql, true, "its rows")) {
        for (int row = 0; row < PQntuples(answer); ++row) {
            CHECK_FOR_INTERRUPTS();
            values.clear();
            for (int column = 0; column < PQnfields(answer); ++column)
                values.push(PQgetisnull(answer, row, column) ? nullptr : PQgetvalue(answer, row, column));
            tuplestore_puttuple(result->setResult, BuildTupleFromCStrings(input, values.begin()));
        }
    }
}

} // namespace cedro::monitor
