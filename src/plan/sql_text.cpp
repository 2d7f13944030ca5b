#include "plan/sql_text.hpp"

#include "pg/guc.hpp"
#include "pg/text.hpp"

namespace cedro::plan {

const char *sql_text(const Query *query) {
    auto *copy = static_cast<Query *>(copyObjectImpl(query));
    const int level = NewGUCNestLevel();
    auto set = [](const char *name, const char *value) {
        set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    };
    // Qualified names; dates that any DateStyle reads; floats that lose nothing.
    // IntervalStyle stays the client's: the receiving session has it too.
    set("search_path", "pg_catalog");
    set("datestyle", "ISO");
    set("extra_float_digits", "3");
    set("standard_conforming_strings", "on");
    set("quote_all_identifiers", "off");
    char *text = pg_get_querydef(copy, false);
    AtEOXact_GUC(true, level);
    return text;
}

const char *literal(const char *text) { return text ? quote_literal_cstr(text) : "NULL"; }

} // namespace cedro::plan
