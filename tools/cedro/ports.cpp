// What a new cluster needs from the machine: ports nobody uses, and randomness.
#include "failure.hpp"
#include "server.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cedro {
namespace {

constexpr int kLastPort = 65000;

// A socket bound to the port, or -1 when that is taken. Bound without SO_REUSEADDR, it is alone on the port, so a
// second program that tries the same fails; given SO_REUSEADDR afterwards, it lets in a server, which uses it too. A
// port named by the user may be in TIME_WAIT from a cluster that was just removed: there SO_REUSEADDR is set
// beforehand.
int bound_socket(int port, bool named) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    if (named) setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    address.sin_port = htons(static_cast<uint16_t>(port));
    if (bind(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0) {
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        return descriptor;
    }
    close(descriptor);
    return -1;
}

} // namespace

FreePorts::FreePorts(int first, size_t count, bool exactly) {
    for (int port = first; numbers_.size() < count && port <= kLastPort; ++port) {
        int descriptor = bound_socket(port, exactly);
        if (descriptor >= 0) {
            numbers_.push_back(port);
            sockets_.push_back(descriptor);
        } else if (exactly) {
            throw Failure(fmt::format("port {} is taken", port),
                          fmt::format("The nodes need {} ports from {} upwards. Leave --port out, and free ones are "
                                      "found.",
                                      count, first));
        }
    }
    if (numbers_.size() < count) throw Failure("there are not enough free ports");
}

FreePorts::~FreePorts() {
    for (int descriptor : sockets_) close(descriptor);
}

std::string random_text(size_t length) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text(length, '\0');
    if (getrandom(text.data(), length, 0) != static_cast<ssize_t>(length)) throw Failure("there is no randomness");
    for (char &c : text) c = alphabet[static_cast<unsigned char>(c) % 64];
    return text;
}

void write_secret(const Path &path, const std::string &content) {
    int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written =
        descriptor >= 0 && write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size());
    if (descriptor >= 0) written = close(descriptor) == 0 && written;
    if (!written) throw Failure(fmt::format("could not write {}: {}", path.string(), std::strerror(errno)));
}

} // namespace cedro
