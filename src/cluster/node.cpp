#include "cluster/node.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"

namespace cedro::cluster {

namespace {

// Columns of pg_dist_node, in the order of the table.
enum Column : AttrNumber {
    kNodeId = 1,
    kGroupId,
    kNodeName,
    kNodePort,
    kNodeRack,
    kHasMetadata,
    kIsActive,
    kNodeRole,
    kNodeCluster,
    kMetadataSynced,
    kShouldHaveShards
};

constinit MemoryContext cache = nullptr;
constinit Node *cached = nullptr;
constinit size_t cached_count = 0;
constinit int32 cached_local_group = 0;
constinit bool is_valid = false;
constinit bool is_watching = false;
constinit Oid node_relid = InvalidOid;
constinit Oid group_relid = InvalidOid;

void forget(Datum, Oid relid) {
    if (relid == InvalidOid || relid == node_relid || relid == group_relid) is_valid = false;
}

Node read(HeapTuple tuple, TupleDesc descriptor) {
    auto get = [&](AttrNumber attribute) { return catalog::column(tuple, descriptor, attribute); };
    bool null = false;
    const bool synced = DatumGetBool(catalog::column(tuple, descriptor, kMetadataSynced, &null));
    Datum role = get(kNodeRole);
    char *role_name = DatumGetCString(DirectFunctionCall1(enum_out, role));
    return {DatumGetInt32(get(kNodeId)),
            DatumGetInt32(get(kGroupId)),
            TextDatumGetCString(get(kNodeName)),
            DatumGetInt32(get(kNodePort)),
            DatumGetBool(get(kIsActive)),
            strcmp(role_name, "primary") == 0,
            DatumGetBool(get(kShouldHaveShards)),
            DatumGetBool(get(kHasMetadata)),
            !null && synced,
            pstrdup(NameStr(*DatumGetName(get(kNodeCluster))))};
}

void load() {
    if (!is_watching) {
        CacheRegisterRelcacheCallback(forget, 0);
        is_watching = true;
    }
    node_relid = catalog::oid_of(catalog::Relation::Node);
    group_relid = catalog::oid_of(catalog::Relation::LocalGroup);

    MemoryContext fresh = AllocSetContextCreate(CacheMemoryContext, "citus nodes", ALLOCSET_SMALL_SIZES);
    // Set before reading: an invalidation that arrives meanwhile must win.
    is_valid = true;
    pg::with_context(fresh, [&] {
        pg::Vector<Node> rows;
        catalog::scan(catalog::Relation::Node, 0, InvalidOid, 0, nullptr,
                      [&](HeapTuple tuple, TupleDesc descriptor) { rows.push(read(tuple, descriptor)); });
        std::sort(rows.begin(), rows.end(), [](const Node &a, const Node &b) { return a.id < b.id; });
        cached_local_group = 0;
        catalog::scan(catalog::Relation::LocalGroup, 0, InvalidOid, 0, nullptr,
                      [&](HeapTuple tuple, TupleDesc descriptor) {
                          cached_local_group = DatumGetInt32(catalog::column(tuple, descriptor, 1));
                      });
        cached = rows.begin();
        cached_count = rows.size();
    });
    // The old rows may still be in use in this transaction.
    if (cache) MemoryContextSetParent(cache, IsTransactionState() ? TopTransactionContext : CurrentMemoryContext);
    cache = fresh;
}

pg::Vector<Node> chosen(pg::FunctionRef<bool(const Node &)> wanted) {
    pg::Vector<Node> result;
    for (const Node &each : nodes())
        if (each.is_active && each.is_primary && wanted(each)) result.push(each);
    return result;
}

} // namespace

std::span<const Node> nodes() {
    if (!is_valid) load();
    return {cached, cached_count};
}

int32 local_group() {
    if (!is_valid) load();
    return cached_local_group;
}

bool is_local(const Node &each) { return each.group == local_group(); }

bool is_coordinator() { return local_group() == kCoordinatorGroup; }

const Node &node(int32 id) {
    for (const Node &each : nodes())
        if (each.id == id) return each;
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("node %d does not exist", id),
                    errhint("SELECT * FROM pg_dist_node shows the nodes of the cluster.")));
}

const Node *find(const char *host, int32 port) {
    for (const Node &each : nodes())
        if (each.port == port && strcmp(each.host, host) == 0) return &each;
    return nullptr;
}

const Node *primary_of(int32 group) {
    for (const Node &each : nodes())
        if (each.group == group && each.is_primary) return &each;
    return nullptr;
}

pg::Vector<Node> active_primaries() {
    return chosen([](const Node &) { return true; });
}

pg::Vector<Node> other_nodes() {
    return chosen([](const Node &each) { return !is_local(each); });
}

pg::Vector<Node> shard_nodes() {
    pg::Vector<Node> result = chosen([](const Node &each) { return each.should_have_shards; });
    if (result.empty()) result = chosen([](const Node &each) { return each.is_coordinator(); });
    return result;
}

void require_taking_part() {
    const Node *own = primary_of(local_group());
    if (!own || own->is_active) return;
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("this node is disabled"),
                    errdetail("It does not hear of changes in the cluster."),
                    errhint("Run SELECT citus_activate_node('%s', %d) on the coordinator.", own->host, own->port)));
}

void require_coordinator(const char *operation) {
    if (is_coordinator()) return;
    const Node *coordinator = primary_of(kCoordinatorGroup);
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("%s can only be run on the coordinator", operation),
                    coordinator ? errhint("Connect to %s:%d and run it there.", coordinator->host, coordinator->port)
                                : errhint("Connect to the coordinator and run it there.")));
}

} // namespace cedro::cluster
