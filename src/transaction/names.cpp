#include "transaction/names.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "table/table.hpp"

namespace cedro::transaction {
namespace {

constexpr size_t kFewestDigits = 6; // shard ids start at 102008

bool is_identifier_character(char each) {
    return isalnum(static_cast<unsigned char>(each)) || each == '_' || each == '$' || (each & 0x80);
}

/// The names that a shard has in common with its table: the table's own, its indexes' and constraints'.
pg::Vector<const char *> names_of(Oid shell) {
    pg::Vector<const char *> names;
    if (const char *name = get_rel_name(shell)) names.push(name);
    Relation relation = try_relation_open(shell, AccessShareLock);
    if (!relation) return names;
    for (Oid index : pg::OidsOf(RelationGetIndexList(relation)))
        if (const char *name = get_rel_name(index)) names.push(name);
    relation_close(relation, NoLock);

    Relation constraints = table_open(ConstraintRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(shell));
    SysScanDesc rows = systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, nullptr, 1, &key);
    while (HeapTuple tuple = systable_getnext(rows))
        names.push(pstrdup(NameStr(reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->conname)));
    systable_endscan(rows);
    table_close(constraints, AccessShareLock);
    return names;
}

/// The name to put for what ends at text[end], or nullptr; `start` receives where the shard's name begins.
const char *replacement(std::string_view text, size_t end, int64 shard, size_t *start) {
    const Oid shell = table::shell_of_shard(shard);
    if (!OidIsValid(shell)) return nullptr;
    for (const char *name : names_of(shell)) {
        std::string_view shard_name = table::shard_name(name, shard);
        if (shard_name.size() > end ||
            memcmp(text.data() + end - shard_name.size(), shard_name.data(), shard_name.size()) != 0)
            continue;
        *start = end - shard_name.size();
        if (*start > 0 && is_identifier_character(text[*start - 1])) continue;
        return name;
    }
    return nullptr;
}

/// The text with the user's names, or the text itself when it names no shard.
char *renamed(char *text) {
    if (!text || !strchr(text, '_')) return text;
    StringInfoData result;
    initStringInfo(&result);
    std::string_view all = text;
    size_t copied = 0;
    for (size_t at = all.find('_'); at != std::string_view::npos; at = all.find('_', at + 1)) {
        const size_t digits = strspn(text + at + 1, "0123456789");
        const size_t end = at + 1 + digits;
        if (digits < kFewestDigits || digits > 18 || is_identifier_character(text[end])) continue;
        size_t start = 0;
        const int64 shard = strtoll(text + at + 1, nullptr, 10);
        const char *name = replacement(all, end, shard, &start);
        if (!name || start < copied) continue;
        appendBinaryStringInfo(&result, text + copied, static_cast<int>(start - copied));
        appendStringInfoString(&result, name);
        copied = end;
    }
    if (copied == 0) return text;
    appendStringInfoString(&result, text + copied);
    return result.data;
}

} // namespace

void name_tables(ErrorData *error) {
    if (!IsTransactionState() || !catalog::is_extension_ready()) return;
    error->message = renamed(error->message);
    error->detail = renamed(error->detail);
    error->hint = renamed(error->hint);
    error->context = renamed(error->context);
    error->table_name = renamed(error->table_name);
    error->constraint_name = renamed(error->constraint_name);
}

} // namespace cedro::transaction
