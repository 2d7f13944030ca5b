// The SELECT that finds the rows of a write that is decided row by row, and the
// query around it that reads what became of them.
#pragma once
#include "pg/planner.hpp"
#include "plan/row_change.hpp"
#include "table/table.hpp"

namespace cedro::planner {

/// Collects the columns of the SELECT and notes in the change where they are.
/// Expressions are over the write's own range table.
class RowSource {
public:
    RowSource(const Query *write, plan::RowChange *change) : write_(write), change_(change) {}

    /// Adds a column and returns its position.
    int add(Expr *value);

    /// Adds what names the rows: must come first.
    void add_identity();

    /// Adds the values that SET assigns (a target list).
    void add_assignments(plan::RowAction *action, const List *targets);

    /// Adds the whole new row: assigned values, and for other columns those of the row as it was
    /// (UPDATE) or nothing (INSERT, whose defaults are in the target list).
    void add_row(plan::RowAction *action, const List *targets);

    /// A copy of expressions over the written row and other tables, now over the
    /// SELECT's columns as Var(1, …). Their values after the write are read there.
    List *seen_outside(const List *expressions);

    List *targets() const { return targets_; }

    /// How a column's value is changed before it is added (MERGE computes it only for its own action).
    using Wrap = Expr *(*)(Expr *value, const void *argument);
    void wrap_with(Wrap wrap, const void *argument) {
        wrap_ = wrap;
        wrap_argument_ = argument;
    }

private:
    Expr *wrapped(Expr *value) const { return wrap_ ? wrap_(value, wrap_argument_) : value; }
    int position_of(const Expr *value);
    int returned_position(AttrNumber attribute);
    Node *returned_column(AttrNumber attribute);
    Node *returned_row(const Var *row);
    Node *outside(const Var *var, int depth);

    const Query *write_;
    plan::RowChange *change_;
    List *targets_ = NIL;
    Wrap wrap_ = nullptr;
    const void *wrap_argument_ = nullptr;
};

/// What the target of a write is.
RangeTblEntry *target_entry(const Query *write);

/// A column of the target, system columns included.
Var *target_column(const Query *write, AttrNumber attribute);

/// Moves the query one level down: what refers to WITH queries of its own level
/// or around it refers to them one level further out.
void deepen(Query *query);

/// Reads the rows that `source` finds, changed: SELECT … FROM the change WHERE quals, in place of `write`.
/// `targets` and `quals` are over Var(1, …), the source's columns.
Query *over_change(const Query *write, Query *source, plan::RowChange *change, List *targets, Node *quals);

} // namespace cedro::planner
