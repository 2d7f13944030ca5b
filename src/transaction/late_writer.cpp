#include "transaction/late_writer.hpp"

#include "pg/transaction.hpp"
#include "pg/utility.hpp"
#include "pg/wire.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/node_session.hpp"
#include "transaction/participant.hpp"

namespace cedro::transaction {
namespace {

// A parameter status as settings have them: it may come at any time, and libpq keeps the last one.
constexpr char kName[] = "citus.written_by";

constinit DistributedId told{};
constinit DistributedId alone{};

bool has_written() {
    if (TransactionIdIsValid(GetTopTransactionIdIfAny())) return true;
    return std::ranges::any_of(participants(), [](const Session *each) { return each->writes; });
}

using Text = char[64];

const char *text_of(const DistributedId &id, Text &text) {
    snprintf(text, sizeof text, "%d_" UINT64_FORMAT, id.group, id.number);
    return text;
}

} // namespace

void tell_of_writing() {
    if (!is_proved_session()) return;
    const DistributedId id = current_id();
    if (id && alone == id && has_written())
        ereport(ERROR, (errcode(MAKE_SQLSTATE('C', 'I', '0', '0', '1')),
                        errmsg("a statement that was sent to read alone has written")));
    if (!id || told == id || whereToSendOutput != DestRemote || !has_written()) return;
    told = id;
    Text text;
    StringInfoData message;
    pq_beginmessage(&message, 'S');
    pq_sendstring(&message, kName);
    pq_sendstring(&message, text_of(id, text));
    pq_endmessage(&message);
}

void set_alone(bool is_alone) { alone = is_alone ? current_id() : DistributedId{}; }

bool has_told_of_writing(const Session &session) {
    const char *value = PQparameterStatus(session.connection->libpq, kName);
    Text text;
    return value && strcmp(value, text_of(current_id(), text)) == 0;
}

} // namespace cedro::transaction
