#include "planner/rules.hpp"

#include "catalog/settings.hpp"

namespace cedro::planner {

namespace {

// The state of a generator of chances (xorshift); 0: nothing is left to chance.
constinit uint64 chances = 0;

// Rules that this statement does without: what is analysed twice must come out the same.
constinit uint32 refused = 0;

// Most rules apply, so that plans differ and go far all the same.
constexpr uint64 kAllowedOfTen = 7;

bool draw() {
    chances ^= chances << 13;
    chances ^= chances >> 7;
    chances ^= chances << 17;
    return (chances >> 32) % 10 < kAllowedOfTen;
}

bool is_asked_once(Rule rule) { return rule == Rule::Conditions || rule == Rule::Limits || rule == Rule::Order; }

bool is_switched_on(Rule rule) {
    switch (rule) {
    case Rule::Statements: return setting::push_statements;
    case Rule::Levels: return setting::push_levels;
    case Rule::Grouping: return setting::push_grouping;
    case Rule::PartialAggregates: return setting::push_partial_aggregates;
    case Rule::PartialStates: return setting::push_partial_states;
    case Rule::Joins: return setting::push_joins;
    case Rule::Exchanges: return setting::enable_repartition_joins;
    case Rule::SubSelects: return setting::push_sub_selects;
    case Rule::Conditions: return setting::push_conditions;
    case Rule::Limits: return setting::push_limits;
    case Rule::Order: return setting::push_order;
    case Rule::Pruning: return setting::prune_groups;
    case Rule::Together: return setting::start_scans_together;
    }
    return true;
}

} // namespace

void begin_choices(const Query *query) {
    const bool is_random = setting::plan_seed != 0 && query->commandType == CMD_SELECT;
    chances = is_random ? static_cast<uint64>(setting::plan_seed) * 0x9E3779B97F4A7C15 : 0;
    refused = 0;
    if (!is_random) return;
    for (uint32 rule = 0; rule <= static_cast<uint32>(Rule::Together); rule++)
        if (!draw()) refused |= uint32{1} << rule;
}

bool may(Rule rule) {
    if (setting::force_pull || !is_switched_on(rule)) return false;
    if (chances == 0) return true;
    return is_asked_once(rule) ? draw() : (refused & (uint32{1} << static_cast<uint32>(rule))) == 0;
}

} // namespace cedro::planner
