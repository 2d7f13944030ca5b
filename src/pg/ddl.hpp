// Definition of tables, indexes, constraints and statistics by PostgreSQL's own functions.
#pragma once
#include "pg/arena.hpp"

extern "C" {
#include "access/attmap.h"
#include "access/reloptions.h"
#include "access/toast_compression.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/objectaddress.h"
#include "catalog/partition.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/toasting.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "commands/event_trigger.h"
#include "commands/tablecmds.h"
#include "commands/tablespace.h"
#include "nodes/value.h"
#include "parser/parse_type.h"
#include "parser/parse_utilcmd.h"
#include "parser/parser.h"
#include "rewrite/rewriteManip.h"
#include "tcop/dest.h"
#include "tcop/utility.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
}

namespace cedro::pg {

/// Executes a DDL statement given as a tree, as part of the running command:
/// utility hooks do not see it.
void execute_definition(Node *statement);

/// The one statement that a text holds, as the parser made it.
Node *parse_definition(const char *sql);

/// Runs body while event triggers collect nothing.
void without_event_triggers(FunctionRef<void()> body);

/// The options of a column that ALTER COLUMN … SET (…) gave it, as DefElems.
List *attribute_options(Oid relid, AttrNumber attribute);

/// Sets pg_index.indisvalid.
void set_index_valid(Oid index, bool is_valid);

/// A column definition that stores as `attribute` does.
ColumnDef *column_definition(const FormData_pg_attribute &attribute);

} // namespace cedro::pg
