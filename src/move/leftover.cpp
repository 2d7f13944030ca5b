#include "move/leftover.hpp"

#include "catalog/relation.hpp"
#include "catalog/settings.hpp"
#include "move/new_placement.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "pg/spi.hpp"
#include "pg/text.hpp"
#include "table/ids.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::move {

namespace {

constexpr int kShardPlacement = 1;    // object_type
constexpr int kDeferredOnSuccess = 2; // policy_type
constexpr char kLockTimeout[] = "100ms";

enum Column : AttrNumber { kRecord = 1, kOperation, kObjectType, kObjectName, kNodeGroup, kPolicy };

struct Leftover {
    int64 record;
    const char *name;
    int32 group;
};

const char *shard_of(const Member &member) {
    return quote_qualified_identifier(get_namespace_name(get_rel_namespace(member.table->relid)),
                                      table::shard_name(get_rel_name(member.table->relid), member.shard));
}

pg::Vector<Leftover> leftovers() {
    pg::Vector<Leftover> result;
    catalog::scan(catalog::Relation::Cleanup, 0, InvalidOid, 0, nullptr, [&](HeapTuple tuple, TupleDesc descriptor) {
        auto get = [&](AttrNumber attribute) { return catalog::column(tuple, descriptor, attribute); };
        if (DatumGetInt32(get(kObjectType)) == kShardPlacement)
            result.push({DatumGetInt64(get(kRecord)), TextDatumGetCString(get(kObjectName)),
                         DatumGetInt32(get(kNodeGroup))});
    });
    return result;
}

// Takes a leftover for this transaction; false when somebody else has dropped it meanwhile. Without it nothing may be
// dropped by its name: a shard that came back bears that name too.
bool take(const Leftover &leftover) {
    return pg::with_user(catalog::owner(), SECURITY_LOCAL_USERID_CHANGE, [&] {
        return pg::with_spi([&] {
            return pg::sql("DELETE FROM pg_catalog.pg_dist_cleanup WHERE record_id = $1", {pg::arg(leftover.record)}) > 0;
        });
    });
}

void drop_one(const Leftover &leftover) {
    if (take(leftover)) run_in(leftover.group, psprintf("DROP TABLE IF EXISTS %s CASCADE", leftover.name));
}

// Rows that are left behind must not hold on to rows of other tables. Statements
// that read them do so under older snapshots.
void let_go_of_references(const ShardGroup &group, int32 from) {
    for (const Member &member : group.members)
        if (get_rel_relkind(member.table->relid) != RELKIND_PARTITIONED_TABLE)
            run_in(from, psprintf("SELECT citus_internal.empty_leftover(%s::pg_catalog.regclass)",
                                  quote_literal_cstr(shard_of(member))));
}

} // namespace

void give_up(const ShardGroup &group, int32 from) {
    // Partitions go before their parents.
    if (!setting::defer_drop_after_shard_move) {
        for (size_t i = group.members.size(); i-- > 0;)
            run_in(from, psprintf("DROP TABLE IF EXISTS %s CASCADE", shard_of(group.members[i])));
        return;
    }
    let_go_of_references(group, from);
    const int64 operation = table::next_operation();
    for (size_t i = group.members.size(); i-- > 0;) {
        const char *command =
            psprintf("INSERT INTO pg_catalog.pg_dist_cleanup (record_id, operation_id, object_type, object_name, "
                     "node_group_id, policy_type) VALUES (" INT64_FORMAT ", " INT64_FORMAT ", %d, %s, %d, %d)",
                     table::next_cleanup_record(), operation, kShardPlacement,
                     quote_literal_cstr(shard_of(group.members[i])), from, kDeferredOnSuccess);
        transaction::run_here({&command, 1});
    }
}

void drop_leftovers(const ShardGroup &group, int32 group_of_node) {
    for (const Leftover &leftover : leftovers())
        for (const Member &member : group.members)
            if (leftover.group == group_of_node && strcmp(leftover.name, shard_of(member)) == 0) drop_one(leftover);
}

int clean_up() {
    int dropped = 0;
    for (const Leftover &leftover : leftovers()) {
        ErrorData *error = pg::caught([&] {
            run_in(leftover.group, psprintf("SET LOCAL lock_timeout = '%s'", kLockTimeout));
            drop_one(leftover);
            run_in(leftover.group, "SET LOCAL lock_timeout TO DEFAULT");
        });
        if (error && error->sqlerrcode == ERRCODE_QUERY_CANCELED) ReThrowError(error);
        if (!error) dropped++;
    }
    return dropped;
}

} // namespace cedro::move
