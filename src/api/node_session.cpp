// What nodes call in the sessions that they open with each other.
#include "transaction/node_session.hpp"
#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "net/secret.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "pg/scope.hpp"
#include "pg/transaction.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/held_snapshot.hpp"
#include "transaction/late_writer.hpp"
#include "transaction/node_login.hpp"
#include "transaction/recovery.hpp"
#include "transaction/settings.hpp"
#include "transaction/text_array.hpp"

namespace cedro::api {
namespace {

/// The result of a procedure with one INOUT argument.
Datum row_of(FunctionCallInfo fcinfo, Datum value) {
    TupleDesc type = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &type) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    bool null = false;
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type), &value, &null));
}

const char *text_argument(FunctionCallInfo fcinfo, int number) {
    if (PG_ARGISNULL(number))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("argument %d must not be null", number + 1)));
    return text_to_cstring(PG_GETARG_TEXT_PP(number));
}

pg::Vector<transaction::GlobalId> ids_of(std::string_view text) {
    pg::Vector<transaction::GlobalId> ids;
    for (transaction::GlobalId each; transaction::read_id(text, each);) ids.push(each);
    return ids;
}

} // namespace

PG_SQL_FUNCTION(make_node_login) {
    if (!net::has_secret()) {
        net::make_secret();
        ereport(NOTICE,
                (errmsg("made a new secret for the cluster in file \"%s\" of the data directory", net::kSecretFile),
                 errhint("Copy the file into the data directory of every other node, before CREATE EXTENSION "
                         "citus there.")));
    }
    transaction::make_node_login();
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(adopt_secret) {
    transaction::make_node_login();
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(node_challenge) { PG_RETURN_TEXT_P(cstring_to_text(transaction::new_challenge())); }

PG_SQL_FUNCTION(prove_node) {
    transaction::prove({text_argument(fcinfo, 0), text_argument(fcinfo, 1), text_argument(fcinfo, 2),
                        PG_GETARG_INT32(3), PG_GETARG_INT32(4)});
    return row_of(fcinfo, Int32GetDatum(MyCancelKey));
}

PG_SQL_FUNCTION(set_transaction) {
    transaction::begin_privileged("set_transaction");
    transaction::wait_for_metadata_changes();
    transaction::adopt_id({PG_GETARG_INT32(0), static_cast<uint64>(PG_GETARG_INT64(1)), PG_GETARG_INT64(2)},
                          PG_GETARG_INT64(3));
    transaction::set_for_client(PG_GETARG_DATUM(4));
    transaction::assume_role(text_argument(fcinfo, 5));
    transaction::set_alone(PG_GETARG_BOOL(6));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(set_settings) {
    transaction::begin_privileged("set_settings");
    transaction::set_for_client(PG_GETARG_DATUM(0));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(assume_role) {
    transaction::begin_privileged("assume_role");
    transaction::assume_role(text_argument(fcinfo, 0));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(run_commands) {
    transaction::begin_privileged("run_commands");
    if (transaction::has_assumed_role())
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("commands of the cluster cannot run while a client's role is assumed")));
    transaction::run_here(transaction::texts_of(PG_GETARG_DATUM(0)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(finish_prepared) {
    transaction::begin_privileged("finish_prepared");
    return row_of(fcinfo, BoolGetDatum(transaction::finish_prepared(text_argument(fcinfo, 0), PG_GETARG_BOOL(1))));
}

PG_SQL_FUNCTION(hold_snapshot) {
    transaction::begin_privileged("hold_snapshot");
    const transaction::SnapshotAnswer answer =
        transaction::hold_snapshot({PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_GETARG_INT64(2), PG_GETARG_BOOL(3),
                                    ids_of(text_argument(fcinfo, 4))});
    return row_of(fcinfo, CStringGetTextDatum(transaction::write_answer(answer)));
}

PG_SQL_FUNCTION(patch_snapshot) {
    transaction::begin_privileged("patch_snapshot");
    transaction::patch_snapshot(PG_GETARG_INT32(0), ids_of(text_argument(fcinfo, 1)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(transaction_outcome) {
    transaction::begin_privileged("transaction_outcome");
    const transaction::GlobalId id{PG_GETARG_INT32(0), static_cast<uint64>(PG_GETARG_INT64(1))};
    const bool is_own = id.group == cluster::local_group();
    const char text[] = {
        static_cast<char>(is_own ? transaction::own_outcome(id.number) : transaction::seen_outcome(id)), '\0'};
    return row_of(fcinfo, CStringGetTextDatum(text));
}

PG_SQL_FUNCTION(lock_metadata) {
    transaction::begin_privileged("lock_metadata");
    transaction::lock_metadata_here();
    return row_of(fcinfo, Int64GetDatum(transaction::metadata_version()));
}

} // namespace cedro::api
