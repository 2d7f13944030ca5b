// The shell of a table: everything but its rows, foreign keys, triggers and rules.
#include "ddl/describe/kinds.hpp"
#include "pg/scope.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

const char *partition_bound(Oid table) {
    return pg::with_cached(RELOID, table, [&](HeapTuple tuple) -> const char * {
        auto bound = pg::column(RELOID, tuple, Anum_pg_class_relpartbound);
        return bound ? expression_text(*bound, table) : nullptr;
    });
}

const char *options_of(Oid table) {
    return pg::with_cached(RELOID, table, [](HeapTuple tuple) -> const char * {
        auto options = pg::column(RELOID, tuple, Anum_pg_class_reloptions);
        return options ? relation_options(*options) : "";
    });
}

const char *toast_options_of(Oid table) {
    const Oid toast = pg::with_cached(
        RELOID, table, [](HeapTuple tuple) { return pg::fields<FormData_pg_class>(tuple)->reltoastrelid; });
    if (!OidIsValid(toast)) return "";
    return pg::with_cached(RELOID, toast, [](HeapTuple tuple) -> const char * {
        auto options = pg::column(RELOID, tuple, Anum_pg_class_reloptions);
        return options ? relation_options(*options, "toast.") : "";
    });
}

// What follows the column list in CREATE TABLE.
const char *table_clauses(Relation table) {
    StringInfoData buffer;
    initStringInfo(&buffer);
    const Oid relid = RelationGetRelid(table);
    if (table->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
        appendStringInfo(&buffer, " PARTITION BY %s",
                         TextDatumGetCString(OidFunctionCall1(F_PG_GET_PARTKEYDEF, ObjectIdGetDatum(relid))));
    if (OidIsValid(table->rd_rel->relam) && table->rd_rel->relam != HEAP_TABLE_AM_OID)
        appendStringInfo(&buffer, " USING %s", quote_identifier(get_am_name(table->rd_rel->relam)));
    const char *options = options_of(relid);
    const char *toast = toast_options_of(relid);
    if (*options || *toast) appendStringInfo(&buffer, " WITH (%s%s%s)", options, *options && *toast ? ", " : "", toast);
    return buffer.data;
}

// Not among the commands that make the table, for its parent may have another owner.
void settle_attachment(Description &description, Relation table) {
    if (!table->rd_rel->relispartition) return;
    const Oid relid = RelationGetRelid(table);
    settle(description, psprintf("SELECT citus_internal.attach_partition(%s::regclass, %s::regclass, %s)",
                                 plan::literal(pg::qualified_name(get_partition_parent(relid, false))),
                                 plan::literal(pg::qualified_name(relid)), plan::literal(partition_bound(relid))));
}

void describe_replica_identity(Description &description, Relation table) {
    const char *name = pg::qualified_name(RelationGetRelid(table));
    switch (table->rd_rel->relreplident) {
    case REPLICA_IDENTITY_FULL: settle(description, psprintf("ALTER TABLE %s REPLICA IDENTITY FULL", name)); break;
    case REPLICA_IDENTITY_NOTHING:
        settle(description, psprintf("ALTER TABLE %s REPLICA IDENTITY NOTHING", name));
        break;
    case REPLICA_IDENTITY_INDEX: {
        const Oid index = RelationGetReplicaIndex(table);
        if (OidIsValid(index))
            settle(description, psprintf("ALTER TABLE %s REPLICA IDENTITY USING INDEX %s", name,
                                         quote_identifier(get_rel_name(index))));
        break;
    }
    default: break;
    }
}

} // namespace

void describe_table(Description &description, Oid relid) {
    pg::with_relation(relid, AccessShareLock, [&](Relation table) {
        ObjectAddress object;
        ObjectAddressSet(object, RelationRelationId, relid);
        description.definer = table->rd_rel->relowner;
        describe_columns(description, table, table_clauses(table));
        describe_indexes(description, table);
        settle_rights(description, object);
        settle_owned_sequences(description, table);
        settle_attachment(description, table);
        describe_statistics(description, table);
        settle_columns(description, table);
        describe_security(description, table);
        describe_replica_identity(description, table);
    });
}

} // namespace cedro::ddl
