// Columns: types, defaults, identity, generation, storage. Dropped columns keep
// their place, so that an attribute number means the same on every node.
#include "ddl/describe/kinds.hpp"
#include "pg/ddl.hpp"
#include "pg/list.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

const char *placeholder(int position) { return psprintf("........pg.dropped.%d........", position); }

const char *default_text(Relation table, AttrNumber attribute) {
    const char *text = nullptr;
    pg::each_row(AttrDefaultRelationId, AttrDefaultIndexId,
                 {{Anum_pg_attrdef_adrelid, F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(table))},
                  {Anum_pg_attrdef_adnum, F_INT2EQ, Int16GetDatum(attribute)}},
                 [&](HeapTuple tuple, TupleDesc descriptor) {
                     text = expression_text(*pg::column(tuple, descriptor, Anum_pg_attrdef_adbin),
                                            RelationGetRelid(table));
                 });
    return text;
}

// Two texts that grow together: the command and its essence.
struct Pair {
    StringInfo text = makeStringInfo();
    StringInfo essence = makeStringInfo();

    void add(const char *both) const { add(both, both); }
    void add(const char *command, const char *equal) const {
        appendStringInfoString(text, command);
        appendStringInfoString(essence, equal);
    }
};

void add_identity(const Pair &pair, Relation table, Form_pg_attribute column) {
    const Oid sequence = getIdentitySequence(RelationGetRelid(table), column->attnum, false);
    const SequenceOptions options = sequence_options(sequence);
    const char *start = psprintf(" GENERATED %s AS IDENTITY (SEQUENCE NAME %s ",
                                 column->attidentity == ATTRIBUTE_IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT",
                                 pg::qualified_name(sequence));
    pair.add(start);
    pair.add(options.text, options.essence);
    pair.add(")");
}

void add_column(const Pair &pair, Relation table, Form_pg_attribute column) {
    if (column->attisdropped) {
        pair.add(psprintf("%s integer", quote_identifier(placeholder(column->attnum))));
        return;
    }
    pair.add(
        psprintf("%s %s", quote_identifier(NameStr(column->attname)), type_name(column->atttypid, column->atttypmod)));
    if (OidIsValid(column->attcollation) && column->attcollation != get_typcollation(column->atttypid))
        pair.add(psprintf(" COLLATE %s", collation_name(column->attcollation)));
    if (column->attidentity) add_identity(pair, table, column);
    if (column->attgenerated)
        pair.add(psprintf(" GENERATED ALWAYS AS (%s) STORED", default_text(table, column->attnum)));
    else if (const char *text = column->atthasdef ? default_text(table, column->attnum) : nullptr)
        pair.add(psprintf(" DEFAULT %s", text));
    if (column->attnotnull) pair.add(" NOT NULL");
}

const char *storage_name(char storage) {
    switch (storage) {
    case TYPSTORAGE_PLAIN: return "PLAIN";
    case TYPSTORAGE_EXTERNAL: return "EXTERNAL";
    case TYPSTORAGE_EXTENDED: return "EXTENDED";
    default: return "MAIN";
    }
}

void describe_column_settings(Description &description, Relation table, Form_pg_attribute column) {
    const char *alter = psprintf("ALTER TABLE %s ALTER COLUMN %s", pg::qualified_name(RelationGetRelid(table)),
                                 quote_identifier(NameStr(column->attname)));
    if (column->attstorage != get_typstorage(column->atttypid))
        create(description, psprintf("%s SET STORAGE %s", alter, storage_name(column->attstorage)));
    if (CompressionMethodIsValid(column->attcompression))
        create(description, psprintf("%s SET COMPRESSION %s", alter, GetCompressionMethodName(column->attcompression)));
    if (const int target = pg::statistics_target(RelationGetRelid(table), column->attnum); target >= 0)
        create(description, psprintf("%s SET STATISTICS %d", alter, target));
    if (List *options = pg::attribute_options(RelationGetRelid(table), column->attnum))
        create(description,
               psprintf("%s SET (%s)", alter,
                        relation_options(transformRelOptions(Datum{0}, options, nullptr, nullptr, false, false))));
}

} // namespace

void describe_columns(Description &description, Relation table, const char *clauses) {
    const char *name = pg::qualified_name(RelationGetRelid(table));
    const TupleDesc descriptor = RelationGetDescr(table);
    const Pair pair;
    pair.add(psprintf("CREATE %sTABLE %s (",
                      table->rd_rel->relpersistence == RELPERSISTENCE_UNLOGGED ? "UNLOGGED " : "", name));
    for (int i = 0; i < descriptor->natts; i++) {
        if (i) pair.add(", ");
        add_column(pair, table, TupleDescAttr(descriptor, i));
    }
    pair.add(psprintf(")%s", clauses));
    create(description, pair.text->data, pair.essence->data);

    for (int i = 0; i < descriptor->natts; i++) {
        Form_pg_attribute column = TupleDescAttr(descriptor, i);
        if (column->attisdropped)
            create(description,
                   psprintf("ALTER TABLE %s DROP COLUMN %s", name, quote_identifier(placeholder(column->attnum))));
        else
            describe_column_settings(description, table, column);
    }
}

// Sequences that a column owns; those of identity columns are part of the column.
void settle_owned_sequences(Description &description, Relation table) {
    const char *name = pg::qualified_name(RelationGetRelid(table));
    const char *role = role_name(table->rd_rel->relowner);
    struct Owned {
        Oid oid;
        const char *sequence;
        const char *column; // nullptr: identity
    };
    pg::Vector<Owned> all;
    for (Oid sequence : pg::OidsOf(getOwnedSequences(RelationGetRelid(table)))) {
        Oid owner = InvalidOid;
        int32 column = 0;
        const char *qualified = pg::qualified_name(sequence);
        if (sequenceIsOwned(sequence, DEPENDENCY_INTERNAL, &owner, &column))
            all.push({sequence, qualified, nullptr});
        else if (sequenceIsOwned(sequence, DEPENDENCY_AUTO, &owner, &column))
            all.push(
                {sequence, qualified, quote_identifier(get_attname(owner, static_cast<AttrNumber>(column), false))});
    }
    std::sort(all.begin(), all.end(),
              [](const Owned &a, const Owned &b) { return strcmp(a.sequence, b.sequence) < 0; });
    for (const Owned &each : all) {
        if (!each.column) {
            settle(description, adopt_command(each.oid), "");
            continue;
        }
        settle(description, psprintf("ALTER SEQUENCE %s OWNER TO %s", each.sequence, role), "");
        settle(description, psprintf("ALTER SEQUENCE %s OWNED BY %s.%s", each.sequence, name, each.column));
    }
}

// Privileges and comments of columns; of views too.
void settle_columns(Description &description, Relation table) {
    const TupleDesc descriptor = RelationGetDescr(table);
    for (int i = 0; i < descriptor->natts; i++) {
        Form_pg_attribute column = TupleDescAttr(descriptor, i);
        if (column->attisdropped) continue;
        ObjectAddress object;
        ObjectAddressSubSet(object, RelationRelationId, RelationGetRelid(table), column->attnum);
        HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(object.objectId), Int16GetDatum(column->attnum));
        if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for column %d", column->attnum);
        settle_acl(description, object, pg::column(ATTNUM, tuple, Anum_pg_attribute_attacl));
        ReleaseSysCache(tuple);
        settle_comment(description, object);
    }
}

} // namespace cedro::ddl
