#include "planner/extent.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::planner {

void set_extent(PlannerInfo *, Oid relid, bool is_parent, RelOptInfo *relation) {
    if (is_parent || relid < FirstNormalObjectId || transaction::is_applying() || !table::is_shell(relid)) return;
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
    const double rows = static_cast<double>(form->reltuples);
    const auto pages = static_cast<BlockNumber>(std::max(form->relpages, 0));
    ReleaseSysCache(tuple);
    if (rows <= 0) return;
    // Indexes hold some bytes of each row.
    constexpr BlockNumber kPagesOfTable = 4;
    relation->pages = pages;
    relation->tuples = rows;
    for (IndexOptInfo *index : pg::ListOf<IndexOptInfo>(relation->indexlist)) {
        index->pages = std::max<BlockNumber>(pages / kPagesOfTable, 1);
        index->tuples = rows;
    }
}

} // namespace cedro::planner
