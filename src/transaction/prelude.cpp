// What goes ahead of a statement in the same flush.
#include "transaction/participant.hpp"

#include "pg/scope.hpp"
#include "transaction/distributed_id.hpp"

namespace cedro::transaction {
namespace {

const char *begin_command() {
    constexpr const char *kLevels[] = {"READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};
    return psprintf("BEGIN ISOLATION LEVEL %s, %s, %s", kLevels[XactIsoLevel],
                    XactReadOnly ? "READ ONLY" : "READ WRITE", XactDeferrable ? "DEFERRABLE" : "NOT DEFERRABLE");
}

const char *role_name(Oid role) { return OidIsValid(role) ? GetUserNameFromId(role, false) : ""; }

void enqueue_repeated(Session &session, const char *sql, std::span<const Parameter> parameters = {}) {
    Statement statement{sql, parameters};
    statement.is_repeated = true;
    enqueue(session, statement);
}

void enqueue_transaction(Session &session, Oid role, bool is_alone) {
    const DistributedId id = assign_id();
    const char *changes = changed_settings(session.kept->told);
    const Parameter parameters[] = {
        {INT4OID, psprintf("%d", id.group)},
        {INT8OID, psprintf(UINT64_FORMAT, id.number)},
        {INT8OID, psprintf(INT64_FORMAT, id.stamp)},
        {INT8OID, psprintf(INT64_FORMAT, my_gpid())},
        {TEXTARRAYOID, changes ? changes : "{}"},
        {TEXTOID, role_name(role)},
        {BOOLOID, is_alone ? "t" : "f"},
    };
    enqueue_repeated(session, "CALL citus_internal.set_transaction($1, $2, $3, $4, $5, $6, $7)", parameters);
}

void enqueue_begin(Session &session, Oid role) {
    enqueue_repeated(session, begin_command());
    enqueue_transaction(session, role, false);
    session.phase = Phase::Begun;
    session.begun_in = GetCurrentSubTransactionId();
    session.role = role;
    session.is_role_known = true;
    session.is_read_only = XactReadOnly;
}

void enqueue_savepoints(Session &session) {
    auto open = open_subtransactions();
    for (size_t i = session.savepoints.size(); i < open.size(); i++) {
        enqueue(session, {psprintf("SAVEPOINT s%u", open[i])});
        session.savepoints.push(open[i]);
    }
}

} // namespace

void enqueue_prelude(Session &session, Oid role) {
    if (session.phase == Phase::Fresh) {
        enqueue_begin(session, role);
        enqueue_savepoints(session);
        return;
    }
    enqueue_savepoints(session);
    if (const char *changes = changed_settings(session.kept->told)) {
        const Parameter parameter{TEXTARRAYOID, changes};
        enqueue_repeated(session, "CALL citus_internal.set_settings($1)", {&parameter, 1});
    }
    if (session.is_read_only != static_cast<int8>(XactReadOnly))
        enqueue(session, {psprintf("SET LOCAL transaction_read_only TO %s", XactReadOnly ? "on" : "off")});
    session.is_read_only = XactReadOnly;
    if (session.is_role_known && session.role == role) return;
    const Parameter parameter{TEXTOID, role_name(role)};
    enqueue_repeated(session, "CALL citus_internal.assume_role($1)", {&parameter, 1});
    session.role = role;
    session.is_role_known = true;
}

bool may_be_alone(const Session &session) {
    return session.phase == Phase::Fresh && !IsTransactionBlock() && !IsSubTransaction() &&
           XactIsoLevel <= XACT_READ_COMMITTED && !XactReadOnly;
}

void enqueue_prelude_alone(Session &session, Oid role) { enqueue_transaction(session, role, true); }

void forget_told(Session &session, SubTransactionId self) {
    session.is_role_known = false;
    session.is_read_only = -1;
    roll_back_settings(session.kept->told, self);
}

} // namespace cedro::transaction
