#include "process.hpp"

#include "failure.hpp"
#include "owner.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cedro {
namespace {

std::vector<char *> argv_of(const Arguments &arguments) {
    std::vector<char *> argv;
    for (const std::string &argument : arguments) argv.push_back(const_cast<char *>(argument.c_str()));
    argv.push_back(nullptr);
    return argv;
}

// Descriptor of a file that has no name any more, for the output of a child: servers inherit it and may outlive us,
// which a pipe would not survive.
int nameless_file() {
    char path[] = "/tmp/cedro-XXXXXX";
    int descriptor = mkostemp(path, O_CLOEXEC);
    if (descriptor < 0) throw Failure(fmt::format("could not make a file in /tmp: {}", std::strerror(errno)));
    unlink(path);
    return descriptor;
}

std::string content_of(int descriptor) {
    std::string content;
    char buffer[8192];
    lseek(descriptor, 0, SEEK_SET);
    for (ssize_t got; (got = read(descriptor, buffer, sizeof buffer)) > 0;)
        content.append(buffer, static_cast<size_t>(got));
    return content;
}

} // namespace

Process::Process(const Arguments &arguments) : output_(nameless_file()) {
    std::vector<char *> argv = argv_of(arguments);
    pid_ = fork();
    if (pid_ < 0) throw Failure(fmt::format("could not start {}: {}", arguments[0], std::strerror(errno)));
    if (pid_ > 0) return;
    become_effective_user_for_good();
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    dup2(output_, 1);
    dup2(output_, 2);
    if (chdir("/") != 0) _exit(126);
    execvp(argv[0], argv.data());
    std::string complaint = fmt::format("{}: {}\n", arguments[0], std::strerror(errno));
    [[maybe_unused]] ssize_t written = write(2, complaint.data(), complaint.size());
    _exit(127);
}

Outcome Process::wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content_of(output_)};
    close(output_);
    return outcome;
}

std::string run(const Arguments &arguments, const std::string &what) {
    Outcome outcome = Process(arguments).wait();
    if (outcome.status != 0) throw Failure(fmt::format("could not {}", what), outcome.output);
    return outcome.output;
}

int in_a_child(const std::function<int()> &body) {
    std::fflush(nullptr);
    pid_t child = fork();
    if (child < 0) throw Failure(fmt::format("could not start a process: {}", std::strerror(errno)));
    if (child == 0) {
        int status = 1;
        try {
            status = body();
        } catch (const Failure &failure) {
            fmt::print(stderr, "cedro: {}\n{}\n", failure.what(), failure.hint);
        }
        std::fflush(nullptr);
        _exit(status);
    }
    // Who tidies up after the child must live, also when the reader of its output went away.
    std::signal(SIGPIPE, SIG_IGN);
    auto interrupt = std::signal(SIGINT, SIG_IGN);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    std::signal(SIGINT, interrupt);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void become(const Arguments &arguments) {
    std::vector<char *> argv = argv_of(arguments);
    execvp(argv[0], argv.data());
    throw Failure(fmt::format("could not run {}: {}", arguments[0], std::strerror(errno)));
}

} // namespace cedro
