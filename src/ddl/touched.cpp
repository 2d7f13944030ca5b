// Learns from PostgreSQL's object access hook which objects a statement makes and changes.
#include "ddl/describe/dependency.hpp"
#include "ddl/handler.hpp"
#include "ddl/statement.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "worker/lent_privilege.hpp"

namespace cedro::ddl {

namespace {

constinit object_access_hook_type next_hook = nullptr;
constinit Touched *current = nullptr;
constinit pg::Vector<ObjectAddress> *drops = nullptr;

bool contains(std::span<const ObjectAddress> objects, const ObjectAddress &object) {
    return std::ranges::any_of(objects, [&](const ObjectAddress &each) {
        return each.classId == object.classId && each.objectId == object.objectId;
    });
}

void note(pg::Vector<ObjectAddress> &objects, Oid catalog, Oid oid) {
    ObjectAddress object;
    ObjectAddressSet(object, catalog, oid);
    if (!contains(objects, object)) objects.push(object);
}

extern "C" void note_access(ObjectAccessType access, Oid catalog, Oid object, int column, void *argument) {
    if (next_hook) next_hook(access, catalog, object, column, argument);
    if (drops && access == OAT_DROP && column == 0) drops->push({catalog, object, 0});
    if (!current) return;
    if (access == OAT_POST_CREATE && !static_cast<ObjectAccessPostCreate *>(argument)->is_internal)
        note(current->created, catalog, object);
    if (access == OAT_POST_ALTER && !static_cast<ObjectAccessPostAlter *>(argument)->is_internal)
        note(current->altered, catalog, object);
}

pg::Vector<ObjectAddress> shared(std::span<const ObjectAddress> objects) {
    pg::Vector<ObjectAddress> result;
    for (const ObjectAddress &each : objects)
        if (auto object = shared_object(each); object && !contains(result, *object)) result.push(*object);
    return result;
}

} // namespace

pg::Vector<ObjectAddress> Touched::all() const {
    pg::Vector<ObjectAddress> result;
    for (const auto *list : {&created, &altered})
        for (const ObjectAddress &each : *list)
            if (!contains(result, each)) result.push(each);
    return result;
}

Touched watch(pg::FunctionRef<void()> body) {
    Touched raw;
    Touched *outer = current;
    current = &raw;
    pg::finally(body, [&] { current = outer; });
    CommandCounterIncrement();
    Touched result;
    result.created = shared(raw.created);
    result.altered = shared(raw.altered);
    return result;
}

pg::Vector<ObjectAddress> watch_drops(pg::FunctionRef<void()> body) {
    pg::Vector<ObjectAddress> dropped;
    pg::Vector<ObjectAddress> *outer = drops;
    drops = &dropped;
    pg::finally(body, [&] { drops = outer; });
    return dropped;
}

namespace {

// A constraint of a domain is part of it; one of a table is touched with the table.
std::optional<ObjectAddress> domain_of(Oid constraint) {
    HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
    if (!HeapTupleIsValid(tuple)) return std::nullopt;
    ObjectAddress domain;
    ObjectAddressSet(domain, TypeRelationId, pg::fields<FormData_pg_constraint>(tuple)->contypid);
    ReleaseSysCache(tuple);
    if (!OidIsValid(domain.objectId)) return std::nullopt;
    return domain;
}

} // namespace

std::optional<ObjectAddress> shared_object(const ObjectAddress &object) {
    switch (object.classId) {
    case ConstraintRelationId: return domain_of(object.objectId);
    case AttrDefaultRelationId:
    case RewriteRelationId:
    case TriggerRelationId:
    case PolicyRelationId:
    case StatisticExtRelationId:
    case IndexRelationId:
    case InheritsRelationId:
    case AccessMethodOperatorRelationId:
    case AccessMethodProcedureRelationId:
    case DbRoleSettingRelationId: return std::nullopt; // parts: their whole is touched too
    default: break;
    }
    if (!getObjectDescription(&object, true)) return std::nullopt; // gone again
    const ObjectAddress whole = whole_of(object);
    if (whole.classId == NamespaceRelationId && isAnyTempNamespace(whole.objectId)) return std::nullopt;
    if (OidIsValid(getExtensionOfObject(whole.classId, whole.objectId))) return std::nullopt;
    return whole;
}

void initialize() {
    worker::set_needs([](Oid table) {
        ObjectAddress object;
        ObjectAddressSet(object, RelationRelationId, table);
        return needs_of(object);
    });
    next_hook = object_access_hook;
    object_access_hook = note_access;
}

} // namespace cedro::ddl
