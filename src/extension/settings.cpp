#include "extension/settings.hpp"

#include "extension/setting_table.hpp"

namespace cedro::extension {

void warn_without_effect(const char *name, GucSource source) {
    // The postmaster speaks for the configuration file; sessions would repeat it.
    bool from_file = source == PGC_S_FILE && !IsUnderPostmaster;
    if ((!from_file && source < PGC_S_INTERACTIVE) || IsParallelWorker()) return;
    ereport(WARNING,
            (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("setting \"%s\" has no effect in this version", name),
             errdetail("It is accepted so that configurations made for Citus keep working.")));
}

void define_settings() {
    define_bool_settings();
    define_int_settings();
    define_real_settings();
    define_enum_settings();
    define_string_settings();
    MarkGUCPrefixReserved("citus");
}

} // namespace cedro::extension
