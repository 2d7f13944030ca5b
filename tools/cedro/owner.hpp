// Who runs the servers. PostgreSQL refuses to run as root, so root acts as somebody else while it handles a cluster.
#pragma once
#include <filesystem>
#include <string>
#include <sys/types.h>

namespace cedro {

struct User {
    uid_t uid;
    gid_t gid;
    std::string name;
};

/// The user that runs the servers of a new cluster: postgres when called by root, the caller otherwise.
User server_user();

/// The user whose cluster lies in this directory. Fails when the caller is somebody else and not root.
User owner_of(const std::filesystem::path &directory);

/// While it lives, files are made and programs run as that user.
class ActingAs {
public:
    explicit ActingAs(const User &user);
    ~ActingAs();
    ActingAs(const ActingAs &) = delete;
    ActingAs &operator=(const ActingAs &) = delete;

private:
    bool switched_ = false;
};

/// In a child about to run a program: gives up what ActingAs could take back.
void become_effective_user_for_good();

} // namespace cedro
