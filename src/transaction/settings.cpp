#include "transaction/settings.hpp"

#include "net/settings.hpp"
#include "pg/array.hpp"
#include "pg/guc.hpp"
#include "pg/scope.hpp"
#include "transaction/text_array.hpp"

namespace cedro::transaction {
namespace {

// Always told. Sorted by name as PostgreSQL sorts: without regard to case.
constexpr std::string_view kAnswerChanging[] = {
    "array_nulls",
    "backslash_quote",
    "bytea_output",
    "DateStyle",
    "default_text_search_config",
    "escape_string_warning",
    "extra_float_digits",
    "gin_fuzzy_search_limit",
    "IntervalStyle",
    "lc_messages",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "lock_timeout",
    "quote_all_identifiers",
    "row_security",
    "search_path",
    "session_replication_role",
    "standard_conforming_strings",
    "TimeZone",
    "transaction_read_only",
    "transform_null_equals",
    "xmlbinary",
    "xmloption",
};

struct Tracked {
    const config_generic *setting;
    const char *name;  // own copy: the setting may go when an extension defines it
    size_t position;   // in all_settings()
    const char *value; // own copy of the last value seen; nullptr: not told
};

constinit MemoryContext context = nullptr;
constinit pg::Vector<Tracked> *tracked = nullptr;
constinit uint64 version = 0;
constinit size_t known_count = 0;

bool is_answer_changing(const char *name) {
    return std::ranges::find(kAnswerChanging, std::string_view(name)) != std::end(kAnswerChanging);
}

/// Settings x.y that a user invents or an extension defines; ours rule this node only.
bool is_custom(const config_generic *setting) {
    if (setting->flags & GUC_CUSTOM_PLACEHOLDER) return true;
    return setting->group == CUSTOM_OPTIONS && (setting->context == PGC_USERSET || setting->context == PGC_SUSET) &&
           strncmp(setting->name, "citus.", 6) != 0;
}

/// Custom settings matter only when somebody set them for this client.
bool is_told(const config_generic *setting) {
    if (setting->flags & GUC_CUSTOM_PLACEHOLDER) return setting->source != PGC_S_DEFAULT;
    return setting->group != CUSTOM_OPTIONS || setting->source >= PGC_S_DATABASE;
}

Tracked *find_tracked(const char *name) {
    for (Tracked &each : *tracked)
        if (strcmp(each.name, name) == 0) return &each;
    return nullptr;
}

/// Looks for new settings. A setting never goes, so positions in told values stay.
void scan() {
    auto all = pg::all_settings();
    for (size_t i = 0; i < all.size(); i++) {
        const config_generic *setting = all[i];
        if (!is_answer_changing(setting->name) && !is_custom(setting)) continue;
        Tracked *entry = find_tracked(setting->name);
        if (!entry) entry = &tracked->push({nullptr, MemoryContextStrdup(context, setting->name), 0, nullptr});
        entry->setting = setting;
        entry->position = i;
    }
    known_count = all.size();
}

bool is_scan_valid() {
    auto all = pg::all_settings();
    if (all.size() != known_count) return false;
    for (const Tracked &each : *tracked)
        if (all[each.position] != each.setting) return false;
    return true;
}

void keep(Tracked &entry, const char *value) { entry.value = value ? MemoryContextStrdup(context, value) : nullptr; }

/// Brings the values up to date; version grows when one changed.
void refresh() {
    if (!context) {
        context = AllocSetContextCreate(TopMemoryContext, "citus settings", ALLOCSET_SMALL_SIZES);
        tracked = pg::with_context(context, [] { return pg::make<pg::Vector<Tracked>>(context); });
    }
    if (!is_scan_valid()) scan();
    bool is_changed = version == 0;
    for (Tracked &each : *tracked) {
        const char *value = is_told(each.setting) ? pg::setting_value(each.setting) : nullptr;
        if ((!value && !each.value) || (value && each.value && strcmp(value, each.value) == 0)) continue;
        char *old = const_cast<char *>(each.value);
        keep(each, value);
        if (old) pfree(old);
        is_changed = true;
    }
    if (is_changed) version++;
}

} // namespace

const char *changed_settings(ToldSettings &told) {
    refresh();
    if (told.version == version) return nullptr;
    pg::Vector<const char *> changes;
    for (size_t i = 0; i < tracked->size(); i++) {
        const Tracked &each = (*tracked)[i];
        if (told.values.size() <= i) told.values.push(nullptr);
        if (!each.value || (told.values[i] && strcmp(told.values[i], each.value) == 0)) continue;
        told.values[i] = pstrdup(each.value);
        changes.push(each.name);
        changes.push(told.values[i]);
    }
    told.version = version;
    return changes.empty() ? nullptr : text_array(changes);
}

void set_locally(Datum array) {
    pg::Vector<const char *> entries = texts_of(array);
    for (size_t i = 0; i + 1 < entries.size(); i += 2)
        set_config_option(entries[i], entries[i + 1], PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

} // namespace cedro::transaction
