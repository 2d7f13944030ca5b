#include "rebalance/strategy.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"

#include <limits>

namespace cedro::rebalance {

namespace {

enum Column : AttrNumber { kName = 1, kIsDefault, kCost, kCapacity, kAllowed, kThreshold, kMinimum, kImprovement };

Strategy read(HeapTuple tuple, TupleDesc descriptor) {
    auto get = [&](AttrNumber attribute) { return catalog::column(tuple, descriptor, attribute); };
    auto number = [&](AttrNumber attribute) { return static_cast<double>(DatumGetFloat4(get(attribute))); };
    return {pstrdup(NameStr(*DatumGetName(get(kName)))),
            DatumGetObjectId(get(kCost)),
            DatumGetObjectId(get(kCapacity)),
            DatumGetObjectId(get(kAllowed)),
            number(kThreshold),
            number(kMinimum),
            number(kImprovement)};
}

double checked(Datum result, Oid function) {
    const double value = static_cast<double>(DatumGetFloat4(result));
    if (value >= 0 && value <= static_cast<double>(std::numeric_limits<float>::max())) return value;
    ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
                    errmsg("function %s returned %g, which is neither a cost nor a capacity",
                           get_func_name(function), value)));
}

} // namespace

double Strategy::cost_of(int64 shard) const { return checked(OidFunctionCall1(cost, Int64GetDatum(shard)), cost); }

double Strategy::capacity_of(int32 node) const {
    return checked(OidFunctionCall1(capacity, Int32GetDatum(node)), capacity);
}

bool Strategy::allows(int64 shard, int32 node) const {
    return DatumGetBool(OidFunctionCall2(allowed, Int64GetDatum(shard), Int32GetDatum(node)));
}

bool Strategy::allows_all() const {
    return get_func_namespace(allowed) == PG_CATALOG_NAMESPACE &&
           strcmp(get_func_name(allowed), "citus_shard_allowed_on_node_true") == 0;
}

Strategy strategy_named(const char *name) {
    std::optional<Strategy> found;
    catalog::scan(catalog::Relation::RebalanceStrategy, 0, InvalidOid, 0, nullptr,
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      const bool is_default = DatumGetBool(catalog::column(tuple, descriptor, kIsDefault));
                      const Strategy each = read(tuple, descriptor);
                      if (name ? strcmp(each.name, name) == 0 : is_default) found = each;
                  });
    if (found) return *found;
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                    name ? errmsg("rebalance strategy \"%s\" does not exist", name)
                         : errmsg("no rebalance strategy is the default"),
                    errhint("The strategies are the rows of pg_dist_rebalance_strategy.")));
}

} // namespace cedro::rebalance
