#include "transaction/applying.hpp"

#include "pg/scope.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::transaction {

namespace {

constinit bool applying = false;
constinit bool applied = false; // in this transaction

} // namespace

bool is_applying() { return applying; }

bool has_applied() { return applied; }

void forget_applied() { applied = false; }

bool set_applying(bool is_applying) { return std::exchange(applying, is_applying); }

void apply(pg::FunctionRef<void()> body) {
    const bool was_applying = applying;
    applying = true;
    applied = true;
    pg::finally(body, [&] { applying = was_applying; });
}

void without_applying(pg::FunctionRef<void()> body) {
    const bool was_applying = applying;
    applying = false;
    pg::finally(body, [&] { applying = was_applying; });
}

} // namespace cedro::transaction
