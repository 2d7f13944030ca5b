// Which tables of the cluster a statement is about.
#include "ddl/table.hpp"
#include "pg/list.hpp"

namespace cedro::ddl {

namespace {

// The table whose part a relation is.
Oid table_of_relation(Oid relid) {
    if (!OidIsValid(relid)) return InvalidOid;
    const char kind = get_rel_relkind(relid);
    if (kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX) return IndexGetRelation(relid, true);
    return relid;
}

Oid table_of_statistics(Oid statistics) {
    if (!OidIsValid(statistics)) return InvalidOid;
    return pg::with_cached(STATEXTOID, statistics,
                           [](HeapTuple tuple) { return pg::fields<FormData_pg_statistic_ext>(tuple)->stxrelid; });
}

Oid named(const RangeVar *name) { return name ? RangeVarGetRelid(name, NoLock, true) : InvalidOid; }

Oid table_named(ObjectType type, Node *object) {
    if (!object) return InvalidOid;
    switch (type) {
    case OBJECT_STATISTIC_EXT: return table_of_statistics(get_statistics_object_oid(castNode(List, object), true));
    case OBJECT_TABLE:
    case OBJECT_INDEX: return table_of_relation(named(makeRangeVarFromNameList(castNode(List, object))));
    case OBJECT_COLUMN:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_POLICY:
    case OBJECT_TRIGGER:
    case OBJECT_RULE: {
        // The last name is that of the part.
        List *names = list_copy_head(castNode(List, object), list_length(castNode(List, object)) - 1);
        return names ? table_of_relation(named(makeRangeVarFromNameList(names))) : InvalidOid;
    }
    default: return InvalidOid;
    }
}

template <typename Statement>
Oid table_of_object(Statement *statement, ObjectType type) {
    if (statement->relation) return table_of_relation(named(statement->relation));
    return table_named(type, statement->object);
}

Oid table_of(Node *statement) {
    switch (nodeTag(statement)) {
    case T_AlterTableStmt: return table_of_relation(named(reinterpret_cast<AlterTableStmt *>(statement)->relation));
    case T_IndexStmt: return named(reinterpret_cast<IndexStmt *>(statement)->relation);
    case T_ReindexStmt: return table_of_relation(named(reinterpret_cast<ReindexStmt *>(statement)->relation));
    case T_ClusterStmt: return named(reinterpret_cast<ClusterStmt *>(statement)->relation);
    case T_RenameStmt: {
        auto *rename = reinterpret_cast<RenameStmt *>(statement);
        return table_of_object(rename, rename->renameType);
    }
    case T_AlterObjectSchemaStmt: {
        auto *alter = reinterpret_cast<AlterObjectSchemaStmt *>(statement);
        return table_of_object(alter, alter->objectType);
    }
    case T_AlterOwnerStmt: {
        auto *alter = reinterpret_cast<AlterOwnerStmt *>(statement);
        return table_of_object(alter, alter->objectType);
    }
    case T_AlterStatsStmt:
        return table_of_statistics(
            get_statistics_object_oid(reinterpret_cast<AlterStatsStmt *>(statement)->defnames, true));
    case T_CommentStmt: {
        auto *comment = reinterpret_cast<CommentStmt *>(statement);
        return table_named(comment->objtype, comment->object);
    }
    case T_SecLabelStmt: {
        auto *label = reinterpret_cast<SecLabelStmt *>(statement);
        return table_named(label->objtype, label->object);
    }
    case T_CreateTrigStmt: return named(reinterpret_cast<CreateTrigStmt *>(statement)->relation);
    case T_RuleStmt: return named(reinterpret_cast<RuleStmt *>(statement)->relation);
    case T_CreatePolicyStmt: return named(reinterpret_cast<CreatePolicyStmt *>(statement)->table);
    case T_AlterPolicyStmt: return named(reinterpret_cast<AlterPolicyStmt *>(statement)->table);
    default: return InvalidOid;
    }
}

} // namespace

pg::Vector<Oid> relations_of(Node *statement) {
    pg::Vector<Oid> relations;
    auto add = [&](Oid relid) {
        if (OidIsValid(relid) && !relations.contains(relid)) relations.push(relid);
    };
    if (IsA(statement, DropStmt)) {
        auto *drop = reinterpret_cast<DropStmt *>(statement);
        ListCell *cell;
        foreach (cell, drop->objects) add(table_named(drop->removeType, static_cast<Node *>(lfirst(cell))));
    } else if (IsA(statement, GrantStmt)) {
        auto *grant = reinterpret_cast<GrantStmt *>(statement);
        for (Node *object : pg::ListOf<Node>(grant->objects))
            if (grant->targtype == ACL_TARGET_OBJECT && IsA(object, RangeVar))
                add(named(reinterpret_cast<RangeVar *>(object)));
    } else if (IsA(statement, CreateStatsStmt)) {
        for (Node *from : pg::ListOf<Node>(reinterpret_cast<CreateStatsStmt *>(statement)->relations))
            if (IsA(from, RangeVar)) add(named(reinterpret_cast<RangeVar *>(from)));
    } else {
        add(table_of(statement));
    }
    return relations;
}

pg::Vector<Oid> tables_of(Node *statement) {
    pg::Vector<Oid> tables;
    for (Oid relid : relations_of(statement))
        if (table::is_shell(relid)) tables.push(relid);
    return tables;
}

} // namespace cedro::ddl
