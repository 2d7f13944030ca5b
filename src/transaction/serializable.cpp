#include "transaction/serializable.hpp"

#include "cluster/node.hpp"
#include "pg/transaction.hpp"
#include "transaction/participant.hpp"

namespace cedro::transaction {
namespace {

constexpr int32 kNone = -1;
constinit int32 used_node = kNone; // 0: this one

void use(int32 node) {
    if (used_node == kNone) used_node = node;
    if (used_node == node) return;
    ereport(ERROR,
            (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("a SERIALIZABLE transaction cannot use several nodes"),
             errdetail("Conflicts between serializable transactions are found within one node only."),
             errhint("Use REPEATABLE READ and lock what must not change, or keep the transaction to the rows "
                     "of one shard group.")));
}

} // namespace

void use_this_node() {
    if (IsolationIsSerializable()) use(0);
}

void use_node_of(const Session &session, Oid role) {
    // What the cluster does for itself is serialised by its own locks.
    if (IsolationIsSerializable() && OidIsValid(role)) use(session.node_id);
}

void forget_used_node() { used_node = kNone; }

} // namespace cedro::transaction
