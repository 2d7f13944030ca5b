#include "plan/sql_text.hpp"

#include "pg/guc.hpp"
#include "pg/list.hpp"
#include "pg/text.hpp"

namespace cedro::plan {

namespace {

// ORDER BY at, where two columns of the result are called "at", could mean
// either. Nobody reads these names; none of a user's columns has them.
void name_results(Query *query) {
    if (query->commandType != CMD_SELECT || query->setOperations) return;
    int position = 0;
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(query->targetList))
        if (!entry->resjunk) entry->resname = psprintf("citus result %d", ++position);
}

bool has_equal_names(const Query *query) {
    for (const TargetEntry *one : pg::ListOf<const TargetEntry>(query->targetList))
        for (const TargetEntry *other : pg::ListOf<const TargetEntry>(query->targetList))
            if (one != other && !one->resjunk && !other->resjunk && one->resname && other->resname &&
                strcmp(one->resname, other->resname) == 0)
                return true;
    return false;
}

// ORDER BY k means an output column of that name before the table's column; only
// with more than one entry in the range table does the deparser qualify columns.
void qualify_columns(Query *query) {
    if (query->commandType != CMD_SELECT || list_length(query->rtable) != 1) return;
    if (!query->sortClause && !query->distinctClause) return;
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_RESULT;
    entry->eref = makeAlias("nothing", NIL);
    query->rtable = lappend(query->rtable, entry);
}

} // namespace

const char *sql_text(const Query *query) {
    auto *copy = static_cast<Query *>(copyObjectImpl(query));
    if (has_equal_names(copy)) name_results(copy);
    qualify_columns(copy);
    const int level = NewGUCNestLevel();
    auto set = [](const char *name, const char *value) {
        set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    };
    // Dates that any DateStyle reads; floats that lose nothing. Most clients have these settings anyway.
    // IntervalStyle stays the client's: the receiving session has it too.
    if (DateStyle != USE_ISO_DATES) set("datestyle", "ISO");
    if (extra_float_digits < 1) set("extra_float_digits", "1");
    if (!standard_conforming_strings) set("standard_conforming_strings", "on");
    if (quote_all_identifiers) set("quote_all_identifiers", "off");
    char *text = nullptr;
    pg::with_catalog_path([&] { text = pg_get_querydef(copy, false); }); // qualified names
    AtEOXact_GUC(true, level);
    return text;
}

const char *literal(const char *text) { return text ? quote_literal_cstr(text) : "NULL"; }

} // namespace cedro::plan
