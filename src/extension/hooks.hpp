// PostgreSQL's hooks and who answers them.
#pragma once

namespace cedro::extension {

/// Installs all hooks; called once from _PG_init.
void install_hooks();

} // namespace cedro::extension
