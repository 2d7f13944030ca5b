// Checks connection strings with libpq's own parser.
#include "net/conninfo.hpp"

#include <libpq-fe.h>

namespace cedro::net {
namespace {

constexpr std::string_view kNodeKeywords[] = {
    "connect_timeout",     "gsslib",     "host",           "keepalives",     "keepalives_count", "keepalives_idle",
    "keepalives_interval", "krbsrvname", "sslcert",        "sslcompression", "sslcrl",           "sslkey",
    "sslkeylogfile",       "sslmode",    "sslnegotiation", "sslrootcert",    "tcp_user_timeout",
};
constexpr std::string_view kAuthKeywords[] = {"password", "sslcert", "sslkey"};
constexpr std::string_view kPoolKeywords[] = {"dbname", "host", "port"};

} // namespace

std::span<const std::string_view> node_conninfo_keywords() { return kNodeKeywords; }

std::span<const std::string_view> authinfo_keywords() { return kAuthKeywords; }

std::span<const std::string_view> poolinfo_keywords() { return kPoolKeywords; }

std::optional<ConninfoFault> conninfo_fault(const char *conninfo, std::span<const std::string_view> allowed) {
    char *message = nullptr;
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);
    if (options == nullptr) {
        char *detail = pstrdup(message ? message : "out of memory");
        if (size_t length = strlen(detail); length > 0 && detail[length - 1] == '\n') detail[length - 1] = '\0';
        if (message) PQfreemem(message);
        return ConninfoFault{detail};
    }
    // Nothing below may raise before the options are freed.
    char keyword[NAMEDATALEN] = "";
    for (PQconninfoOption *option = options; option->keyword != nullptr; ++option)
        if (option->val != nullptr && std::ranges::find(allowed, std::string_view(option->keyword)) == allowed.end()) {
            strlcpy(keyword, option->keyword, sizeof(keyword));
            break;
        }
    PQconninfoFree(options);
    if (keyword[0] == '\0') return std::nullopt;
    return ConninfoFault{psprintf("keyword \"%s\" is not allowed here", keyword)};
}

} // namespace cedro::net
