#include "transaction/applying.hpp"

#include "pg/scope.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::transaction {

namespace {

constinit bool applying = false;

} // namespace

bool is_applying() { return applying; }

bool set_applying(bool is_applying) { return std::exchange(applying, is_applying); }

void apply(pg::FunctionRef<void()> body) {
    const bool was_applying = applying;
    applying = true;
    pg::finally(body, [&] { applying = was_applying; });
}

void without_applying(pg::FunctionRef<void()> body) {
    const bool was_applying = applying;
    applying = false;
    pg::finally(body, [&] { applying = was_applying; });
}

} // namespace cedro::transaction
