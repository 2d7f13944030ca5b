// DROP. PostgreSQL drops here and tells, by the event trigger on sql_drop, what
// went, also by CASCADE and DROP OWNED; exactly that then goes on all other nodes.
#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "ddl/describe/kinds.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/handler.hpp"
#include "ddl/remove.hpp"
#include "ddl/statement.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/spi.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

namespace {

// One of pg_event_trigger_dropped_objects().
struct Dropped {
    ObjectAddress object;
    const char *type;
    const char *schema;
    const char *name;
    const char *names; ///< text[] output
    const char *arguments;
};

constexpr char kQuestion[] = "SELECT classid, objid, objsubid, object_type, schema_name, object_name, "
                             "address_names::text, address_args::text FROM pg_event_trigger_dropped_objects() WHERE "
                             "NOT is_temporary";

pg::Vector<Dropped> dropped_objects() {
    pg::Vector<Dropped> result;
    MemoryContext context = CurrentMemoryContext;
    pg::with_spi([&] {
        pg::rows(kQuestion, {}, [&](HeapTuple tuple, TupleDesc type) {
            pg::with_context(context, [&] {
                auto text = [&](int column) -> const char * {
                    char *value = SPI_getvalue(tuple, type, column);
                    return value ? pstrdup(value) : nullptr;
                };
                Dropped dropped{};
                dropped.object.classId = DatumGetObjectId(pg::field(tuple, type, 1));
                dropped.object.objectId = DatumGetObjectId(pg::field(tuple, type, 2));
                dropped.object.objectSubId = DatumGetInt32(pg::field(tuple, type, 3));
                dropped.type = text(4);
                dropped.schema = text(5);
                dropped.name = text(6);
                dropped.names = text(7);
                dropped.arguments = text(8);
                result.push(dropped);
            });
        });
    });
    return result;
}

pg::Vector<int64> shards_of(Oid relid) {
    pg::Vector<int64> shards;
    catalog::scan(catalog::Relation::Shard, 1, F_OIDEQ, ObjectIdGetDatum(relid), "pg_dist_shard_logical_relid_index",
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      shards.push(DatumGetInt64(catalog::column(tuple, descriptor, 2)));
                  });
    return shards;
}

bool is_managed(Oid relid) {
    bool is_found = false;
    catalog::scan(catalog::Relation::Partition, 1, F_OIDEQ, ObjectIdGetDatum(relid),
                  "pg_dist_partition_logical_relid_index", [&](HeapTuple, TupleDesc) { is_found = true; });
    return is_found;
}

const char *drop_table_command(const DroppedTable &table, bool cascades) {
    StringInfoData shards;
    initStringInfo(&shards);
    for (int64 each : table.shards) appendStringInfo(&shards, "%s" INT64_FORMAT, shards.len ? "," : "", each);
    return psprintf("SELECT citus_internal.drop_table(%s, %s, '{%s}', %s)", plan::literal(table.schema),
                    plan::literal(table.name), shards.data, cascades ? "true" : "false");
}

// What the other nodes are told.
struct Carried {
    pg::Vector<const char *> on_others;
    List *types = NIL;
    List *names = NIL;
    List *arguments = NIL;
    std::optional<ObjectAddress> first;
};

void add_table(Carried &carried, const Dropped &dropped, bool cascades) {
    const Oid relid = dropped.object.objectId;
    const pg::Vector<int64> shards = shards_of(relid);
    const DroppedTable table{dropped.schema, dropped.name, shards};
    carried.on_others.push(drop_table_command(table, cascades));
    transaction::apply([&] { remove_shards(table); });
    remove_rows(relid, shards);
}

void add_object(Carried &carried, const Dropped &dropped) {
    carried.types = lappend(carried.types, const_cast<char *>(dropped.type));
    carried.names = lappend(carried.names, const_cast<char *>(dropped.names));
    carried.arguments = lappend(carried.arguments, const_cast<char *>(dropped.arguments ? dropped.arguments : "{}"));
}

void collect(Carried &carried, const Dropped &dropped, bool cascades) {
    if (dropped.object.objectSubId != 0) return;
    const bool is_table = dropped.object.classId == RelationRelationId && is_managed(dropped.object.objectId);
    if (!is_table && !is_recorded(dropped.object)) return;
    if (!is_table && strcmp(dropped.type, "table") == 0) return unrecord(dropped.object); // has left the cluster
    if (!cluster::is_coordinator())
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("%s %s is on all nodes and can only be dropped on the coordinator", dropped.type,
                               dropped.name ? quote_identifier(dropped.name) : dropped.names)));
    if (!carried.first) carried.first = dropped.object;
    unrecord(dropped.object);
    if (is_table)
        add_table(carried, dropped, cascades);
    else
        add_object(carried, dropped);
}

// A node's part of the work reports what is in its way only where the user said RESTRICT.
bool cascades_elsewhere(const Node *statement) {
    return !statement || !IsA(statement, DropStmt) ||
           reinterpret_cast<const DropStmt *>(statement)->behavior == DROP_CASCADE;
}

} // namespace

void carry_drop(const Node *statement) {
    const bool is_applying = transaction::is_applying();
    if (!catalog::is_extension_ready()) return;
    const bool cascades = cascades_elsewhere(statement);
    Carried carried;
    for (const Dropped &dropped : dropped_objects()) {
        if (is_applying)
            unrecord(dropped.object);
        else
            collect(carried, dropped, cascades);
    }
    if (carried.types)
        carried.on_others.push(psprintf("SELECT citus_internal.drop_objects(%s, %s, %s, %s)", text_array(carried.types),
                                        text_array(carried.names), text_array(carried.arguments),
                                        cascades ? "true" : "false"));
    if (!carried.on_others.empty()) carry({}, carried.on_others);
}

namespace {

// The first object that the statement names and the cluster shares.
bool names_shared_table(const DropStmt *statement) {
    if (statement->removeType != OBJECT_TABLE) return false;
    ListCell *cell;
    foreach (cell, statement->objects) {
        const Oid relid = RangeVarGetRelid(makeRangeVarFromNameList(lfirst_node(List, cell)), NoLock, true);
        if (OidIsValid(relid) && table::is_shell(relid)) return true;
    }
    return false;
}

} // namespace

void handle_drop(const pg::Utility &utility) {
    auto *statement = castNode(DropStmt, utility.tree());
    switch (statement->removeType) {
    case OBJECT_INDEX:
    case OBJECT_STATISTIC_EXT:
    case OBJECT_POLICY: return handle_table(utility);
    case OBJECT_EXTENSION: return handle_drop_extension(utility);
    default:
        // The cluster's lock comes before those of tables, as everywhere.
        if (names_shared_table(statement) && cluster::is_coordinator()) transaction::lock_metadata();
        utility.run();
    }
}

} // namespace cedro::ddl
