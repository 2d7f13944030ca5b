// Switches encryption on, for nodes want it of each other by default
// (citus.node_conninfo) and a new server has it off.
#include "net/certificate.hpp"
#include "pg/function.hpp"
#include "pg/guc.hpp"
#include "pg/server.hpp"

namespace cedro::api {
namespace {

bool exists(const char *path) { return access(path, F_OK) == 0; }

/// ALTER SYSTEM SET ssl TO on, which as a statement could not stand in a transaction.
void set_ssl_on() {
    auto *value = makeNode(A_Const);
    value->val.sval = *makeString(pstrdup("on"));
    value->location = -1;
    auto *set = makeNode(VariableSetStmt);
    set->kind = VAR_SET_VALUE;
    set->name = pstrdup("ssl");
    set->args = list_make1(value);
    auto *statement = makeNode(AlterSystemStmt);
    statement->setstmt = set;
    AlterSystemSetConfigFile(statement);
}

/// Waits, within limits, until the postmaster has read the configuration: it
/// tells its children on the way.
void reload_configuration() {
    constexpr long kStep = 10 * 1000; // microseconds
    if (kill(PostmasterPid, SIGHUP) != 0) return;
    for (int step = 0; step < 100 && !ConfigReloadPending; ++step) {
        CHECK_FOR_INTERRUPTS();
        pg_usleep(kStep);
    }
    pg_usleep(5 * kStep); // the certificate is loaded after that
}

} // namespace

PG_SQL_FUNCTION(enable_ssl) {
    if (!superuser())
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be superuser to switch encryption on")));
    if (EnableSSL) PG_RETURN_VOID();
    const char *certificate = GetConfigOption("ssl_cert_file", false, false);
    const char *key = GetConfigOption("ssl_key_file", false, false);
    bool is_made = exists(certificate) && exists(key);
    if (!is_made)
        if (const char *failure = net::make_certificate(certificate, key, "cedro"))
            ereport(ERROR,
                    (errcode(ERRCODE_IO_ERROR),
                     errmsg("could not make a certificate for encrypted connections between nodes: %s", failure),
                     errhint("Set up ssl_cert_file and ssl_key_file and the line ssl = on in postgresql.conf, or the "
                             "line citus.node_conninfo = 'sslmode=prefer'.")));
    set_ssl_on();
    reload_configuration();
    // The script of an extension silences what is below WARNING; the log should have it.
    ereport(LOG, (errmsg("encrypted connections were switched on (ssl = on)"),
                  is_made ? 0 : errdetail("A certificate signed by itself was put into \"%s\".", certificate)));
    PG_RETURN_VOID();
}

} // namespace cedro::api
