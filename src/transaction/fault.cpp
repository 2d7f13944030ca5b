#include "transaction/fault.hpp"

#include "catalog/settings.hpp"
#include "net/wait.hpp"
#include "pg/server.hpp"

namespace cedro::transaction {
namespace {

constexpr std::string_view kNames[] = {"prepare",         "prepare_sent",   "prepared",      "recorded",
                                       "first_committed", "committed",      "node_prepare",  "node_prepared",
                                       "node_commit",     "node_committed", "node_snapshot", "node_patch"};

/// What stands after "<name>=" in the setting; empty: nothing.
std::string_view action_at(FaultPoint point) {
    std::string_view rest = setting::fault_points;
    while (!rest.empty()) {
        const size_t end = std::min(rest.find(','), rest.size());
        std::string_view element(rest.data(), end); // substr() would throw
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (element.starts_with(' ')) element.remove_prefix(1);
        const std::string_view name = kNames[static_cast<size_t>(point)];
        if (!element.starts_with(name)) continue;
        element.remove_prefix(name.size());
        if (!element.starts_with('=')) continue;
        element.remove_prefix(1);
        return element;
    }
    return {};
}

void crash() {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

} // namespace

bool is_faulty(FaultPoint point) { return setting::fault_points[0] != '\0' && !action_at(point).empty(); }

void reach(FaultPoint point, bool may_raise) {
    if (setting::fault_points[0] == '\0') [[likely]]
        return;
    const std::string_view action = action_at(point);
    if (action.empty()) return;
    constexpr std::string_view kSleep = "sleep ";
    if (action.starts_with(kSleep)) {
        const long length = strtol(action.data() + kSleep.size(), nullptr, 10);
        net::wait({}, net::in_milliseconds(length), may_raise ? net::Interrupts::Process : net::Interrupts::Hold);
        return;
    }
    if (action == "crash" || !may_raise) crash();
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                    errmsg("fault point \"%s\" was reached", kNames[static_cast<size_t>(point)].data())));
}

} // namespace cedro::transaction
