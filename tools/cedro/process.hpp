// Other programs: run one and wait, start several and wait for all, or become one.
#pragma once
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cedro {

using Arguments = std::vector<std::string>;

struct Outcome {
    int status = 0; // exit status, or 128 + signal
    std::string output;
};

/// A child that runs with stdin closed and its output collected in a temporary file. It runs as the effective user.
class Process {
public:
    explicit Process(const Arguments &arguments);
    Outcome wait();

private:
    pid_t pid_ = -1;
    int output_ = -1;
};

/// Runs a program to its end; a status other than 0 is a Failure that carries its output.
std::string run(const Arguments &arguments, const std::string &what);

/// Runs the body in a child process and returns its exit status. Ctrl-C ends the child only.
int in_a_child(const std::function<int()> &body);

/// Replaces this process. Returns never.
[[noreturn]] void become(const Arguments &arguments);

} // namespace cedro
