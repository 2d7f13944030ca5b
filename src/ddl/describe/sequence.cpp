#include "ddl/describe/kinds.hpp"
#include "ddl/describe/make.hpp"
#include "table/table.hpp"

namespace cedro::ddl {

SequenceOptions sequence_options(Oid sequence) {
    return pg::with_cached(SEQRELID, sequence, [](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_sequence>(tuple);
        const char *cycle = form->seqcycle ? "CYCLE" : "NO CYCLE";
        const char *essence = psprintf("INCREMENT BY " INT64_FORMAT " CACHE " INT64_FORMAT " %s", form->seqincrement,
                                       form->seqcache, cycle);
        const char *text =
            psprintf("INCREMENT BY " INT64_FORMAT " MINVALUE " INT64_FORMAT " MAXVALUE " INT64_FORMAT
                     " START WITH " INT64_FORMAT " CACHE " INT64_FORMAT " %s",
                     form->seqincrement, form->seqmin, form->seqmax, form->seqstart, form->seqcache, cycle);
        return SequenceOptions{text, essence};
    });
}

const char *adopt_command(Oid sequence) {
    return psprintf("SELECT citus_internal.adopt_sequence(%s::regclass, %u)",
                    quote_literal_cstr(pg::qualified_name(sequence)), sequence);
}

namespace {

// On a node that comes back its tables are no shells until it has heard of the cluster's, but recorded.
bool is_of_cluster(Oid table) {
    ObjectAddress object;
    ObjectAddressSet(object, RelationRelationId, table);
    return table::is_shell(table) || is_recorded(object);
}

} // namespace

// Ownership by a column comes with the table; the table's owner owns the sequence then.
void describe_sequence(Description &description, Oid sequence) {
    const Oid type = pg::with_cached(SEQRELID, sequence,
                                     [](HeapTuple tuple) { return pg::fields<FormData_pg_sequence>(tuple)->seqtypid; });
    const char *name = pg::qualified_name(sequence);
    const bool is_unlogged = get_rel_persistence(sequence) == RELPERSISTENCE_UNLOGGED;
    const SequenceOptions options = sequence_options(sequence);
    const char *start = psprintf("CREATE %sSEQUENCE %s AS %s", is_unlogged ? "UNLOGGED " : "", name, type_name(type));
    create(description, psprintf("%s %s", start, options.text), psprintf("%s %s", start, options.essence));
    create(description, adopt_command(sequence), "");
    ObjectAddress object;
    ObjectAddressSet(object, RelationRelationId, sequence);
    Oid table = InvalidOid;
    int32 column = 0;
    // Other nodes do not know the owner when it is a table of this node alone.
    if (!sequenceIsOwned(sequence, DEPENDENCY_AUTO, &table, &column) || !is_of_cluster(table)) {
        settle_rights(description, object);
        return;
    }
    pg::with_cached(RELOID, sequence, [&](HeapTuple tuple) {
        settle_acl(description, object, pg::column(RELOID, tuple, Anum_pg_class_relacl));
    });
    settle_comment(description, object);
}

} // namespace cedro::ddl
