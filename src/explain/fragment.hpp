// What EXPLAIN says about a scan of a fragment.
#pragma once

namespace cedro::explain {

/// Lets EXPLAIN show tasks, nodes, the SQL sent and the nodes' own plans; called once from _PG_init.
void initialize();

} // namespace cedro::explain
