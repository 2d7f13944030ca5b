// Cancel requests. libpq's PQcancel() waits without limit for a server that is
// stopped, so the request (16 bytes on a connection of its own) is sent here;
// the key comes from the server itself, told after login.
#include "net/connection.hpp"

#include "pg/file.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

namespace cedro::net {
namespace {

constexpr int64 kConnectLimit = 500; // milliseconds
constexpr uint32 kCancelCode = 80877102;

struct Request {
    uint32 length;
    uint32 code;
    uint32 process;
    uint32 key;
};
static_assert(sizeof(Request) == 16);

bool is_connected(int descriptor, const sockaddr *address, socklen_t size) {
    if (::connect(descriptor, address, size) == 0) return true;
    if (errno != EINPROGRESS && errno != EAGAIN) return false;
    Socket socket{descriptor, false, true};
    if (!wait({&socket, 1}, in_milliseconds(kConnectLimit), Interrupts::Hold)) return false;
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

} // namespace

int start_cancel(Connection *connection) {
    sockaddr_storage address;
    socklen_t size = sizeof address;
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    if (connection->has_pool || PQstatus(connection->libpq) != CONNECTION_OK ||
        getpeername(PQsocket(connection->libpq), generic, &size) != 0)
        return -1;
    const int descriptor = socket(generic->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    ReserveExternalFD();
    const Request request{htonl(sizeof(Request)), htonl(kCancelCode),
                          htonl(static_cast<uint32>(PQbackendPID(connection->libpq))),
                          htonl(static_cast<uint32>(connection->cancel_key))};
    if (is_connected(descriptor, generic, size) &&
        send(descriptor, &request, sizeof request, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof request))
        return descriptor;
    end_cancel(descriptor);
    return -1;
}

void end_cancel(int socket) {
    if (socket < 0) return;
    ::close(socket);
    ReleaseExternalFD();
}

} // namespace cedro::net
