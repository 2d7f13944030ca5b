// Choices. The columns: name, variable, default, choices, who may set it,
// flags, whether it does anything yet, description.
#include "extension/setting_table.hpp"

namespace cedro::extension {
namespace {

using namespace setting;
using Choice = config_enum_entry; // name, value, hidden
constexpr Choice kEnd = {nullptr, 0, false};

constexpr Choice kLogLevels[] = {
    {"off", kLogOff, false},
    {"debug5", DEBUG5, false},
    {"debug4", DEBUG4, false},
    {"debug3", DEBUG3, false},
    {"debug2", DEBUG2, false},
    {"debug1", DEBUG1, false},
    {"debug", DEBUG2, true},
    {"log", LOG, false},
    {"info", INFO, true},
    {"notice", NOTICE, false},
    {"warning", WARNING, false},
    {"error", ERROR, false},
    kEnd,
};
constexpr Choice kAggregationStrategies[] = {
    {"disabled", kNoCoordinatorAggregation, false},
    {"row-gather", kAggregateByRows, false},
    kEnd,
};
constexpr Choice kSenderPriorities[] = {
    {"inherit", kInheritPriority, false},
    {"0", 0, false},
    {"1", 1, false},
    {"2", 2, false},
    {"3", 3, false},
    {"4", 4, false},
    {"5", 5, false},
    {"6", 6, false},
    {"7", 7, false},
    {"8", 8, false},
    {"9", 9, false},
    {"10", 10, false},
    {"11", 11, false},
    {"12", 12, false},
    {"13", 13, false},
    {"14", 14, false},
    {"15", 15, false},
    {"16", 16, false},
    {"17", 17, false},
    {"18", 18, false},
    {"19", 19, false},
    kEnd,
};
constexpr Choice kObjectPropagations[] = {
    {"deferred", kPropagateDeferred, false},
    {"automatic", kPropagateAutomatically, false},
    {"immediate", kPropagateImmediately, false},
    kEnd,
};
constexpr Choice kTaskOrders[] = {{"execution-time", kTasksByTime, false}, {"taskId", kTasksById, false}, kEnd};
constexpr Choice kJoinPolicies[] = {
    {"never", kJoinNever, false},
    {"prefer-local", kJoinPreferLocal, false},
    {"prefer-distributed", kJoinPreferDistributed, false},
    {"auto", kJoinAuto, false},
    kEnd,
};
constexpr Choice kSyncModes[] = {
    {"transactional", kSyncInTransaction, false},
    {"nontransactional", kSyncStepwise, false},
    kEnd,
};
constexpr Choice kModifyModes[] = {
    {"parallel", kModifyParallel, false}, {"sequential", kModifySequential, false}, kEnd};
constexpr Choice kSetPropagations[] = {{"none", kPropagateNoSet, false}, {"local", kPropagateSetLocal, false}, kEnd};
constexpr Choice kReplicationModels[] = {
    {"statement", kReplicateStatements, false},
    {"streaming", kReplicateStreaming, false},
    kEnd,
};
constexpr Choice kTrackModes[] = {{"none", kTrackNone, false}, {"all", kTrackAll, false}, kEnd};
constexpr Choice kAssignmentPolicies[] = {
    {"greedy", kAssignGreedy, false},
    {"first-replica", kAssignFirstReplica, false},
    {"round-robin", kAssignRoundRobin, false},
    kEnd,
};
constexpr Choice kExecutorTypes[] = {
    {"adaptive", kExecutorAdaptive, false},
    {"real-time", kExecutorRealTime, false},
    {"task-tracker", kExecutorTaskTracker, false},
    kEnd,
};
constexpr Choice kSecondaryUses[] = {
    {"never", kUseSecondariesNever, false},
    {"always", kUseSecondariesAlways, false},
    kEnd,
};

constexpr EnumSetting kSettings[] = {
    {"citus.coordinator_aggregation_strategy", &setting::coordinator_aggregation_strategy, kAggregateByRows,
     kAggregationStrategies, PGC_USERSET, 0, Inert,
     "Chooses what becomes of aggregates that cannot be computed in part on each node."},
    {"citus.cpu_priority_for_logical_replication_senders", &setting::cpu_priority_for_logical_replication_senders,
     kInheritPriority, kSenderPriorities, PGC_SUSET, 0, Inert,
     "Sets the nice value of the processes that send the changes of a moving shard."},
    {"citus.create_object_propagation", &setting::create_object_propagation, kPropagateImmediately, kObjectPropagations,
     PGC_USERSET, kHidden, Inert, "Chooses when an object created in a transaction is created on the other nodes."},
    {"citus.explain_analyze_sort_method", &setting::explain_analyze_sort_method, kTasksByTime, kTaskOrders, PGC_USERSET,
     0, Inert, "Sorts the tasks that EXPLAIN ANALYZE shows."},
    {"citus.local_table_join_policy", &setting::local_table_join_policy, kJoinAuto, kJoinPolicies, PGC_USERSET, 0,
     Inert, "Chooses which side is moved when a local table is joined with a distributed one."},
    {"citus.metadata_sync_mode", &setting::metadata_sync_mode, kSyncInTransaction, kSyncModes, PGC_SUSET,
     kHidden | GUC_SUPERUSER_ONLY, Inert, "Chooses whether metadata is sent to a node in one transaction or in many."},
    {"citus.multi_shard_modify_mode", &setting::multi_shard_modify_mode, kModifyParallel, kModifyModes, PGC_USERSET, 0,
     Live, "Chooses whether a write to many shards runs on all of them at the same time."},
    {"citus.multi_task_query_log_level", &setting::multi_task_query_log_level, kLogOff, kLogLevels, PGC_USERSET, 0,
     Inert, "Sets the level of the message that a statement with several tasks logs."},
    {"citus.propagate_set_commands", &setting::propagate_set_commands, kPropagateNoSet, kSetPropagations, PGC_USERSET,
     0, Inert, "Chooses which SET commands are carried to the other nodes of a transaction."},
    {"citus.replication_model", &setting::replication_model, kReplicateStreaming, kReplicationModels, PGC_SUSET,
     kHidden, Inert, "Chooses how the copies of shards of new tables are kept equal."},
    {"citus.stat_statements_track", &setting::stat_statements_track, kTrackNone, kTrackModes, PGC_SUSET, 0, Inert,
     "Chooses which statements citus_stat_statements counts."},
    {"citus.stat_tenants_log_level", &setting::stat_tenants_log_level, kLogOff, kLogLevels, PGC_USERSET, 0, Inert,
     "Sets the level of the messages about the counting of tenants."},
    {"citus.stat_tenants_track", &setting::stat_tenants_track, kTrackNone, kTrackModes, PGC_SUSET, 0, Inert,
     "Chooses whether citus_stat_tenants counts."},
    {"citus.task_assignment_policy", &setting::task_assignment_policy, kAssignGreedy, kAssignmentPolicies, PGC_USERSET,
     0, Inert, "Chooses the placement that a read of a replicated shard group goes to."},
    {"citus.task_executor_type", &setting::task_executor_type, kExecutorAdaptive, kExecutorTypes, PGC_USERSET, 0, Inert,
     "Chooses the executor of distributed statements; all choices mean the same."},
    {"citus.use_secondary_nodes", &setting::use_secondary_nodes, kUseSecondariesNever, kSecondaryUses, PGC_SU_BACKEND,
     0, Inert, "Chooses whether reads go to secondary nodes."},
    {"citus.worker_min_messages", &setting::worker_min_messages, NOTICE, kLogLevels, PGC_USERSET, 0, Live,
     "Sets the lowest level of messages of other nodes that are shown to the client."},
};

} // namespace

void define_enum_settings() {
    define_each<kSettings>([](const EnumSetting &setting, GucEnumCheckHook check, const char *note) {
        DefineCustomEnumVariable(setting.name, setting.description, note, setting.variable, setting.standard,
                                 setting.values, setting.context, setting.flags, check, setting.assign, nullptr);
    });
}

} // namespace cedro::extension
