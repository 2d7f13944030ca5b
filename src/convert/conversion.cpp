#include "convert/conversion.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "convert/checks.hpp"
#include "convert/global_key.hpp"
#include "convert/metadata.hpp"
#include "convert/rows.hpp"
#include "convert/shards.hpp"
#include "convert/table_option.hpp"
#include "ddl/ship.hpp"
#include "pg/scope.hpp"
#include "pg/server.hpp"
#include "pg/storage.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::convert {

namespace {

/// A relation and what it was to the cluster before: nullptr, or a local table.
struct Member {
    Oid relid;
    const table::Table *former;
    const Layout *layout;
};

pg::Vector<Member> members_of(std::span<const Conversion> conversions) {
    pg::Vector<Member> members;
    for (const Conversion &each : conversions)
        for (Oid relid : each.relids) members.push({relid, table::find(relid), &each.layout});
    return members;
}

void ship(const pg::Vector<Member> &members) {
    pg::Vector<Oid> known;
    for (const Member &each : members)
        if (each.former)
            known.push(each.relid);
        else
            ddl::ship_table(each.relid);
    lock_on_other_nodes(known);
}

void write_metadata(std::span<const Conversion> conversions, const pg::Vector<Member> &members) {
    Commands commands;
    for (const Conversion &each : conversions)
        if (each.layout.founds) push_colocation(commands, each.layout.colocation, *each.layout.founds);
    for (const Member &each : members) {
        const std::optional<int> factor = remembered_replication_factor(each.relid);
        if (each.former) push_removal(commands, *each.former);
        push_registration(commands, each.relid, *each.layout);
        push_option(commands, each.relid, factor, each.layout->is_apart);
    }
    transaction::run_everywhere(commands);
    CommandCounterIncrement();
}

// Foreign keys between tables that are converted together: when each shell was
// sent, the other was not known to be on all nodes.
void ship_foreign_keys(const pg::Vector<Member> &members) {
    if (members.size() < 2) return;
    Commands commands;
    for (const Member &each : members)
        for (const char *command : ddl::foreign_key_commands(each.relid)) commands.push(command);
    if (!commands.empty()) transaction::run_everywhere(commands);
}

void move_rows(const Member &member) {
    const table::Table &table = table::get(member.relid);
    if (!member.former) {
        scatter(member.relid, table);
        empty_shell(member.relid);
        return;
    }
    if (const Oid shard = table::shard_relid(*member.former, 0); OidIsValid(shard)) scatter(shard, table);
}

// A server that nobody gave nodes is a cluster of one, and holds the shards.
void register_lonely_coordinator() {
    if (!cluster::nodes().empty()) return;
    const char *host = quote_literal_cstr(setting::local_hostname);
    const char *commands[] = {
        psprintf("SELECT pg_catalog.citus_set_coordinator_host(%s, %d)", host, PostPortNumber),
        psprintf("SELECT pg_catalog.citus_set_node_property(%s, %d, 'shouldhaveshards', true)", host, PostPortNumber)};
    transaction::run_here(commands);
    CommandCounterIncrement();
}

} // namespace

void convert(std::span<const Conversion> conversions) {
    const pg::Vector<Member> members = members_of(conversions);
    ship(members);
    write_metadata(conversions, members);
    ship_foreign_keys(members);
    for (const Member &each : members) create_shards(table::get(each.relid));
    for (const Member &each : members) move_rows(each);
    // Partitions go before their parents.
    for (size_t i = members.size(); i-- > 0;)
        if (members[i].former) drop_shards(*members[i].former);
    for (const Member &each : members) create_foreign_keys(table::get(each.relid));
    for (const Member &each : members) reconcile_keys(each.relid);
}

pg::Vector<Oid> prepare(Oid relid, const char *operation, bool is_joining) {
    cluster::require_coordinator(operation);
    require_owner(relid);
    transaction::lock_metadata();
    register_lonely_coordinator();
    const pg::Vector<Oid> relids = lock_with_partitions(relid);
    for (Oid each : relids)
        pg::with_relation(each, NoLock, [&](Relation relation) {
            CheckTableNotInUse(relation, operation);
            require_manageable(relation);
        });
    if (get_rel_relispartition(relid) && !is_joining)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("table \"%s\" is a partition", get_rel_name(relid)),
                        errhint("Partitions come with their partitioned table: give that to %s.", operation)));
    return relids;
}

} // namespace cedro::convert
