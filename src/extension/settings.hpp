// Registers the settings (citus.*) with PostgreSQL.
#pragma once

namespace cedro::extension {

/// Called once from _PG_init, before anything reads a setting.
void define_settings();

} // namespace cedro::extension
