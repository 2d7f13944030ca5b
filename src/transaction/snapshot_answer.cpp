// The text in which a node answers hold_snapshot: "<is fixed> <is complete>", then a line for each sighting.
#include "transaction/held_snapshot.hpp"

namespace cedro::transaction {

const char *write_answer(const SnapshotAnswer &answer) {
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfo(&text, "%d %d\n", answer.is_fixed, answer.is_complete);
    for (const Sighting &each : answer.sightings) {
        char line[kSightingSize];
        appendBinaryStringInfo(&text, line, static_cast<int>(write_sighting(each, line)));
    }
    return text.data;
}

SnapshotAnswer read_answer(std::string_view text) {
    constexpr size_t kFlags = 4; // "0 1\n"
    if (text.size() < kFlags)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed report on a snapshot")));
    SnapshotAnswer answer{pg::Vector<Sighting>(), text[0] == '1', text[2] == '1'};
    text.remove_prefix(kFlags);
    for (Sighting each; read_sighting(text, each);) answer.sightings.push(each);
    if (!text.empty()) ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed report on a snapshot")));
    return answer;
}

} // namespace cedro::transaction
