#include "install.hpp"

#include "failure.hpp"
#include "process.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace cedro {
namespace {

namespace fs = std::filesystem;

Path library_directory(const Path &root) {
    for (const auto &entry : fs::recursive_directory_iterator(root))
        if (entry.path().filename() == "citus.so") return entry.path().parent_path();
    throw Failure(fmt::format("there is no citus.so under {}", root.string()), "Run make in the checkout once more.");
}

Path asked_of_pg_config() {
    const char *named = std::getenv("PG_CONFIG");
    Outcome outcome = Process({named && *named ? named : "pg_config", "--bindir"}).wait();
    if (outcome.status != 0) return {};
    return outcome.output.substr(0, outcome.output.find('\n'));
}

// Debian's servers can be told to look for extensions elsewhere; others only find what is installed.
bool looks_elsewhere(const Path &programs) {
    Outcome settings = Process({(programs / "postgres").string(), "--describe-config"}).wait();
    return settings.output.find("extension_destdir") != std::string::npos;
}

} // namespace

Path find_programs() {
    std::vector<Path> places{asked_of_pg_config()};
    for (int major = 18; major >= 15; --major) places.push_back(fmt::format("/usr/lib/postgresql/{}/bin", major));
    for (const Path &place : places)
        if (!place.empty() && fs::exists(place / "initdb")) return place;
    throw Failure("PostgreSQL's server programs (initdb, pg_ctl, postgres) were not found",
                  "Install postgresql-15, or set PG_CONFIG to the pg_config of your installation.");
}

Path built_extension() {
    Path beside = fs::read_symlink("/proc/self/exe").parent_path() / "stage";
    return fs::exists(beside) ? beside : Path();
}

void copy_extension(const Cluster &cluster) {
    Path built = built_extension();
    if (built.empty()) return;
    if (!looks_elsewhere(cluster.programs))
        throw Failure(fmt::format("the servers of {} cannot be told where the extension is", cluster.programs.string()),
                      fmt::format("Install it with \"make install\", then remove {} and try again.", built.string()));
    Path next = cluster.directory / "install.new";
    fs::remove_all(next);
    fs::copy(built, next, fs::copy_options::recursive);
    for (const auto &entry : fs::recursive_directory_iterator(next))
        fs::permissions(entry.path(), fs::perms(entry.is_directory() ? 0755 : 0644));
    // Files that a running server has mapped must stay as they are: the old tree goes away, it is not overwritten.
    fs::remove_all(cluster.install());
    fs::rename(next, cluster.install());
}

std::string extension_settings(const Cluster &cluster) {
    if (!fs::exists(cluster.install())) return {};
    return fmt::format("extension_destdir = '{}'\ndynamic_library_path = '{}:$libdir'\n", cluster.install().string(),
                       library_directory(cluster.install()).string());
}

} // namespace cedro
