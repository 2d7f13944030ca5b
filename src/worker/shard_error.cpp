#include "worker/shard_error.hpp"

#include "transaction/names.hpp"

namespace cedro::worker {

namespace {

// Errors in what the statement says or does to rows are raised between
// PostgreSQL's own operations; only then may catalogs be read before the abort.
bool is_about_rows(int code) {
    switch (ERRCODE_TO_CATEGORY(code)) {
    case ERRCODE_TO_CATEGORY(ERRCODE_DATA_EXCEPTION):
    case ERRCODE_TO_CATEGORY(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION):
    case ERRCODE_TO_CATEGORY(ERRCODE_TRANSACTION_ROLLBACK):
    case ERRCODE_TO_CATEGORY(ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION):
    case ERRCODE_TO_CATEGORY(ERRCODE_WITH_CHECK_OPTION_VIOLATION):
    case ERRCODE_TO_CATEGORY(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE): return true;
    default: return false;
    }
}

} // namespace

void naming_tables(pg::FunctionRef<void()> body) {
    pg::amending(body, [](ErrorData *error) {
        if (is_about_rows(error->sqlerrcode)) transaction::name_tables(error);
    });
}

} // namespace cedro::worker
