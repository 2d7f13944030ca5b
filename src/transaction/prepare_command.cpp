#include "transaction/prepare_command.hpp"

#include "pg/list.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/fault.hpp"
#include "transaction/in_doubt.hpp"
#include "transaction/node_session.hpp"

namespace cedro::transaction {
namespace {

constexpr std::string_view kStart = "/*cedro2 g=";
constexpr std::string_view kEnd = "*/";

/// Only a node's text is believed; whatever else is prepared under one of our names counts as being everywhere.
Groups told_groups(const pg::Utility &utility) {
    std::string_view text = utility.query_string;
    const size_t end = text.find(kEnd);
    if (!utility.is_top_level() || !is_proved_session() || !text.starts_with(kStart) || end == text.npos)
        return {Groups::kAll, {}};
    return parse_groups(text.substr(kStart.size(), end - kStart.size()));
}

} // namespace

const char *prepare_command(const Groups &groups, const char *gid) {
    char text[kSightingSize];
    write_groups(groups, text, sizeof text);
    return psprintf("%s%s%s PREPARE TRANSACTION '%s'", kStart.data(), text, kEnd.data(), gid);
}

bool handle_two_phase(const pg::Utility &utility) {
    if (!IsA(utility.tree(), TransactionStmt)) return false;
    const auto *statement = castNode(TransactionStmt, utility.tree());
    if (!statement->gid) return false;
    const std::optional<Gid> gid = parse_gid(statement->gid);
    if (!gid) return false;
    switch (statement->kind) {
    case TRANS_STMT_PREPARE: announce_prepare(*gid, told_groups(utility), has_applied()); return false;
    case TRANS_STMT_COMMIT_PREPARED:
    case TRANS_STMT_ROLLBACK_PREPARED:
        reach(FaultPoint::NodeCommit);
        finish_part(*gid, statement->kind == TRANS_STMT_COMMIT_PREPARED, [&] { utility.run(); });
        reach(FaultPoint::NodeCommitted);
        return true;
    default: return false;
    }
}

} // namespace cedro::transaction
