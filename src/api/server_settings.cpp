// What CREATE EXTENSION asks of the server it runs on.
#include "pg/function.hpp"
#include "pg/server.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(check_server_settings) {
    if (max_prepared_xacts == 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("max_prepared_transactions is 0, but a transaction that writes to several nodes is "
                               "prepared on each of them"),
                        errhint("Put the line max_prepared_transactions = %d into postgresql.conf and restart the "
                                "server.",
                                2 * MaxConnections)));
    if (max_prepared_xacts < MaxConnections)
        ereport(WARNING,
                (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                 errmsg("max_prepared_transactions is smaller than max_connections"),
                 errdetail("When more than %d transactions commit on several nodes at once, some of them fail.",
                           max_prepared_xacts),
                 errhint("Put the line max_prepared_transactions = %d into postgresql.conf and restart the server.",
                         2 * MaxConnections)));
    if (max_replication_slots == 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("max_replication_slots is 0, but a node takes part in moving data through slots"),
                        errhint("Put the line max_replication_slots = 10 into postgresql.conf and restart the "
                                "server.")));
    if (wal_level < WAL_LEVEL_LOGICAL)
        ereport(WARNING, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("wal_level is not \"logical\""),
                          errdetail("Data can be moved between nodes only while writes to it wait."),
                          errhint("Put the line wal_level = logical into postgresql.conf and restart the server.")));
    PG_RETURN_VOID();
}

} // namespace cedro::api
