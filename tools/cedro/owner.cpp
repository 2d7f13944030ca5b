#include "owner.hpp"

#include "failure.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cedro {
namespace {

User user_of(const passwd *entry) { return {entry->pw_uid, entry->pw_gid, entry->pw_name}; }

void must(bool done) {
    if (!done) throw Failure("could not change to the user that runs the servers");
}

} // namespace

User server_user() {
    if (getuid() != 0) {
        const passwd *self = getpwuid(getuid());
        return self ? user_of(self) : User{getuid(), getgid(), "postgres"};
    }
    const passwd *postgres = getpwnam("postgres");
    if (!postgres)
        throw Failure("servers cannot run as root, and there is no user postgres to run them",
                      "Install postgresql-15 (tools/setup does), or run cedro as an ordinary user.");
    return user_of(postgres);
}

User owner_of(const std::filesystem::path &directory) {
    struct stat facts {};
    if (stat(directory.c_str(), &facts) != 0)
        throw Failure(fmt::format("there is no directory {}", directory.string()));
    const passwd *entry = getpwuid(facts.st_uid);
    User owner = entry ? user_of(entry) : User{facts.st_uid, facts.st_gid, std::to_string(facts.st_uid)};
    if (getuid() != 0 && getuid() != owner.uid)
        throw Failure(fmt::format("the cluster in {} belongs to {}", directory.string(), owner.name),
                      fmt::format("Run this as {} or as root, or name another cluster with --dir.", owner.name));
    if (owner.uid == 0)
        throw Failure(fmt::format("{} belongs to root, and servers cannot run as root", directory.string()));
    return owner;
}

ActingAs::ActingAs(const User &user) {
    if (getuid() != 0 || geteuid() == user.uid) return;
    must(initgroups(user.name.c_str(), user.gid) == 0 && setegid(user.gid) == 0 && seteuid(user.uid) == 0);
    switched_ = true;
}

ActingAs::~ActingAs() {
    if (!switched_) return;
    if (seteuid(0) != 0 || setegid(0) != 0 || initgroups("root", 0) != 0) _exit(1);
}

void become_effective_user_for_good() {
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (getuid() == uid) return;
    // The groups were set by ActingAs; only real and saved ids are left to change, and that takes root once more.
    if (seteuid(0) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) _exit(126);
    if (const passwd *entry = getpwuid(uid)) setenv("HOME", entry->pw_dir, 1);
}

} // namespace cedro
