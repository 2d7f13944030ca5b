#include "ddl/describe/dependency.hpp"

#include "table/table.hpp"

namespace cedro::ddl {

namespace {

bool is_same(const ObjectAddress &a, const ObjectAddress &b) {
    return a.classId == b.classId && a.objectId == b.objectId;
}

bool contains(std::span<const ObjectAddress> objects, const ObjectAddress &object) {
    return std::ranges::any_of(objects, [&](const ObjectAddress &each) { return is_same(each, object); });
}

struct Walk {
    Closure &closure;
    KnownTables known;
    pg::Vector<ObjectAddress> entered; ///< into closure.visited, by this walk
};

// True the first time.
bool enter(Walk &walk, const ObjectAddress &object) {
    const ObjectAddress key{object.classId, object.objectId, 0};
    bool is_known = false;
    hash_search(walk.closure.visited, &key, HASH_ENTER, &is_known);
    if (!is_known) walk.entered.push(key);
    return !is_known;
}

HTAB *make_visited() {
    HASHCTL control{};
    control.keysize = sizeof(ObjectAddress);
    control.entrysize = sizeof(ObjectAddress);
    control.hcxt = CurrentMemoryContext;
    return hash_create("citus dependencies", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void visit(Walk &walk, const ObjectAddress &object);

void stop(Walk &walk, const ObjectAddress &object, const char *reason) {
    if (walk.closure.obstacle) return;
    walk.closure.obstacle = object;
    walk.closure.reason = reason;
}

bool is_built_in(const ObjectAddress &object) {
    if (object.objectId >= FirstNormalObjectId) return false;
    // The schema public and the bootstrap superuser exist everywhere, but their rights may have been changed.
    const bool is_public = object.classId == NamespaceRelationId && object.objectId == PG_PUBLIC_NAMESPACE;
    const bool is_bootstrap_user = object.classId == AuthIdRelationId && object.objectId == BOOTSTRAP_SUPERUSERID;
    return !is_public && !is_bootstrap_user;
}

// The part of an object that is described with it: defaults, constraints, indexes,
// policies and statistics of tables, rules of views. Foreign keys are not: they
// come after all tables.
bool is_part(const ObjectAddress &object, char type) {
    if (type != DEPENDENCY_AUTO && type != DEPENDENCY_INTERNAL) return false;
    switch (object.classId) {
    case AttrDefaultRelationId:
    case PolicyRelationId:
    case RewriteRelationId:
    case StatisticExtRelationId: return true;
    case ConstraintRelationId:
        return pg::with_cached(CONSTROID, object.objectId, [](HeapTuple tuple) {
            return pg::fields<FormData_pg_constraint>(tuple)->contype != CONSTRAINT_FOREIGN;
        });
    case RelationRelationId: {
        const char kind = get_rel_relkind(object.objectId);
        return kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX;
    }
    default: return false;
    }
}

pg::Vector<ObjectAddress> parts_of(const ObjectAddress &object) {
    pg::Vector<ObjectAddress> parts;
    pg::each_row(DependRelationId, DependReferenceIndexId,
                 {{Anum_pg_depend_refclassid, F_OIDEQ, ObjectIdGetDatum(object.classId)},
                  {Anum_pg_depend_refobjid, F_OIDEQ, ObjectIdGetDatum(object.objectId)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_depend>(tuple);
                     ObjectAddress part;
                     ObjectAddressSet(part, form->classid, form->objid);
                     if (is_part(part, form->deptype) && !contains(parts, part)) parts.push(part);
                 });
    return parts;
}

// The objects that this one names, without itself and its whole.
pg::Vector<ObjectAddress> references_of(const ObjectAddress &object) {
    pg::Vector<ObjectAddress> references;
    const bool is_sequence =
        object.classId == RelationRelationId && get_rel_relkind(object.objectId) == RELKIND_SEQUENCE;
    pg::each_row(DependRelationId, DependDependerIndexId,
                 {{Anum_pg_depend_classid, F_OIDEQ, ObjectIdGetDatum(object.classId)},
                  {Anum_pg_depend_objid, F_OIDEQ, ObjectIdGetDatum(object.objectId)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_depend>(tuple);
                     // The table that owns a sequence needs the sequence, not the other way round.
                     if (is_sequence && form->refclassid == RelationRelationId) return;
                     ObjectAddress reference;
                     ObjectAddressSet(reference, form->refclassid, form->refobjid);
                     references.push(reference);
                 });
    pg::each_row(SharedDependRelationId, SharedDependDependerIndexId,
                 {{Anum_pg_shdepend_dbid, F_OIDEQ, ObjectIdGetDatum(MyDatabaseId)},
                  {Anum_pg_shdepend_classid, F_OIDEQ, ObjectIdGetDatum(object.classId)},
                  {Anum_pg_shdepend_objid, F_OIDEQ, ObjectIdGetDatum(object.objectId)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_shdepend>(tuple);
                     if (form->refclassid != AuthIdRelationId) return;
                     ObjectAddress reference;
                     ObjectAddressSet(reference, AuthIdRelationId, form->refobjid);
                     references.push(reference);
                 });
    return references;
}

void visit_references(Walk &walk, const ObjectAddress &object) {
    for (const ObjectAddress &reference : references_of(object)) {
        if (walk.closure.obstacle) return;
        visit(walk, reference);
    }
}

// The constructors and casts of a range type are made with it.
Oid type_of_part(const ObjectAddress &part) {
    Oid type = InvalidOid;
    pg::each_row(DependRelationId, DependDependerIndexId,
                 {{Anum_pg_depend_classid, F_OIDEQ, ObjectIdGetDatum(part.classId)},
                  {Anum_pg_depend_objid, F_OIDEQ, ObjectIdGetDatum(part.objectId)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_depend>(tuple);
                     if (form->deptype == DEPENDENCY_INTERNAL && form->refclassid == TypeRelationId)
                         type = form->refobjid;
                 });
    return type;
}

void visit_role(Walk &walk, const ObjectAddress &role) {
    pg::Vector<Oid> granted;
    pg::each_row(
        AuthMemRelationId, AuthMemMemRoleIndexId,
        {{Anum_pg_auth_members_member, F_OIDEQ, ObjectIdGetDatum(role.objectId)}},
        [&](HeapTuple tuple, TupleDesc) { granted.push(pg::fields<FormData_pg_auth_members>(tuple)->roleid); });
    for (Oid each : granted) {
        ObjectAddress object;
        ObjectAddressSet(object, AuthIdRelationId, each);
        visit(walk, object);
    }
}

// Parts are walked, their references count as the whole's.
void visit_parts(Walk &walk, const ObjectAddress &object) {
    for (const ObjectAddress &part : parts_of(object)) {
        if (walk.closure.obstacle) return;
        if (!enter(walk, part)) continue;
        visit_references(walk, part);
        visit_parts(walk, part);
    }
}

// A table of this node only stands in the way, unless it is the one to be shipped.
bool is_local_table(const Walk &walk, const ObjectAddress &object) {
    if (object.classId != RelationRelationId) return false;
    switch (get_rel_relkind(object.objectId)) {
    case RELKIND_RELATION:
    case RELKIND_PARTITIONED_TABLE:
        return std::ranges::find(walk.known, object.objectId) == walk.known.end() && !table::is_shell(object.objectId);
    case RELKIND_MATVIEW:
    case RELKIND_FOREIGN_TABLE: return true;
    default: return false;
    }
}

bool is_temporary(const ObjectAddress &object) {
    const Oid schema = get_object_namespace(&object);
    return OidIsValid(schema) && isAnyTempNamespace(schema);
}

// Whether the walk ends here, with or without an obstacle.
bool ends_here(Walk &walk, const ObjectAddress &object) {
    if (is_built_in(object) || !enter(walk, object)) return true;
    // Parts that something else names (a view its GROUP BY's primary key) come with their whole.
    if (object.classId == ConstraintRelationId || object.classId == RewriteRelationId ||
        object.classId == AttrDefaultRelationId || object.classId == PolicyRelationId ||
        object.classId == StatisticExtRelationId)
        return true;
    if (object.classId == RelationRelationId) {
        const char kind = get_rel_relkind(object.objectId);
        if (kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX || kind == RELKIND_TOASTVALUE) return true;
    }
    return false;
}

const char *reason_to_stay(const ObjectAddress &object) {
    switch (object.classId) {
    case PublicationRelationId: return "publishes what this node stores, and rows of distributed tables lie in shards";
    case SubscriptionRelationId: return "brings rows to this node";
    case EventTriggerRelationId: return "fires for statements on this node";
    default: return "cannot be made on other nodes";
    }
}

void visit_extension_of(Walk &walk, Oid extension) {
    ObjectAddress whole;
    ObjectAddressSet(whole, ExtensionRelationId, extension);
    visit(walk, whole);
}

void visit(Walk &walk, const ObjectAddress &named) {
    const ObjectAddress object = whole_of(named);
    if (walk.closure.obstacle || ends_here(walk, object)) return;
    if (object.classId != ExtensionRelationId)
        if (const Oid extension = getExtensionOfObject(object.classId, object.objectId); OidIsValid(extension))
            return visit_extension_of(walk, extension);
    if (object.classId == ExtensionRelationId && object.objectId == get_extension_oid("citus", true)) return;
    if (object.classId == AuthIdRelationId && strcmp(GetUserNameFromId(object.objectId, false), "citus_node") == 0)
        return;
    if (is_temporary(object)) return stop(walk, object, "is temporary");
    if (is_local_table(walk, object)) return stop(walk, object, "lives on this node only");
    if (!can_describe(object)) return stop(walk, object, reason_to_stay(object));
    if (object.classId == RelationRelationId)
        if (const char *reason = trigger_or_rule(object.objectId)) return stop(walk, object, reason);

    if (object.classId == AuthIdRelationId) visit_role(walk, object);
    visit_references(walk, object);
    if (object.classId == TypeRelationId && OidIsValid(get_typ_typrelid(object.objectId))) {
        ObjectAddress columns; // those of a composite type hang on its relation
        ObjectAddressSet(columns, RelationRelationId, get_typ_typrelid(object.objectId));
        visit_references(walk, columns);
    }
    visit_parts(walk, object);
    if (!walk.closure.obstacle) walk.closure.objects.push(object);
}

} // namespace

ObjectAddress whole_of(const ObjectAddress &object) {
    ObjectAddress whole = object;
    if (object.classId == ProcedureRelationId || object.classId == CastRelationId)
        if (const Oid type = type_of_part(object); OidIsValid(type)) ObjectAddressSet(whole, TypeRelationId, type);
    if (whole.classId == RelationRelationId && get_rel_relkind(object.objectId) == RELKIND_COMPOSITE_TYPE)
        ObjectAddressSet(whole, TypeRelationId, get_rel_type_id(object.objectId));
    if (whole.classId != TypeRelationId) return whole;
    if (const Oid element = get_element_type(whole.objectId); OidIsValid(element)) whole.objectId = element;
    if (get_typtype(whole.objectId) == TYPTYPE_MULTIRANGE) whole.objectId = get_multirange_range(whole.objectId);
    const Oid relation = get_typ_typrelid(whole.objectId);
    if (OidIsValid(relation) && get_rel_relkind(relation) != RELKIND_COMPOSITE_TYPE)
        ObjectAddressSet(whole, RelationRelationId, relation);
    return whole;
}

namespace {

void add_need(pg::Vector<const char *> &needs, const char *need) {
    for (const char *each : needs)
        if (strcmp(each, need) == 0) return;
    needs.push(need);
}

void need_schema_of(pg::Vector<const char *> &needs, const ObjectAddress &object, const char *privileges) {
    const Oid schema = get_object_namespace(&object);
    if (!OidIsValid(schema) || schema == PG_CATALOG_NAMESPACE || isAnyTempNamespace(schema)) return;
    add_need(needs, psprintf("%s ON SCHEMA %s", privileges, quote_identifier(get_namespace_name(schema))));
}

bool is_trusted(Oid language) {
    return pg::with_cached(LANGOID, language,
                           [](HeapTuple tuple) { return pg::fields<FormData_pg_language>(tuple)->lanpltrusted; });
}

void need_references(pg::Vector<const char *> &needs, const ObjectAddress &object, const ObjectAddress &whole) {
    for (const ObjectAddress &named : references_of(object)) {
        const ObjectAddress reference = whole_of(named);
        if (is_same(reference, whole)) continue;
        need_schema_of(needs, reference, "USAGE");
        if (reference.classId == TypeRelationId)
            add_need(needs, psprintf("USAGE ON TYPE %s", format_type_be_qualified(reference.objectId)));
        if (reference.classId == LanguageRelationId && is_trusted(reference.objectId))
            add_need(needs,
                     psprintf("USAGE ON LANGUAGE %s", quote_identifier(get_language_name(reference.objectId, false))));
    }
}

} // namespace

pg::Vector<const char *> needs_of(const ObjectAddress &object) {
    pg::Vector<const char *> needs;
    pg::Vector<ObjectAddress> objects;
    objects.push(object);
    for (size_t i = 0; i < objects.size(); i++) {
        const ObjectAddress each = objects[i];
        if (i == 0 || each.classId == StatisticExtRelationId) need_schema_of(needs, each, "USAGE, CREATE");
        need_references(needs, each, object);
        for (const ObjectAddress &part : parts_of(each))
            if (!contains(objects, part)) objects.push(part);
    }
    return needs;
}

const char *trigger_or_rule(Oid relation) {
    const char *reason = nullptr;
    pg::each_row(TriggerRelationId, TriggerRelidNameIndexId,
                 {{Anum_pg_trigger_tgrelid, F_OIDEQ, ObjectIdGetDatum(relation)}}, [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_trigger>(tuple);
                     if (!form->tgisinternal) reason = psprintf("has a trigger (\"%s\")", NameStr(form->tgname));
                 });
    pg::each_row(RewriteRelationId, RewriteRelRulenameIndexId,
                 {{Anum_pg_rewrite_ev_class, F_OIDEQ, ObjectIdGetDatum(relation)}}, [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_rewrite>(tuple);
                     if (strcmp(NameStr(form->rulename), "_RETURN") != 0)
                         reason = psprintf("has a rule (\"%s\")", NameStr(form->rulename));
                 });
    return reason;
}

void add_with_dependencies(Closure &closure, const ObjectAddress &object, KnownTables known) {
    if (!closure.visited) closure.visited = make_visited();
    const size_t before = closure.objects.size();
    Walk walk{closure, known, pg::Vector<ObjectAddress>()};
    visit(walk, object);
    if (!closure.obstacle) return;
    closure.objects.resize_down(before);
    for (const ObjectAddress &each : walk.entered) hash_search(closure.visited, &each, HASH_REMOVE, nullptr);
}

Closure closure_of(const ObjectAddress &object, KnownTables known) {
    Closure closure;
    add_with_dependencies(closure, object, known);
    return closure;
}

} // namespace cedro::ddl
