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

bool is_free(int port) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    address.sin_port = htons(static_cast<uint16_t>(port));
    bool free = bind(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
    close(descriptor);
    return free;
}

} // namespace

std::vector<int> free_ports(int first, size_t count, bool exactly) {
    std::vector<int> ports;
    for (int port = first; ports.size() < count && port <= kLastPort; ++port) {
        if (is_free(port))
            ports.push_back(port);
        else if (exactly)
            throw Failure(fmt::format("port {} is taken", port),
                          fmt::format("The nodes need {} ports from {} upwards. Leave --port out, and free ones are "
                                      "found.",
                                      count, first));
    }
    if (ports.size() < count) throw Failure("there are not enough free ports");
    return ports;
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
