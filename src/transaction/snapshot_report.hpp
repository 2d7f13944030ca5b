// What a node says of its snapshot, and what follows from the reports of all
// nodes that a statement reads on. Free of PostgreSQL.
//
// T, a transaction that wrote on several nodes, is torn when one snapshot shows
// it and another, of a node where it wrote too, does not. All its parts were
// prepared before the first became visible. So on the node that does not show
// it T was either prepared when the snapshot was taken (it is in doubt there:
// wait until it is committed, and put it into the snapshot), or the snapshot
// is older than its PREPARE (then the other node has begun to commit it after the
// round began: take all snapshots anew).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cedro::transaction {

/// A transaction that writes on several nodes, whatever part of it.
struct GlobalId {
    int32_t group;   ///< of the node that decides
    uint64_t number; ///< unique there for ever
    bool operator==(const GlobalId &) const = default;
};

/// The node groups where a transaction writes.
struct Groups {
    static constexpr int kMost = 15;
    static constexpr int32_t kAll = -1; ///< as count: not known, so any

    int32_t count;
    std::array<int32_t, kMost> ids;

    bool contains(int32_t group) const;
};

/// "1,2" or "*".
Groups parse_groups(std::string_view text);
size_t write_groups(const Groups &groups, char *buffer, size_t size);

enum class Sight : char {
    Visible = 'v', ///< the snapshot shows it
    InDoubt = 'd', ///< prepared when the snapshot was taken, which does not show it
    Unknown = '?', ///< asked for; the snapshot does not show it, or the node has forgotten it
};

struct Sighting {
    GlobalId id;
    Sight sight;
    int64_t age; ///< microseconds from the begin of its commit, or from its prepare, to the snapshot
    Groups groups;
};

/// One line: "v 0 4711 350 1,2\n". Returns its length; buffer: kSightingSize at least.
inline constexpr size_t kSightingSize = 256;
size_t write_sighting(const Sighting &sighting, char *buffer);
/// Takes a line off the front; false when there is none.
bool read_sighting(std::string_view &text, Sighting &sighting);

/// "0 4711 0 4712"
bool read_id(std::string_view &text, GlobalId &id);

enum class Verdict : uint8_t {
    Whole,  ///< it shows all of the transaction, or had no part in it
    Patch,  ///< in doubt here, visible elsewhere
    Retake, ///< missing here, visible elsewhere
    Refuse  ///< the same, but the snapshot is fixed
};

/// What one node said.
struct Report {
    int32_t group;
    bool is_fixed;    ///< rows were read with the snapshot: it must stay as it is
    bool is_complete; ///< all that began to commit within the window is in it
    std::span<const Sighting> sightings;
};

/// A round: the reports of all nodes, and how long it took, in microseconds.
struct Round {
    std::span<const Report> reports;
    std::span<const GlobalId> shown; ///< some node had said before this round began that it shows them
    std::span<const GlobalId> asked; ///< the nodes were asked for these
    int64_t window;                  ///< commits that began within it before the snapshots were reported
    int64_t duration;
};

/// What has to happen on a node so that a transaction which another node shows is whole there. Refuse and Retake
/// are final only when the nodes were asked for the transaction.
Verdict verdict(const Round &round, const Report &node, const Sighting &shown_elsewhere);

enum class Doubt : uint8_t {
    Harmless, ///< nobody can show it
    Ask,      ///< a node may show it that did not say so, as its commit began there before the window
    Origin    ///< a node was asked and may have forgotten it: only the node that decides knows
};

/// What a transaction that is in doubt on a node, and that no report shows, may be on the others.
Doubt doubt(const Round &round, const Report &node, const Sighting &in_doubt);

} // namespace cedro::transaction
