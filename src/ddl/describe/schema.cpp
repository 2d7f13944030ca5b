#include "ddl/describe/kinds.hpp"

namespace cedro::ddl {

void describe_schema(Description &description, Oid schema) {
    create(description, psprintf("CREATE SCHEMA %s", quote_identifier(get_namespace_name(schema))));
    ObjectAddress object;
    ObjectAddressSet(object, NamespaceRelationId, schema);
    settle_rights(description, object);
    settle(description, default_acls_command(schema));
}

} // namespace cedro::ddl
