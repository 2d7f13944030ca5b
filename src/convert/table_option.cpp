#include "convert/table_option.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"
#include "table/table.hpp"

namespace cedro::convert {

namespace {

enum Column : AttrNumber { kRelid = 1, kReplicationFactor, kIsApart };

struct Option {
    std::optional<int> replication_factor;
    bool is_apart = false;
};

Option option_of(Oid relid) {
    Option option;
    catalog::scan(catalog::Relation::TableOption, kRelid, F_OIDEQ, ObjectIdGetDatum(relid), "table_option_pkey",
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      bool is_null = false;
                      const Datum factor = catalog::column(tuple, descriptor, kReplicationFactor, &is_null);
                      if (!is_null) option.replication_factor = DatumGetInt32(factor);
                      option.is_apart = DatumGetBool(catalog::column(tuple, descriptor, kIsApart));
                  });
    return option;
}

} // namespace

std::optional<int> remembered_replication_factor(Oid relid) { return option_of(relid).replication_factor; }

bool is_open(int32 colocation) {
    for (Oid relid : table::colocated(colocation))
        if (option_of(relid).is_apart) return false;
    return true;
}

} // namespace cedro::convert
