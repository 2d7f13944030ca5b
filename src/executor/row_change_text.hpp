// The text of the statements that change rows which are named one by one.
#pragma once
#include "plan/row_change.hpp"

namespace cedro::executor {

/// What stands before and after the rows in `… FROM (VALUES (…), (…)) …`. The
/// columns of the values are: the row's number, with an image how many rows of the same image stand
/// before it, what names the row, and the new values.
struct ChangeText {
    const char *head;
    const char *tail;
};

/// UPDATE or DELETE. `returns`: whether it gives back the row's number and change.returned.
ChangeText text_of(const plan::RowChange &change, const plan::RowAction &action, bool returns);

/// DELETE of rows that go to another shard.
ChangeText leaving_text(const plan::RowChange &change);

/// A column as RETURNING names it, from `table` (an alias or nullptr); partitions by their names.
const char *returned_column(Oid relid, const char *table, AttrNumber attribute);

} // namespace cedro::executor
