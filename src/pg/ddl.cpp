#include "pg/ddl.hpp"

#include "pg/list.hpp"
#include "pg/scope.hpp"

namespace cedro::pg {

namespace {

constexpr char kSourceText[] = "(definition of a shard)";

} // namespace

void execute_definition(Node *statement) {
    auto *planned = makeNode(PlannedStmt);
    planned->commandType = CMD_UTILITY;
    planned->canSetTag = false;
    planned->utilityStmt = statement;
    planned->stmt_location = -1;
    standard_ProcessUtility(planned, kSourceText, false, PROCESS_UTILITY_SUBCOMMAND, nullptr, nullptr, None_Receiver,
                            nullptr);
    CommandCounterIncrement();
}

Node *parse_definition(const char *sql) {
    List *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
    Assert(list_length(statements) == 1);
    return linitial_node(RawStmt, statements)->stmt;
}

void without_event_triggers(FunctionRef<void()> body) {
    EventTriggerInhibitCommandCollection();
    finally(body, [] { EventTriggerUndoInhibitCommandCollection(); });
}

List *attribute_options(Oid relid, AttrNumber attribute) {
    Datum stored = get_attoptions(relid, attribute);
    List *options = stored ? untransformRelOptions(stored) : NIL;
    List *kept = NIL;
    // Minor releases from 15.19 on keep the version of the row type among the options.
    for (DefElem *option : ListOf<DefElem>(options))
        if (strcmp(option->defname, "pg_attver") != 0) kept = lappend(kept, option);
    return kept;
}

void set_index_valid(Oid index, bool is_valid) {
    Relation catalog = table_open(IndexRelationId, RowExclusiveLock);
    HeapTuple tuple = SearchSysCacheCopy1(INDEXRELID, ObjectIdGetDatum(index));
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for index %u", index);
    reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indisvalid = is_valid;
    CatalogTupleUpdate(catalog, &tuple->t_self, tuple);
    table_close(catalog, RowExclusiveLock);
    CommandCounterIncrement();
}

ColumnDef *column_definition(const FormData_pg_attribute &attribute) {
    auto *column = makeNode(ColumnDef);
    column->colname = pstrdup(NameStr(attribute.attname));
    column->typeName = makeTypeNameFromOid(attribute.atttypid, attribute.atttypmod);
    column->is_local = true;
    column->is_not_null = attribute.attnotnull;
    column->storage = attribute.attstorage;
    column->collOid = attribute.attcollation;
    column->location = -1;
    return column;
}

} // namespace cedro::pg
