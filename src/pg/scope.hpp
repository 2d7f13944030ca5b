// Scopes are functions, not objects: a frame that calls PostgreSQL owns nothing
// with a destructor, so an ereport may leave it at any point. On the error path
// the transaction's abort does what the line after body() would have done.
#pragma once
#include "pg/arena.hpp"

namespace cedro::pg {

template <typename Body>
auto with_context(MemoryContext context, Body &&body) {
    MemoryContext old = MemoryContextSwitchTo(context);
    if constexpr (std::is_void_v<decltype(body())>) {
        body();
        MemoryContextSwitchTo(old);
    } else {
        auto result = body();
        MemoryContextSwitchTo(old);
        return result;
    }
}

/// Opens a relation (table, index, sequence…) and keeps the lock to the end of the transaction.
template <typename Body>
auto with_relation(Oid oid, LOCKMODE lock, Body &&body) {
    Relation relation = relation_open(oid, lock);
    if constexpr (std::is_void_v<decltype(body(relation))>) {
        body(relation);
        relation_close(relation, NoLock);
    } else {
        auto result = body(relation);
        relation_close(relation, NoLock);
        return result;
    }
}

/// Runs body as another role. Abort restores the role by itself.
/// security_context: SECURITY_LOCAL_USERID_CHANGE forbids SET ROLE inside.
template <typename Body>
auto with_user(Oid role, int security_context, Body &&body) {
    Oid old_role;
    int old_context;
    GetUserIdAndSecContext(&old_role, &old_context);
    SetUserIdAndSecContext(role, old_context | security_context);
    if constexpr (std::is_void_v<decltype(body())>) {
        body();
        SetUserIdAndSecContext(old_role, old_context);
    } else {
        auto result = body();
        SetUserIdAndSecContext(old_role, old_context);
        return result;
    }
}

/// Runs cleanup after body, also when body raises. For the few things abort
/// does not undo: backend globals, foreign handles.
void finally(FunctionRef<void()> body, FunctionRef<void()> cleanup);

/// Runs body; an error that it raises goes on as `amend` leaves it. amend runs
/// before the abort: it may read catalogs only for errors raised where no
/// lightweight lock is held.
void amending(FunctionRef<void()> body, FunctionRef<void(ErrorData *)> amend);

/// Runs body in a subtransaction; the only legal way to swallow an error.
/// Returns the error, or nullptr when body succeeded.
ErrorData *caught(FunctionRef<void()> body);

/// Ties something malloc'ed (a PGresult, a PGconn) to a memory context.
template <typename T>
T *adopt(T *object, void (*release)(T *), MemoryContext context = CurrentMemoryContext) {
    struct Adopted {
        MemoryContextCallback callback;
        T *object;
        void (*release)(T *);
    };
    static_assert(Forgettable<Adopted>);
    auto *adopted = static_cast<Adopted *>(MemoryContextAlloc(context, sizeof(Adopted)));
    adopted->object = object;
    adopted->release = release;
    adopted->callback.arg = adopted;
    adopted->callback.func = [](void *arg) {
        auto *self = static_cast<Adopted *>(arg);
        self->release(self->object);
    };
    MemoryContextRegisterResetCallback(context, &adopted->callback);
    return object;
}

} // namespace cedro::pg
