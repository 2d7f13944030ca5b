// What the describers of the kinds of objects share: one function a kind, each in a file of its own.
#pragma once
#include "ddl/describe/description.hpp"

namespace cedro::ddl {

/// Adds a command, and its text (or another) to the essence.
void create(Description &description, const char *command, const char *essence = nullptr);
void settle(Description &description, const char *command, const char *essence = nullptr);

/// The owner of an object of a kind that has one.
Oid owner_of(const ObjectAddress &object);

/// ALTER … OWNER TO
const char *owner_command(const ObjectAddress &object, Oid owner);

/// Adds owner, privileges, comment and security labels of the object.
void settle_rights(Description &description, const ObjectAddress &object);
void settle_comment(Description &description, const ObjectAddress &object);
void settle_acl(Description &description, const ObjectAddress &object, std::optional<Datum> acl);

void describe_schema(Description &description, Oid schema);
void describe_extension(Description &description, Oid extension);
void describe_role(Description &description, Oid role);
void describe_type(Description &description, Oid type);
void describe_collation(Description &description, Oid collation);
void describe_function(Description &description, Oid function);
void describe_aggregate(Description &description, Oid function);
void describe_operator(Description &description, Oid oper);
void describe_text_search_configuration(Description &description, Oid configuration);
void describe_text_search_dictionary(Description &description, Oid dictionary);
void describe_sequence(Description &description, Oid sequence);
void describe_table(Description &description, Oid table);
void describe_view(Description &description, Oid view);

/// The command that gives a schema, or with InvalidOid the database, the default privileges that it has here.
const char *default_acls_command(Oid schema);

/// Parts of a table, called by describe_table().
void describe_columns(Description &description, Relation table, const char *clauses);
void settle_owned_sequences(Description &description, Relation table);
void settle_columns(Description &description, Relation table);
void describe_indexes(Description &description, Relation table);
void describe_statistics(Description &description, Relation table);
void describe_security(Description &description, Relation table);

/// CREATE POLICY for one policy of a table.
const char *policy_command(Oid relid, const char *name);

/// `AS bigint INCREMENT BY 1 MINVALUE … CYCLE`; the essence leaves out what differs from node to node.
struct SequenceOptions {
    const char *text;
    const char *essence;
};
SequenceOptions sequence_options(Oid sequence);

/// The command that lets the other nodes' sequences draw from their own ranges: see adopt_sequence().
const char *adopt_command(Oid sequence);

/// An expression of the catalogs as text, over the columns of the relation (or of none).
const char *expression_text(Datum node_tree, Oid relation);

/// "role", or PUBLIC for InvalidOid.
const char *role_name(Oid role);

/// Of a type, with its modifier, qualified.
const char *type_name(Oid type, int32 modifier = -1);

/// "schema"."name" of a collation, function or operator.
const char *collation_name(Oid collation);
const char *function_name(Oid function);

/// "fillfactor=70, …" from a reloptions array; `prefix` goes before each name.
const char *relation_options(Datum options, const char *prefix = "");

/// The literal of a text[] value of these C strings.
const char *text_array(List *strings);
const char *text_array(std::span<const char *const> strings);

} // namespace cedro::ddl
