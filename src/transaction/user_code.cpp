#include "transaction/user_code.hpp"

#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "transaction/applying.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::transaction {

namespace {

constinit needs_fmgr_hook_type next_needs = nullptr;
constinit fmgr_hook_type next_hook = nullptr;

// A call that was entered. One FmgrInfo may be entered again before it is left.
struct Call {
    Call *outer;
    bool is_confined;
    bool is_definer; // PostgreSQL switches the user of a SECURITY DEFINER function itself, and back
    Oid user;
    int security_context;
    bool was_applying;
    Datum next_argument; // of the hook before ours
};

struct Function {
    Oid owner;
    bool is_definer;
};

std::optional<Function> function_of_user(Oid relid) {
    if (relid < FirstNormalObjectId) return std::nullopt;
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(relid));
    if (!HeapTupleIsValid(tuple)) return std::nullopt;
    const auto *form = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    const Function function{form->proowner, form->prosecdef};
    ReleaseSysCache(tuple);
    if (superuser_arg(function.owner)) return std::nullopt;
    return function;
}

extern "C" bool needs_watching(Oid function) {
    return (next_needs && next_needs(function)) || (is_applying() && function_of_user(function));
}

void confine(Call *call, const Function &function) {
    call->is_confined = true;
    call->is_definer = function.is_definer;
    GetUserIdAndSecContext(&call->user, &call->security_context);
    call->was_applying = set_applying(false);
    SetUserIdAndSecContext(function.owner,
                           call->security_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
}

void release(const Call *call) {
    set_applying(call->was_applying);
    if (!call->is_definer) SetUserIdAndSecContext(call->user, call->security_context);
}

void enter(FmgrInfo *function, Datum *argument) {
    auto *outer = reinterpret_cast<Call *>(DatumGetPointer(*argument));
    std::optional<Function> confined;
    if (is_applying()) confined = function_of_user(function->fn_oid);
    if (!outer && !confined && !next_hook) return;
    auto *call = static_cast<Call *>(MemoryContextAllocZero(TopTransactionContext, sizeof(Call)));
    call->outer = outer;
    *argument = PointerGetDatum(call);
    if (next_hook) next_hook(FHET_START, function, &call->next_argument);
    if (confined) confine(call, *confined);
}

void leave(FmgrHookEventType event, FmgrInfo *function, Datum *argument) {
    auto *call = reinterpret_cast<Call *>(DatumGetPointer(*argument));
    if (!call) return;
    if (call->is_confined) release(call);
    if (next_hook) next_hook(event, function, &call->next_argument);
    *argument = PointerGetDatum(call->outer);
    pfree(call);
}

extern "C" void watch(FmgrHookEventType event, FmgrInfo *function, Datum *argument) {
    if (event == FHET_START)
        enter(function, argument);
    else
        leave(event, function, argument);
}

} // namespace

void confine_user_code() {
    next_needs = needs_fmgr_hook;
    needs_fmgr_hook = needs_watching;
    next_hook = fmgr_hook;
    fmgr_hook = watch;
}

} // namespace cedro::transaction
