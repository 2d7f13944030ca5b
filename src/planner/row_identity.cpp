#include "planner/row_identity.hpp"

#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

// The columns of the primary key; none when there is none.
List *primary_key(Oid relid) {
    List *columns = NIL;
    pg::with_relation(relid, NoLock, [&](Relation relation) {
        Bitmapset *key = RelationGetIndexAttrBitmap(relation, INDEX_ATTR_BITMAP_PRIMARY_KEY);
        for (int member = -1; (member = bms_next_member(key, member)) >= 0;)
            columns = lappend_int(columns, member + FirstLowInvalidHeapAttributeNumber);
    });
    return columns;
}

List *all_columns(Oid relid) {
    List *columns = NIL;
    pg::with_relation(relid, NoLock, [&](Relation relation) {
        for (int i = 0; i < RelationGetNumberOfAttributes(relation); i++)
            if (!TupleDescAttr(RelationGetDescr(relation), i)->attisdropped) columns = lappend_int(columns, i + 1);
    });
    return columns;
}

} // namespace

// ctid names a row on one placement only, and in one partition.
void set_identity(plan::RowChange *change, const RangeTblEntry *target) {
    change->place = primary_key(target->relid);
    if (change->place) return;
    if (target->relkind == RELKIND_PARTITIONED_TABLE)
        change->place = lappend_int(change->place, TableOidAttributeNumber);
    change->place = lappend_int(change->place, SelfItemPointerAttributeNumber);
    if (table::get(target->relid).replication_factor() > 1) change->image = all_columns(target->relid);
}

} // namespace cedro::planner
