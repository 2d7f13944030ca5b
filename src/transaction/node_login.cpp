#include "transaction/node_login.hpp"

#include "net/secret.hpp"
#include "pg/catalog.hpp"
#include "pg/crypto.hpp"
#include "pg/spi.hpp"

namespace cedro::transaction {
namespace {

constexpr char kRights[] = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

/// Whether the role has the password already: several databases share it.
bool has_password(const char *role, const char *password) {
    const char *detail = nullptr;
    char *verifier = get_role_password(role, &detail);
    return verifier && plain_crypt_verify(role, verifier, password, &detail) == 0;
}

bool is_superuser(const char *role) { return superuser_arg(get_role_oid(role, false)); }

} // namespace

void make_node_login() {
    const char *password = net::login_password();
    const bool exists = OidIsValid(get_role_oid(net::kNodeRole, true));
    pg::with_spi([&] {
        if (!exists || is_superuser(net::kNodeRole) || !has_password(net::kNodeRole, password))
            // A verifier, so that no log shows the password.
            pg::sql(psprintf("%s ROLE %s %s PASSWORD %s", exists ? "ALTER" : "CREATE", net::kNodeRole, kRights,
                             quote_literal_cstr(pg_be_scram_build_secret(password))));
        pg::sql(psprintf("GRANT CONNECT ON DATABASE %s TO %s", quote_identifier(get_database_name(MyDatabaseId)),
                         net::kNodeRole));
    });
}

} // namespace cedro::transaction
