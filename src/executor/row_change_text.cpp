#include "executor/row_change_text.hpp"

#include "pg/catalog.hpp"
#include "pg/text.hpp"

namespace cedro::executor {

namespace {

constexpr char kTarget[] = "t";
constexpr char kValues[] = "v";
constexpr char kFound[] = "f"; // a row that has the image

const char *column_name(Oid relid, int attribute) {
    if (attribute < 0) return NameStr(SystemAttributeDefinition(static_cast<AttrNumber>(attribute))->attname);
    return quote_identifier(get_attname(relid, static_cast<AttrNumber>(attribute), false));
}

int identity_columns(const plan::RowChange &change) { return list_length(change.place) + list_length(change.image); }

void append_assignments(StringInfo text, const plan::RowChange &change, const plan::RowAction &action) {
    const int first = identity_columns(change) + 1;
    for (int i = 0; i < list_length(action.columns); i++)
        appendStringInfo(text, "%s%s = %s.c%d", i == 0 ? "" : ", ",
                         column_name(change.relid, list_nth_int(action.columns, i)), kValues, first + i);
}

const char *head_of(const plan::RowChange &change, const plan::RowAction &action) {
    StringInfoData text;
    initStringInfo(&text);
    const char *table = pg::qualified_name(change.relid);
    if (action.command == CMD_DELETE) {
        appendStringInfo(&text, "DELETE FROM %s AS %s USING (VALUES ", table, kTarget);
        return text.data;
    }
    appendStringInfo(&text, "UPDATE %s AS %s SET ", table, kTarget);
    append_assignments(&text, change, action);
    appendStringInfoString(&text, " FROM (VALUES ");
    return text.data;
}

void append_row_of(StringInfo text, const plan::RowChange &change, const char *table, bool is_values) {
    appendStringInfoString(text, "ROW(");
    for (int i = 0; i < list_length(change.image); i++) {
        appendStringInfo(text, "%s%s.", i == 0 ? "" : ", ", table);
        if (is_values)
            appendStringInfo(text, "c%d", list_length(change.place) + i + 1);
        else
            appendStringInfoString(text, column_name(change.relid, list_nth_int(change.image, i)));
    }
    // As a record: rows of expressions would be compared column by column.
    appendStringInfoString(text, ")::pg_catalog.record");
}

// Of the rows with the image the one after those that other values mean.
void append_lookup(StringInfo text, const plan::RowChange &change) {
    appendStringInfo(text, ", LATERAL (SELECT s.tableoid, s.ctid FROM %s AS s WHERE ",
                     pg::qualified_name(change.relid));
    append_row_of(text, change, "s", false);
    appendStringInfoString(text, " OPERATOR(pg_catalog.*=) ");
    append_row_of(text, change, kValues, true);
    appendStringInfo(text, " ORDER BY s.tableoid, s.ctid LIMIT 1 OFFSET %s.m) AS %s", kValues, kFound);
}

void append_condition(StringInfo text, const plan::RowChange &change) {
    if (change.image) {
        appendStringInfo(text, "%s.ctid = %s.ctid AND %s.tableoid = %s.tableoid", kTarget, kFound, kTarget, kFound);
        return;
    }
    for (int i = 0; i < list_length(change.place); i++)
        appendStringInfo(text, "%s%s.%s = %s.c%d", i == 0 ? "" : " AND ", kTarget,
                         column_name(change.relid, list_nth_int(change.place, i)), kValues, i + 1);
}

// `columns`: how many columns the list of values has beside the numbers.
void append_where(StringInfo text, const plan::RowChange &change, int columns) {
    appendStringInfo(text, ") AS %s(n%s", kValues, change.image ? ", m" : "");
    for (int i = 1; i <= columns; i++) appendStringInfo(text, ", c%d", i);
    appendStringInfoChar(text, ')');
    if (change.image) append_lookup(text, change);
    appendStringInfoString(text, " WHERE ");
    append_condition(text, change);
}

} // namespace

const char *returned_column(Oid relid, const char *table, AttrNumber attribute) {
    const char *name = column_name(relid, attribute);
    const char *qualified = table ? psprintf("%s.%s", table, name) : name;
    return attribute == TableOidAttributeNumber ? psprintf("%s::pg_catalog.regclass", qualified) : qualified;
}

ChangeText text_of(const plan::RowChange &change, const plan::RowAction &action, bool returns) {
    StringInfoData tail;
    initStringInfo(&tail);
    append_where(&tail, change, identity_columns(change) + list_length(action.columns));
    if (returns) {
        appendStringInfo(&tail, " RETURNING %s.n", kValues);
        for (int i = 0; i < list_length(change.returned); i++) {
            const auto attribute = static_cast<AttrNumber>(list_nth_int(change.returned, i));
            appendStringInfo(&tail, ", %s", returned_column(change.relid, kTarget, attribute));
        }
    }
    return {head_of(change, action), tail.data};
}

ChangeText leaving_text(const plan::RowChange &change) {
    return text_of(change, *plan::make_row_action(CMD_DELETE), false);
}

} // namespace cedro::executor
