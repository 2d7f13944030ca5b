#include "transaction/node_session.hpp"

#include "catalog/version.hpp"
#include "cluster/node.hpp"
#include "net/secret.hpp"
#include "net/version.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"

namespace cedro::transaction {
namespace {

constinit char challenge[65] = "";
constinit bool is_proved = false;
constinit int32 proved_group = -1;

// Set while a CALL of a procedure of citus_internal runs at top level, until the procedure takes it.
constinit bool is_privileged_call = false;

constexpr int kNoRole = 0;

bool is_internal_procedure(Oid procedure) {
    return get_func_namespace(procedure) == get_namespace_oid("citus_internal", true);
}

[[noreturn]] void refuse(const char *name) {
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied for procedure %s", name),
                    errdetail("Only the nodes of the cluster call it, in sessions of their own.")));
}

void check_versions(const Proof &proof) {
    if (proof.wire_version != net::kWireVersion || strcmp(proof.library_version, net::kLibraryVersion) != 0)
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("the nodes run different versions of citus"),
                 errdetail("This node runs %s (wire version %d), the other one %s (wire version %d).",
                           net::kLibraryVersion, net::kWireVersion, proof.library_version, proof.wire_version),
                 errhint("Install the same version on all nodes and restart their servers.")));
    const char *installed = catalog::installed_version();
    if (strcmp(installed, proof.extension_version) != 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the nodes have different versions of extension \"citus\""),
                        errdetail("This node has %s in database \"%s\", the other one %s.", installed,
                                  get_database_name(MyDatabaseId), proof.extension_version),
                        errhint("Run ALTER EXTENSION citus UPDATE on all nodes.")));
}

// Limits that clients set for themselves do not apply to a node: it cancels by itself.
void lift_limits() {
    for (const char *name : {"statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"})
        SetConfigOption(name, "0", PGC_USERSET, PGC_S_SESSION);
}

Oid role_named(const char *name) {
    const Oid role = get_role_oid(name, true);
    if (!OidIsValid(role))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist on this node", name),
                        errhint("Create the role on all nodes.")));
    return role;
}

// What a disabled node knows may be outdated: nothing is done for it.
void check_taking_part(int32 group) {
    const cluster::Node *peer = cluster::primary_of(group);
    if (!peer || peer->is_active) return;
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("node %s:%d is disabled", peer->host, peer->port),
                    errhint("Run SELECT citus_activate_node('%s', %d) on the coordinator.", peer->host, peer->port)));
}

} // namespace

bool is_proved_session() { return is_proved; }

int32 peer_group() { return is_proved ? proved_group : -1; }

const char *new_challenge() {
    strlcpy(challenge, net::random_text(), sizeof challenge);
    return challenge;
}

void prove(const Proof &proof) {
    is_proved = false;
    char asked[sizeof challenge];
    memcpy(asked, challenge, sizeof asked);
    challenge[0] = '\0';
    if (asked[0] == '\0' || !net::has_secret() || !net::is_same_proof(net::proof(asked), proof.proof))
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("this session was not opened by a node of the cluster"),
                        errhint("When it was, the files %s of the two nodes differ.", net::kSecretFile)));
    check_versions(proof);
    check_taking_part(proof.group);
    lift_limits();
    is_proved = true;
    proved_group = proof.group;
}

void begin_privileged(const char *name) {
    const bool is_legal = is_privileged_call && is_proved;
    is_privileged_call = false;
    if (!is_legal) refuse(name);
}

void become(const char *name) {
    const Oid role = role_named(name);
    is_proved = false;
    proved_group = -1;
    SetCurrentRoleId(role, superuser_arg(role));
}

bool has_assumed_role() { return InLocalUserIdChange(); }

void assume_role(const char *name) {
    if (name[0] == '\0') {
        SetUserIdAndSecContext(GetOuterUserId(), kNoRole);
        return;
    }
    SetUserIdAndSecContext(role_named(name), SECURITY_LOCAL_USERID_CHANGE);
}

bool handle_utility(const pg::Utility &utility) {
    if (auto *discard = reinterpret_cast<DiscardStmt *>(utility.tree());
        IsA(discard, DiscardStmt) && discard->target == DISCARD_ALL && utility.is_top_level()) {
        // A pooler hands the connection to somebody else.
        utility.run();
        is_proved = false;
        return true;
    }
    // The statements of this session belong to the other node, not to the code that runs here.
    if (auto *deallocate = reinterpret_cast<DeallocateStmt *>(utility.tree());
        IsA(deallocate, DeallocateStmt) && !deallocate->name && is_proved)
        return true;
    auto *call = reinterpret_cast<CallStmt *>(utility.tree());
    if (!IsA(call, CallStmt)) return false;
    // An argument of the call may itself run a CALL, which is not at top level and so takes the permission away.
    is_privileged_call = utility.is_top_level() && is_internal_procedure(call->funcexpr->funcid);
    if (!is_privileged_call) return false;
    pg::finally([&] { utility.run(); }, [] { is_privileged_call = false; });
    return true;
}

} // namespace cedro::transaction
