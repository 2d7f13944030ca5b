// Which objects a statement names.
#include "ddl/statement.hpp"
#include "pg/list.hpp"

namespace cedro::ddl {

namespace {

void add(pg::Vector<ObjectAddress> &objects, ObjectType type, Node *name) {
    Relation relation = nullptr;
    ObjectAddress object = get_object_address(type, name, &relation, AccessShareLock, true);
    if (relation) relation_close(relation, NoLock);
    if (!OidIsValid(object.objectId)) return;
    object.objectSubId = 0;
    if (auto whole = shared_object(object)) objects.push(*whole);
}

void add_owner_target(pg::Vector<ObjectAddress> &objects, const AlterOwnerStmt *statement) {
    if (statement->relation) return;
    Node *name = statement->object;
    if (statement->objectType == OBJECT_TYPE || statement->objectType == OBJECT_DOMAIN)
        name = reinterpret_cast<Node *>(makeTypeNameFromNameList(castNode(List, name)));
    add(objects, statement->objectType, name);
}

} // namespace

pg::Vector<ObjectAddress> targets_of(Node *statement) {
    pg::Vector<ObjectAddress> objects;
    switch (nodeTag(statement)) {
    case T_AlterTableStmt: { // of a composite type, view or sequence; what only drops a part of it alters nothing else
        const Oid relid = RangeVarGetRelid(reinterpret_cast<AlterTableStmt *>(statement)->relation, NoLock, true);
        if (!OidIsValid(relid)) break;
        if (auto whole = shared_object({RelationRelationId, relid, 0})) objects.push(*whole);
        break;
    }
    case T_AlterFunctionStmt: {
        auto *alter = reinterpret_cast<AlterFunctionStmt *>(statement);
        add(objects, alter->objtype, reinterpret_cast<Node *>(alter->func));
        break;
    }
    case T_AlterEnumStmt:
        add(objects, OBJECT_TYPE,
            reinterpret_cast<Node *>(makeTypeNameFromNameList(reinterpret_cast<AlterEnumStmt *>(statement)->typeName)));
        break;
    case T_AlterDomainStmt:
        add(objects, OBJECT_DOMAIN,
            reinterpret_cast<Node *>(
                makeTypeNameFromNameList(reinterpret_cast<AlterDomainStmt *>(statement)->typeName)));
        break;
    case T_AlterOwnerStmt: add_owner_target(objects, reinterpret_cast<AlterOwnerStmt *>(statement)); break;
    case T_CommentStmt: {
        auto *comment = reinterpret_cast<CommentStmt *>(statement);
        add(objects, comment->objtype, comment->object);
        break;
    }
    case T_SecLabelStmt: {
        auto *label = reinterpret_cast<SecLabelStmt *>(statement);
        add(objects, label->objtype, label->object);
        break;
    }
    case T_AlterExtensionStmt: {
        auto *alter = reinterpret_cast<AlterExtensionStmt *>(statement);
        add(objects, OBJECT_EXTENSION, reinterpret_cast<Node *>(makeString(alter->extname)));
        break;
    }
    default: break;
    }
    return objects;
}

} // namespace cedro::ddl
