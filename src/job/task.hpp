// Tasks of background jobs: pg_dist_background_task. Each runs in a process of its own.
#pragma once

namespace cedro::job {

/// A duty of the daemon on the coordinator: has tasks run again whose process is gone, and starts a process for each
/// task that is ready, as many as citus.max_background_task_executors allows.
void start_tasks();

} // namespace cedro::job
