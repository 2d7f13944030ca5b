// The statements that a node keeps prepared for one connection: a text that
// comes again is parsed there once, and PostgreSQL's plan cache keeps its plan.
#pragma once
#include "pg/arena.hpp"
#include "transaction/session.hpp"

namespace cedro::transaction {

class PreparedStatements {
public:
    static constexpr int kNone = -1;

    explicit PreparedStatements(MemoryContext context) : context_(context) {}

    /// How a statement is to be sent: `entry` kNone: with its text; else by the name of the entry.
    struct Choice {
        int entry;
        bool is_new;         ///< it must be prepared first, under the name
        const char *dropped; ///< a name to deallocate after that, or nullptr
    };

    /// `shape`: what else must be equal for the node's plan to fit, such as the types of the result.
    /// `parsing`: ToldSettings::parsing_version, on which the meaning of a text may hang.
    Choice choose(const Statement &statement, uint64 parsing);

    /// The name of an entry, palloc'ed.
    const char *name_of(int entry) const;

    /// What came of preparing an entry.
    void prepared(int entry, bool is_good);

    /// The node has forgotten them all.
    void forget_all();

private:
    enum class State : uint8 { Free, Sent, Known };
    struct Entry {
        const char *sql;
        Oid *types;
        int type_count;
        uint32 number; ///< in the name
        uint64 last_use;
        State state;
    };
    static constexpr int kMost = 256;  // each costs the node some ten kB
    static constexpr int kSeen = 1024; // texts that came once

    int find(uint64 hash, const Statement &statement) const;
    int free_entry(const char **dropped);
    void clear(int entry);

    MemoryContext context_;
    int count_ = 0;
    uint32 last_number_ = 0;
    uint64 clock_ = 0;
    uint64 hashes_[kMost] = {};
    Entry entries_[kMost] = {};
    uint64 seen_[kSeen] = {};
};

} // namespace cedro::transaction
