// The background worker that finds the databases holding the extension.
#pragma once

namespace cedro::job {

/// Called once from _PG_init.
void register_launcher();

} // namespace cedro::job
