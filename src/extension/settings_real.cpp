// Fractions. The columns: name, variable, default, least, greatest, who may set
// it, flags, whether it does anything yet, description.
#include "extension/setting_table.hpp"

namespace cedro::extension {
namespace {

constexpr RealSetting kSettings[] = {
    {"citus.count_distinct_error_rate", &setting::count_distinct_error_rate, 0.0, 0.0, 1.0, PGC_USERSET, 0, Inert,
     "Sets the error rate that an approximate count(distinct) may have; 0 counts exactly."},
    {"citus.desired_percent_disk_available_after_move", &setting::desired_percent_disk_available_after_move, 10.0, 0.0,
     100.0, PGC_SIGHUP, 0, Inert,
     "Sets the share of a node's disk, in percent, that must stay free after a shard is moved to it."},
    {"citus.distributed_deadlock_detection_factor", &setting::distributed_deadlock_detection_factor, 2.0, -1.0, 1000.0,
     PGC_SIGHUP, 0, Live,
     "Multiplies deadlock_timeout to give the time between two searches for cycles of waits over several nodes; -1 "
     "disables them."},
    {"citus.stat_tenants_untracked_sample_rate", &setting::stat_tenants_untracked_sample_rate, 1.0, 0.0, 1.0,
     PGC_USERSET, 0, Inert, "Sets the share of statements by tenants not seen before that are counted."},
};

} // namespace

void define_real_settings() {
    define_each<kSettings>([](const RealSetting &setting, GucRealCheckHook check, const char *note) {
        DefineCustomRealVariable(setting.name, setting.description, note, setting.variable, setting.standard,
                                 setting.minimum, setting.maximum, setting.context, setting.flags, check,
                                 setting.assign, nullptr);
    });
}

} // namespace cedro::extension
