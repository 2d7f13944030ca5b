#include "planner/exchange/estimate.hpp"

#include "pg/scope.hpp"

namespace cedro::planner {

namespace {

constinit bool is_active = false;

// Microseconds, as measured on one machine: to pack, send, and store a row; to send a byte; to read a row back and
// hash it; to begin and end an exchange.
constexpr double kSend = 0.8;
constexpr double kByte = 0.003;
constexpr double kRead = 0.25;
constexpr double kStage = 2000;

double sending(const Estimate &rows) { return rows.rows * (kSend + kByte * rows.width); }

} // namespace

Estimate estimate(const Query *query) {
    Estimate result{};
    const bool was_active = is_active;
    is_active = true;
    pg::finally(
        [&] {
            const PlannedStmt *plan = standard_planner(static_cast<Query *>(copyObjectImpl(query)), "", 0, nullptr);
            result = {plan->planTree->plan_rows, plan->planTree->plan_width};
        },
        [&] { is_active = was_active; });
    return result;
}

bool is_estimating() { return is_active; }

// The rows of all nodes pass one process, which parses them too.
double cost_of_pull(const Estimate &rows) { return sending(rows) + kRead * rows.rows; }

double cost_of_hash(const Estimate &rows, size_t nodes) {
    return kStage + (sending(rows) + kRead * rows.rows) / static_cast<double>(nodes);
}

double cost_of_broadcast(const Estimate &rows, size_t nodes, size_t groups) {
    return kStage + sending(rows) + kRead * rows.rows * static_cast<double>(groups) / static_cast<double>(nodes);
}

} // namespace cedro::planner
