// Files that other backends may read by name, and that vanish with whoever made them.
#pragma once
#include "pg/file.hpp"

extern "C" {
#include "storage/buffile.h"
#include "storage/fileset.h"
}

namespace cedro::pg {

/// Runs body so that the files it opens stay open to the end of the transaction.
template <typename Body>
auto to_end_of_transaction(Body &&body) {
    ResourceOwner old = CurrentResourceOwner;
    CurrentResourceOwner = TopTransactionResourceOwner;
    auto result = body();
    CurrentResourceOwner = old;
    return result;
}

} // namespace cedro::pg
