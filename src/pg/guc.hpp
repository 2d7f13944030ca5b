// Settings.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "access/parallel.h"
#include "parser/parser.h"
#include "utils/float.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"
}

namespace cedro::pg {

/// All settings of the backend, sorted by name in 15. The array is PostgreSQL's
/// own there: it moves when settings are added, so ask again.
inline std::span<config_generic *const> all_settings() {
#if PG_VERSION_NUM >= 160000
    int count = 0;
    config_generic **variables = get_guc_variables(&count);
    return {variables, static_cast<size_t>(count)};
#else
    return {get_guc_variables(), static_cast<size_t>(GetNumConfigOptions())};
#endif
}

/// The value of a setting, in its base unit, as SET accepts it. palloc'ed unless it is the setting's own string.
inline const char *setting_value(const config_generic *setting) {
    switch (setting->vartype) {
    case PGC_STRING: {
        const char *value = *reinterpret_cast<const config_string *>(setting)->variable;
        return value ? value : "";
    }
    case PGC_BOOL: return *reinterpret_cast<const config_bool *>(setting)->variable ? "on" : "off";
    case PGC_INT: return psprintf("%d", *reinterpret_cast<const config_int *>(setting)->variable);
    case PGC_REAL: return psprintf("%.17g", *reinterpret_cast<const config_real *>(setting)->variable);
    case PGC_ENUM: {
        const auto *choice = reinterpret_cast<const config_enum *>(setting);
        for (const config_enum_entry *each = choice->options; each->name; each++)
            if (each->val == *choice->variable) return each->name;
        return "";
    }
    }
    return "";
}

/// Runs body with a search_path of pg_catalog alone. What body raises must end the (sub)transaction.
template <typename Body>
void with_catalog_path(Body &&body) {
#if PG_VERSION_NUM >= 170000
    const int level = NewGUCNestLevel();
    set_config_option("search_path", "pg_catalog", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    body();
    AtEOXact_GUC(true, level);
#else
    // Cheaper than the setting, whose change has the path looked up again afterwards.
    OverrideSearchPath path{NIL, true, false, 0};
    PushOverrideSearchPath(&path);
    body();
    PopOverrideSearchPath();
#endif
}

} // namespace cedro::pg
