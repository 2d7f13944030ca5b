#include "rebalance/progress.hpp"

#include "pg/shared_memory.hpp"

namespace cedro::rebalance {

namespace {

// One rebalance at a time is what the locks allow per table; some may run side by side.
constexpr int kBoards = 8;
constexpr int kLines = 1000;

struct Line {
    Move move;
    Stage stage;
};

struct Board {
    int32 pid; // 0: free
    Oid database;
    int count;
    Line lines[kLines];
};

struct Shared {
    LWLock lock; // protects the boards; no other lock is taken inside
    Board boards[kBoards];
};

constinit Shared *shared = nullptr;
constinit Board *mine = nullptr;

void at_exit(int, Datum) { withdraw(); }

} // namespace

void announce(std::span<const Move> moves) {
    static constinit bool is_watching = false;
    if (!is_watching) before_shmem_exit(at_exit, 0);
    is_watching = true;
    withdraw();
    LWLockAcquire(&shared->lock, LW_EXCLUSIVE);
    for (Board &board : shared->boards) {
        if (board.pid != 0) continue;
        mine = &board;
        break;
    }
    if (mine) {
        mine->pid = MyProcPid;
        mine->database = MyDatabaseId;
        mine->count = static_cast<int>(std::min<size_t>(moves.size(), kLines));
        for (int i = 0; i < mine->count; i++) mine->lines[i] = {moves[static_cast<size_t>(i)], Stage::Waiting};
    }
    LWLockRelease(&shared->lock);
}

void set_stage(size_t move, Stage stage) {
    if (!mine || move >= static_cast<size_t>(mine->count)) return;
    LWLockAcquire(&shared->lock, LW_EXCLUSIVE);
    mine->lines[move].stage = stage;
    LWLockRelease(&shared->lock);
}

void withdraw() {
    if (!mine) return;
    LWLockAcquire(&shared->lock, LW_EXCLUSIVE);
    mine->pid = 0;
    mine = nullptr;
    LWLockRelease(&shared->lock);
}

pg::Vector<ProgressLine> progress() {
    // Room first: nothing may be allocated while the lock is held.
    auto *boards = static_cast<Board *>(palloc(sizeof(Board) * kBoards));
    LWLockAcquire(&shared->lock, LW_SHARED);
    std::copy(std::begin(shared->boards), std::end(shared->boards), boards);
    LWLockRelease(&shared->lock);
    pg::Vector<ProgressLine> lines;
    for (int i = 0; i < kBoards; i++)
        for (int line = 0; boards[i].pid != 0 && boards[i].database == MyDatabaseId && line < boards[i].count; line++)
            lines.push({boards[i].pid, boards[i].database, boards[i].lines[line].move, boards[i].lines[line].stage});
    pfree(boards);
    return lines;
}

void request_shared_memory() { RequestAddinShmemSpace(sizeof(Shared)); }

void attach_shared_memory() {
    bool is_found = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    shared = static_cast<Shared *>(ShmemInitStruct("citus rebalances", sizeof(Shared), &is_found));
    if (!is_found) {
        memset(static_cast<void *>(shared), 0, sizeof(Shared));
        LWLockInitialize(&shared->lock, LWLockNewTrancheId());
    }
    LWLockRegisterTranche(shared->lock.tranche, "CitusRebalances");
    LWLockRelease(AddinShmemInitLock);
}

} // namespace cedro::rebalance
