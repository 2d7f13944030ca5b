// Texts. The columns: name, variable, default, who may set it, flags, whether
// it does anything yet, description.
#include "catalog/version.hpp"
#include "extension/setting_table.hpp"
#include "net/conninfo.hpp"

namespace cedro::extension {
namespace {

#ifdef USE_SSL
constexpr const char kDefaultConninfo[] = "sslmode=require";
#else
constexpr const char kDefaultConninfo[] = "sslmode=prefer";
#endif

bool check_conninfo(char **value, void **, GucSource) {
    std::optional<net::ConninfoFault> fault = net::conninfo_fault(*value, net::node_conninfo_keywords());
    if (!fault) return true;
    GUC_check_errdetail("%s", fault->detail);
    GUC_check_errhint("Users, hosts and databases come from the catalogs; set only how to connect.");
    return false;
}

constexpr StringSetting kSettings[] = {
    {"citus.cluster_name", &setting::cluster_name, "default", PGC_SU_BACKEND, 0, Inert,
     "Names the cluster whose nodes this server's sessions read from."},
    {"citus.enable_manual_metadata_changes_for_user", &setting::enable_manual_metadata_changes_for_user, "", PGC_SIGHUP,
     kHidden | GUC_SUPERUSER_ONLY, Inert,
     "Names the role that may change the metadata by the functions of citus_internal."},
    {"citus.fault_points", &setting::fault_points, "", PGC_SUSET, kHidden | GUC_SUPERUSER_ONLY, Live,
     "Makes steps of the commit protocol fail, for tests: elements like \"prepared=crash\", separated by commas."},
    {"citus.grep_remote_commands", &setting::grep_remote_commands, "", PGC_USERSET, kHidden, Live,
     "Logs only those remote commands that match this LIKE pattern."},
    {"citus.hide_shards_from_app_name_prefixes", &setting::hide_shards_from_app_name_prefixes, "", PGC_SUSET, kHidden,
     Inert, "Hides shards from sessions whose application_name begins with one of these."},
    {"citus.local_hostname", &setting::local_hostname, "localhost", PGC_SUSET, 0, Live,
     "Sets the host name by which this server connects to itself."},
    {"citus.mitmfifo", &setting::mitmfifo, "", PGC_SUSET, kHidden, Inert,
     "Names the pipe by which a test tells its network proxy what to do."},
    {"citus.node_conninfo", &setting::node_conninfo, kDefaultConninfo, PGC_SIGHUP, GUC_SUPERUSER_ONLY, Live,
     "Sets the libpq parameters of connections to other nodes.", check_conninfo},
    {"citus.show_shards_for_app_name_prefixes", &setting::show_shards_for_app_name_prefixes, "", PGC_USERSET, 0, Live,
     "Shows shards to sessions whose application_name begins with one of these."},
    {"citus.superuser", &setting::superuser, "", PGC_SUSET, 0, Inert,
     "Names the role that the maintenance daemon runs as."},
    {"citus.version", &setting::version, catalog::kCompatibleVersion, PGC_INTERNAL, 0, Live,
     "Shows the version of the loaded library."},
};

} // namespace

void define_string_settings() {
    define_each<kSettings>([](const StringSetting &setting, GucStringCheckHook check, const char *note) {
        DefineCustomStringVariable(setting.name, setting.description, note, setting.variable, setting.standard,
                                   setting.context, setting.flags, check, setting.assign, nullptr);
    });
}

} // namespace cedro::extension
