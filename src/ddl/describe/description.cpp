// The door to the describers: which kind an object is of, and the command that carries it.
#include "ddl/describe/description.hpp"

#include "ddl/describe/dependency.hpp"
#include "ddl/describe/kinds.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

using Describer = void (*)(Description &, Oid);

Describer describer_of_relation(Oid relation) {
    switch (get_rel_relkind(relation)) {
    case RELKIND_RELATION:
    case RELKIND_PARTITIONED_TABLE: return describe_table;
    case RELKIND_VIEW: return describe_view;
    case RELKIND_SEQUENCE: return describe_sequence;
    default: return nullptr;
    }
}

Describer describer_of_type(Oid type) {
    const char kind = get_typtype(type);
    const bool is_described =
        kind == TYPTYPE_ENUM || kind == TYPTYPE_COMPOSITE || kind == TYPTYPE_DOMAIN || kind == TYPTYPE_RANGE;
    return is_described ? describe_type : nullptr;
}

Describer describer_of(const ObjectAddress &object) {
    if (object.objectSubId != 0) return nullptr;
    switch (object.classId) {
    case NamespaceRelationId: return describe_schema;
    case ExtensionRelationId: return describe_extension;
    case AuthIdRelationId: return describe_role;
    case CollationRelationId: return describe_collation;
    case OperatorRelationId: return describe_operator;
    case TSConfigRelationId: return describe_text_search_configuration;
    case TSDictionaryRelationId: return describe_text_search_dictionary;
    case ProcedureRelationId:
        return get_func_prokind(object.objectId) == PROKIND_AGGREGATE ? describe_aggregate : describe_function;
    case TypeRelationId: return describer_of_type(object.objectId);
    case RelationRelationId: return describer_of_relation(object.objectId);
    default: return nullptr;
    }
}

} // namespace

void create(Description &description, const char *command, const char *essence) {
    description.create.push(command);
    appendStringInfo(description.structure, "%s;\n", essence ? essence : command);
}

void settle(Description &description, const char *command, const char *essence) {
    description.settle.push(command);
    appendStringInfo(description.state, "%s;\n", essence ? essence : command);
}

bool can_describe(const ObjectAddress &object) { return describer_of(object) != nullptr; }

Description describe(const ObjectAddress &object) {
    Describer describer = describer_of(object);
    if (!describer)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("%s cannot be made on other nodes", getObjectDescription(&object, false)),
                        errhint("Make it on every node with run_command_on_all_nodes().")));
    Description description;
    description.structure = makeStringInfo();
    description.state = makeStringInfo();
    // PostgreSQL's own deparser reads some catalogs with the active snapshot, which must see this very statement.
    PushCopiedSnapshot(GetTransactionSnapshot());
    UpdateActiveSnapshotCommandId();
    // Qualified names, and literals that read the same everywhere.
    pg::with_settings({{"search_path", "pg_catalog, pg_temp"},
                       {"quote_all_identifiers", "off"},
                       {"datestyle", "ISO"},
                       {"intervalstyle", "postgres"},
                       {"timezone", "UTC"},
                       {"extra_float_digits", "3"},
                       {"bytea_output", "hex"}},
                      [&] { describer(description, object.objectId); });
    PopActiveSnapshot();
    if (OidIsValid(description.definer) && superuser_arg(description.definer)) description.definer = InvalidOid;
    return description;
}

namespace {

const char *digest(StringInfo essence) {
    const Datum value = PointerGetDatum(cstring_to_text_with_len(essence->data, essence->len));
    return TextDatumGetCString(DirectFunctionCall1(md5_text, value));
}

} // namespace

const char *fingerprint(const Description &description) {
    return psprintf("%s %s", digest(description.structure), digest(description.state));
}

bool is_same_structure(const char *fingerprint, const char *other) {
    const size_t length = strcspn(fingerprint, " ");
    return strncmp(fingerprint, other, length + 1) == 0;
}

ObjectName name_of(const ObjectAddress &object) {
    List *names = NIL;
    List *arguments = NIL;
    getObjectIdentityParts(&object, &names, &arguments, false);
    const char *type = getObjectTypeDescription(&object, false);
    // No object type goes by this name, though PostgreSQL gives it.
    if (strcmp(type, "view column") == 0) type = "table column";
    return {type, text_array(names), text_array(arguments)};
}

namespace {

const char *command_for(const char *function, const ObjectAddress &object) {
    const Description description = describe(object);
    const ObjectName name = name_of(object);
    const bool is_users = OidIsValid(description.definer);
    const char *definer = is_users ? GetUserNameFromId(description.definer, false) : "";
    return psprintf("SELECT citus_internal.%s(%s, %s, %s, %s, %s, %s, %s, %s, %s)", function, plan::literal(name.type),
                    name.names, name.arguments, plan::literal(definer),
                    text_array(is_users ? needs_of(object) : pg::Vector<const char *>()),
                    text_array(description.create), text_array(description.settle),
                    description.is_replaceable ? "true" : "false", plan::literal(fingerprint(description)));
}

} // namespace

const char *make_command(const ObjectAddress &object) { return command_for("make_object", object); }

const char *settle_command(const ObjectAddress &object) { return command_for("settle_object", object); }

} // namespace cedro::ddl
