#include "pg/scope.hpp"

namespace cedro::pg {

void finally(FunctionRef<void()> body, FunctionRef<void()> cleanup) {
    PG_TRY();
    { body(); }
    PG_CATCH();
    {
        cleanup();
        PG_RE_THROW();
    }
    PG_END_TRY();
    cleanup();
}

void amending(FunctionRef<void()> body, FunctionRef<void(ErrorData *)> amend) {
    MemoryContext context = CurrentMemoryContext;
    PG_TRY();
    { body(); }
    PG_CATCH();
    {
        MemoryContextSwitchTo(context);
        ErrorData *error = CopyErrorData();
        FlushErrorState();
        amend(error);
        ReThrowError(error);
    }
    PG_END_TRY();
}

ErrorData *caught(FunctionRef<void()> body) {
    MemoryContext context = CurrentMemoryContext;
    ResourceOwner owner = CurrentResourceOwner;
    ErrorData *volatile error = nullptr;

    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(context);
    PG_TRY();
    {
        body();
        ReleaseCurrentSubTransaction();
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(context);
        error = CopyErrorData();
        FlushErrorState();
        RollbackAndReleaseCurrentSubTransaction();
    }
    PG_END_TRY();
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
    return error;
}

} // namespace cedro::pg
