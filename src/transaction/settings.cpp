#include "transaction/settings.hpp"

#include "net/settings.hpp"
#include "pg/array.hpp"
#include "pg/guc.hpp"
#include "pg/scope.hpp"
#include "pg/wire.hpp"
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
    "transform_null_equals",
    "xmlbinary",
    "xmloption",
};

struct Tracked {
    const config_generic *setting;
    const char *name;  // own copy: the setting may go when an extension defines it
    size_t position;   // in all_settings()
    const char *value; // own copy of the last value seen; nullptr: not told
    double number;     // the same of a setting that is none of text
};

// Before the name of a setting that takes the node's own value again.
constexpr char kOwnValue = '!';

// In place of a value that a rollback may have taken back.
constexpr char kUnknown[] = "";

constinit MemoryContext context = nullptr;
constinit pg::Vector<Tracked> *tracked = nullptr;
constinit uint64 version = 0;
constinit size_t known_count = 0;
constinit uint64 version_as_told = 0; // of a receiver: as it was when its node was told last
constinit int64 reports = 0;

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
        if (!entry) entry = &tracked->push({nullptr, MemoryContextStrdup(context, setting->name), 0, nullptr, 0});
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

bool is_same(const char *one, const char *other) { return one && other ? strcmp(one, other) == 0 : one == other; }

/// The value of a setting that is not text, as far as needed to see that it has not changed.
double number_of(const config_generic *setting) {
    switch (setting->vartype) {
    case PGC_BOOL: return *reinterpret_cast<const config_bool *>(setting)->variable;
    case PGC_INT: return *reinterpret_cast<const config_int *>(setting)->variable;
    case PGC_REAL: return *reinterpret_cast<const config_real *>(setting)->variable;
    case PGC_ENUM: return *reinterpret_cast<const config_enum *>(setting)->variable;
    case PGC_STRING: break;
    }
    return 0;
}

/// Looks at one setting. True when its value has changed.
bool look_at(Tracked &entry) {
    const char *value = nullptr;
    if (is_told(entry.setting)) {
        const double number = number_of(entry.setting);
        if (entry.value && entry.setting->vartype != PGC_STRING && entry.number == number) return false;
        entry.number = number;
        value = pg::setting_value(entry.setting);
    }
    if (is_same(value, entry.value)) return false;
    if (entry.value) pfree(const_cast<char *>(entry.value));
    entry.value = value ? MemoryContextStrdup(context, value) : nullptr;
    return true;
}

/// Brings the values up to date; version grows when one changed.
void refresh() {
    if (!context) {
        context = AllocSetContextCreate(TopMemoryContext, "citus settings", ALLOCSET_SMALL_SIZES);
        tracked = pg::with_context(context, [] { return pg::make<pg::Vector<Tracked>>(context); });
    }
    if (!is_scan_valid()) scan();
    bool is_changed = version == 0;
    for (Tracked &each : *tracked)
        if (look_at(each)) is_changed = true;
    if (is_changed) version++;
}

void forget(const char *value) {
    if (value && value != kUnknown) pfree(const_cast<char *>(value));
}

void forget_all(ToldSettings &told) {
    told.version = 0;
    for (const char *&each : told.values) {
        forget(each);
        each = kUnknown;
    }
}

} // namespace

const char *changed_settings(ToldSettings &told) {
    refresh();
    if (told.version == version) return nullptr;
    pg::Vector<const char *> changes;
    const SubTransactionId changed_before = told.changed_in;
    told.changed_in = GetCurrentSubTransactionId();
    for (size_t i = 0; i < tracked->size(); i++) {
        const Tracked &each = (*tracked)[i];
        if (told.values.size() <= i) told.values.push(nullptr);
        const char *&known = told.values[i];
        if (known != kUnknown && is_same(known, each.value)) continue;
        forget(known);
        known = each.value ? MemoryContextStrdup(told.context, each.value) : nullptr;
        changes.push(each.value ? each.name : psprintf("%c%s", kOwnValue, each.name));
        changes.push(each.value ? known : "");
        if (is_answer_changing(each.name)) told.parsing_version++;
    }
    told.version = version;
    if (!changes.empty()) return text_array(changes);
    told.changed_in = changed_before;
    return nullptr;
}

void settle_settings(ToldSettings &told, bool is_committed) {
    if (!is_committed && told.changed_in != InvalidSubTransactionId) forget_all(told);
    told.changed_in = InvalidSubTransactionId;
}

void roll_back_settings(ToldSettings &told, SubTransactionId self) {
    if (told.changed_in >= self) forget_all(told);
}

void set_for_client(Datum array) {
    pg::Vector<const char *> entries = texts_of(array);
    for (size_t i = 0; i + 1 < entries.size(); i += 2) {
        const bool is_own = entries[i][0] == kOwnValue;
        set_config_option(entries[i] + (is_own ? 1 : 0), is_own ? nullptr : entries[i + 1], PGC_SUSET, PGC_S_SESSION,
                          GUC_ACTION_SET, true, 0, false);
    }
    refresh();
    version_as_told = version;
}

void heed_report(ToldSettings &told, const char *report) {
    const int64 count = report ? strtoll(report, nullptr, 10) : 0;
    if (count == told.reported) return;
    told.reported = count;
    forget_all(told);
}

void report_changed_settings() {
    if (version_as_told == 0) return;
    refresh();
    if (version == version_as_told) return;
    version_as_told = version;
    StringInfoData message;
    pq_beginmessage(&message, 'S');
    pq_sendstring(&message, kSettingsReport);
    pq_sendstring(&message, psprintf(INT64_FORMAT, ++reports));
    pq_endmessage(&message);
}

} // namespace cedro::transaction
