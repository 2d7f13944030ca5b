#include "job/roster.hpp"

#include "pg/background.hpp"
#include "pg/list.hpp"

#include <csignal>

namespace cedro::job {
namespace {

constexpr size_t kMostDatabases = 128;
constexpr int kHold = 15000;    // milliseconds for which a held database gets no daemon
constexpr int kEndLimit = 5000; // and how long a statement waits for the daemon to end

struct Entry {
    Oid database; // InvalidOid: unused
    int32 pid;    // 0: no daemon runs
    TimestampTz held_until;
};

struct Shared {
    slock_t mutex; // protects the rest; no other lock is taken inside
    Latch *launcher;
    bool is_look_requested;
    Entry entries[kMostDatabases];
};

constinit Shared *shared = nullptr;
constinit bool wants_look = false; // at commit
constinit bool is_watching = false;

// The mutex is held while body runs: nothing in it may raise or wait.
template <typename Body>
auto locked(Body &&body) {
    SpinLockAcquire(&shared->mutex);
    auto result = body();
    SpinLockRelease(&shared->mutex);
    return result;
}

Entry *find(Oid database) {
    for (Entry &each : shared->entries)
        if (each.database == database) return &each;
    return nullptr;
}

void leave(int, Datum) {
    locked([] {
        for (Entry &each : shared->entries)
            if (each.pid == MyProcPid) each.pid = 0;
        return 0;
    });
    request_look();
}

/// Ends the daemon of a database and keeps it away while the statement runs.
void hold(const char *name) {
    const Oid database = name ? get_database_oid(name, true) : InvalidOid;
    if (!OidIsValid(database)) return;
    const TimestampTz until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), kHold);
    for (int waited = 0; waited < kEndLimit; waited += 10) {
        const int32 pid = locked([&] {
            Entry *entry = find(database);
            if (!entry && (entry = find(InvalidOid))) *entry = {database, 0, 0};
            if (!entry) return 0;
            entry->held_until = until;
            return entry->pid;
        });
        if (pid == 0) return;
        if (waited == 0) kill(pid, SIGTERM);
        pg_usleep(10000);
        CHECK_FOR_INTERRUPTS();
    }
}

const char *text_option(const List *options, const char *name) {
    for (DefElem *each : pg::ListOf<DefElem>(options))
        if (strcmp(each->defname, name) == 0 && each->arg) return defGetString(each);
    return nullptr;
}

void at_end(XactEvent event, void *) {
    if (!wants_look || (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT)) return;
    wants_look = false;
    request_look();
}

void look_at_commit() {
    if (!is_watching) RegisterXactCallback(at_end, nullptr);
    is_watching = true;
    wants_look = true;
}

} // namespace

void request_shared_memory() { RequestAddinShmemSpace(sizeof(Shared)); }

void attach_shared_memory() {
    bool is_found = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    shared = static_cast<Shared *>(ShmemInitStruct("citus daemons", sizeof(Shared), &is_found));
    if (!is_found) {
        memset(static_cast<void *>(shared), 0, sizeof(Shared));
        SpinLockInit(&shared->mutex);
    }
    LWLockRelease(AddinShmemInitLock);
}

bool enter(Oid database) {
    before_shmem_exit(leave, 0);
    const TimestampTz now = GetCurrentTimestamp();
    return locked([&] {
        Entry *entry = find(database);
        if (!entry && (entry = find(InvalidOid))) *entry = {database, 0, 0};
        if (!entry || entry->pid != 0 || entry->held_until > now) return false;
        entry->pid = MyProcPid;
        return true;
    });
}

void leave_for_good() {
    locked([] {
        for (Entry &each : shared->entries)
            if (each.pid == MyProcPid) each = {};
        return 0;
    });
}

Vacancy vacancy_of(Oid database) {
    const TimestampTz now = GetCurrentTimestamp();
    return locked([&] {
        const Entry *entry = find(database);
        if (!entry) return Vacancy::Unknown;
        return entry->pid != 0 || entry->held_until > now ? Vacancy::Taken : Vacancy::Free;
    });
}

void keep_only(std::span<const Oid> databases) {
    locked([&] {
        for (Entry &each : shared->entries)
            if (each.pid == 0 && std::ranges::find(databases, each.database) == databases.end()) each = {};
        return 0;
    });
}

void set_launcher() {
    locked([] {
        shared->launcher = MyLatch;
        shared->is_look_requested = true;
        return 0;
    });
}

bool take_request() {
    return locked([] { return std::exchange(shared->is_look_requested, false); });
}

void request_look() {
    Latch *launcher = locked([] {
        shared->is_look_requested = true;
        return shared->launcher;
    });
    if (launcher) SetLatch(launcher);
}

bool handle_utility(const pg::Utility &utility) {
    Node *tree = utility.tree();
    if (IsA(tree, DropdbStmt)) {
        hold(reinterpret_cast<DropdbStmt *>(tree)->dbname);
    } else if (IsA(tree, CreatedbStmt)) {
        hold(text_option(reinterpret_cast<CreatedbStmt *>(tree)->options, "template"));
        look_at_commit();
    } else if (IsA(tree, RenameStmt) && reinterpret_cast<RenameStmt *>(tree)->renameType == OBJECT_DATABASE) {
        hold(reinterpret_cast<RenameStmt *>(tree)->subname);
        look_at_commit();
    } else if (IsA(tree, AlterDatabaseStmt)) {
        auto *alter = reinterpret_cast<AlterDatabaseStmt *>(tree);
        if (text_option(alter->options, "tablespace")) hold(alter->dbname);
        look_at_commit();
    } else if (IsA(tree, CreateExtensionStmt) &&
               strcmp(reinterpret_cast<CreateExtensionStmt *>(tree)->extname, "citus") == 0) {
        look_at_commit();
    }
    return false;
}

} // namespace cedro::job
