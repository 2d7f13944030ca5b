// Reads the rows of tasks: in process where this node has the shards, through
// cursors elsewhere. All nodes work at the same time; memory stays bounded.
#pragma once
#include "executor/placement.hpp"
#include "pg/executor.hpp"

namespace cedro::executor {

struct Reader;

/// What tasks execute.
struct Reading {
    plan::TaskText text;
    Oid role;      ///< in whose name
    bool is_small; ///< each task returns few rows (plan::kFewRows at most); no cursor is needed then
    bool can_join; ///< a node may run the tasks of all its groups as one
    bool is_alone; ///< one task, all that its statement does on other nodes; may be tried twice
};

/// Starts the tasks of a text that returns rows of this type.
Reader *open(const Reading &reading, std::span<const Task> tasks, TupleDesc type);

/// Lets all tasks begin now, with the snapshots of this moment, however many
/// there are: for a statement that is about to write.
void begin_all(Reader *reader);

/// Puts the next row, of any task, into the (virtual) slot; false at the end.
/// Its values live until the next call.
bool next(Reader *reader, TupleTableSlot *slot);

/// Ends the reading, also before the last row. Not needed after an error.
void close(Reader *reader);

} // namespace cedro::executor
