// Names and literals in the commands that describe objects, and the way back from a name to an object.
#include "ddl/describe/kinds.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

const char *text_array(std::span<const char *const> strings) {
    StringInfoData buffer;
    initStringInfo(&buffer);
    appendStringInfoString(&buffer, "ARRAY[");
    for (size_t i = 0; i < strings.size(); i++)
        appendStringInfo(&buffer, "%s%s", i ? ", " : "", plan::literal(strings[i]));
    appendStringInfoString(&buffer, "]::text[]");
    return buffer.data;
}

const char *text_array(List *strings) {
    pg::Vector<const char *> items;
    ListCell *cell;
    foreach (cell, strings) items.push(static_cast<const char *>(lfirst(cell)));
    return text_array(items);
}

const char *role_name(Oid role) {
    return OidIsValid(role) ? quote_identifier(GetUserNameFromId(role, false)) : "PUBLIC";
}

const char *type_name(Oid type, int32 modifier) {
    return format_type_extended(type, modifier, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

const char *collation_name(Oid collation) {
    return pg::with_cached(COLLOID, collation, [](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_collation>(tuple);
        return quote_qualified_identifier(get_namespace_name(form->collnamespace), NameStr(form->collname));
    });
}

const char *function_name(Oid function) {
    return quote_qualified_identifier(get_namespace_name(get_func_namespace(function)), get_func_name(function));
}

const char *expression_text(Datum node_tree, Oid relation) {
    return TextDatumGetCString(OidFunctionCall2(F_PG_GET_EXPR_PG_NODE_TREE_OID, node_tree, ObjectIdGetDatum(relation)));
}

const char *relation_options(Datum options, const char *prefix) {
    Datum *items;
    int count;
    deconstruct_array(DatumGetArrayTypeP(options), TEXTOID, -1, false, TYPALIGN_INT, &items, nullptr, &count);
    StringInfoData buffer;
    initStringInfo(&buffer);
    for (int i = 0; i < count; i++) {
        char *name = TextDatumGetCString(items[i]);
        char *value = strchr(name, '=');
        if (value) *value++ = '\0';
        appendStringInfo(&buffer, "%s%s%s=%s", i ? ", " : "", prefix, quote_identifier(name),
                         plan::literal(value ? value : "true"));
    }
    return buffer.data;
}

namespace {

// String nodes, as the parser gives qualified names.
List *values_of(List *strings) {
    List *values = NIL;
    ListCell *cell;
    foreach (cell, strings) values = lappend(values, makeString(pstrdup(static_cast<char *>(lfirst(cell)))));
    return values;
}

List *types_of(List *strings) {
    List *types = NIL;
    ListCell *cell;
    foreach (cell, strings) types = lappend(types, typeStringToTypeName(static_cast<char *>(lfirst(cell))));
    return types;
}

Node *name_node(ObjectType type, List *names, List *arguments) {
    switch (type) {
    case OBJECT_SCHEMA:
    case OBJECT_ROLE:
    case OBJECT_EXTENSION: return static_cast<Node *>(linitial(values_of(names)));
    case OBJECT_TYPE:
    case OBJECT_DOMAIN: return reinterpret_cast<Node *>(typeStringToTypeName(static_cast<char *>(linitial(names))));
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_AGGREGATE:
    case OBJECT_OPERATOR: {
        ObjectWithArgs *object = makeNode(ObjectWithArgs);
        object->objname = values_of(names);
        object->objargs = types_of(arguments);
        // The address of a prefix operator leaves out that it has no left argument.
        if (type == OBJECT_OPERATOR && list_length(arguments) == 1) object->objargs = lcons(nullptr, object->objargs);
        return reinterpret_cast<Node *>(object);
    }
    default: return reinterpret_cast<Node *>(values_of(names));
    }
}

} // namespace

ObjectAddress find_object(const char *type, List *names, List *arguments) {
    const int object_type = read_objtype_from_string(type);
    if (object_type < 0 || names == NIL)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unsupported object type \"%s\"", type)));
    const auto kind = static_cast<ObjectType>(object_type);
    // Relations of another kind than asked for count as absent, but hold the name: look for any relation.
    if (kind == OBJECT_TABLE || kind == OBJECT_VIEW || kind == OBJECT_SEQUENCE) {
        RangeVar *name = makeRangeVarFromNameList(values_of(names));
        ObjectAddress address = InvalidObjectAddress;
        const Oid relation = RangeVarGetRelid(name, AccessShareLock, true);
        if (OidIsValid(relation)) ObjectAddressSet(address, RelationRelationId, relation);
        return address;
    }
    Relation relation = nullptr;
    ObjectAddress address =
        get_object_address(kind, name_node(kind, names, arguments), &relation, AccessShareLock, true);
    if (relation) relation_close(relation, NoLock);
    return OidIsValid(address.objectId) ? address : InvalidObjectAddress;
}

} // namespace cedro::ddl
