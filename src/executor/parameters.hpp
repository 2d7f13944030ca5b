// Values of a task's parameters, as other nodes are sent them.
#pragma once
#include "pg/executor.hpp"
#include "transaction/session.hpp"

namespace cedro::executor {

/// The parameters for Const nodes of types that plan::can_be_parameter() allows, in binary.
pg::Vector<transaction::Parameter> parameters_of(const List *values);

/// What must be equal, beside the text, for a node's plan of it to return rows of this type (nullptr: none).
uint64 shape_of(TupleDesc type);

} // namespace cedro::executor
