// The columns of written rows that a statement still needs on the node that runs it.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Collects the target's columns that expressions of a finished plan use, and
/// lets the expressions read them from a scan tuple that holds just these.
class ReturnedColumns {
public:
    ReturnedColumns(Index target_index, Oid relid) : target_index_(target_index), relid_(relid) {}

    /// A copy of the expressions that refers to the scan tuple.
    List *fetch(List *expressions);

    /// Attribute numbers, in order of the scan tuple.
    List *attributes() const { return attributes_; }

    /// The scan tuple as targets over the table's entry: what custom_scan_tlist holds.
    List *scan_targets() const;

private:
    Node *column(AttrNumber attribute, const Var *like);
    Node *whole_row(const Var *row);
    Node *replacement(Node *node);

    Index target_index_;
    Oid relid_;
    List *attributes_ = NIL;
};

} // namespace cedro::planner
