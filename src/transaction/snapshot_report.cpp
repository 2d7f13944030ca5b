#include "transaction/snapshot_report.hpp"

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>

namespace cedro::transaction {
namespace {

template <typename Number>
bool take(std::string_view &text, Number &value) {
    while (!text.empty() && (text[0] == ' ' || text[0] == ',')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    return true;
}

const Sighting *find(const Report &report, const GlobalId &id) {
    const auto found = std::ranges::find(report.sightings, id, &Sighting::id);
    return found == report.sightings.end() ? nullptr : &*found;
}

bool has(std::span<const GlobalId> ids, const GlobalId &id) { return std::ranges::find(ids, id) != ids.end(); }

} // namespace

bool Groups::contains(int32_t group) const {
    if (count == kAll) return true;
    const auto used = std::span(ids).first(static_cast<size_t>(count));
    return std::ranges::find(used, group) != used.end();
}

Groups parse_groups(std::string_view text) {
    Groups groups{};
    for (int32_t group; take(text, group);) {
        if (groups.count == Groups::kMost) {
            groups.count = Groups::kAll;
            return groups;
        }
        groups.ids[static_cast<size_t>(groups.count++)] = group;
    }
    if (!text.empty() || groups.count == 0) groups.count = Groups::kAll;
    return groups;
}

size_t write_groups(const Groups &groups, char *buffer, size_t size) {
    if (groups.count == Groups::kAll) return static_cast<size_t>(snprintf(buffer, size, "*"));
    size_t length = 0;
    for (int32_t i = 0; i < groups.count && length < size; i++)
        length += static_cast<size_t>(
            snprintf(buffer + length, size - length, "%s%" PRId32, i ? "," : "", groups.ids[static_cast<size_t>(i)]));
    return length;
}

size_t write_sighting(const Sighting &sighting, char *buffer) {
    auto length = static_cast<size_t>(snprintf(buffer, kSightingSize, "%c %" PRId32 " %" PRIu64 " %" PRId64 " ",
                                               static_cast<char>(sighting.sight), sighting.id.group, sighting.id.number,
                                               sighting.age));
    length += write_groups(sighting.groups, buffer + length, kSightingSize - length - 1);
    buffer[length++] = '\n';
    return length;
}

bool read_id(std::string_view &text, GlobalId &id) { return take(text, id.group) && take(text, id.number); }

bool read_sighting(std::string_view &text, Sighting &sighting) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos || end == 0) return false;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    sighting.sight = static_cast<Sight>(line[0]);
    line.remove_prefix(1);
    if (!read_id(line, sighting.id) || !take(line, sighting.age)) return false;
    line.remove_prefix(std::min<size_t>(line.size(), 1));
    sighting.groups = parse_groups(line == "*" ? std::string_view() : line);
    return true;
}

Verdict verdict(const Round &round, const Report &node, const Sighting &shown_elsewhere) {
    const Sighting *own = find(node, shown_elsewhere.id);
    if (own && own->sight == Sight::Visible) return Verdict::Whole;
    if (node.is_fixed) return shown_elsewhere.groups.contains(node.group) ? Verdict::Refuse : Verdict::Whole;
    if (own && own->sight == Sight::InDoubt) return Verdict::Patch;
    if (!shown_elsewhere.groups.contains(node.group)) return Verdict::Whole;
    // Its commit began before this node's snapshot: prepared here by then, and not in doubt any more, it is visible.
    if (has(round.shown, shown_elsewhere.id) || shown_elsewhere.age > round.duration) return Verdict::Whole;
    return Verdict::Retake;
}

Doubt doubt(const Round &round, const Report &node, const Sighting &in_doubt) {
    // Whoever shows it has begun to commit it after it was prepared here.
    const bool is_covered = in_doubt.age + round.duration < round.window;
    Doubt result = Doubt::Harmless;
    for (const Report &other : round.reports) {
        if (other.group == node.group || !in_doubt.groups.contains(other.group)) continue;
        const Sighting *seen = find(other, in_doubt.id);
        if ((seen && seen->sight != Sight::Unknown) || (is_covered && other.is_complete)) continue;
        if (!has(round.asked, in_doubt.id)) return Doubt::Ask;
        result = Doubt::Origin;
    }
    return result;
}

} // namespace cedro::transaction
