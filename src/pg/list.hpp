// Typed range-for views of PostgreSQL's List.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::pg {

/// Walks a List of T pointers: `for (TargetEntry *entry : ListOf<TargetEntry>(query->targetList))`.
/// The list must not grow while it is walked.
template <typename T>
class ListOf {
public:
    explicit ListOf(const List *list) : list_(list) {}
    struct Iterator {
        const ListCell *cell;
        T *operator*() const { return static_cast<T *>(lfirst(cell)); }
        Iterator &operator++() {
            ++cell;
            return *this;
        }
        bool operator==(const Iterator &) const = default;
    };
    Iterator begin() const { return {list_ ? list_->elements : nullptr}; }
    Iterator end() const { return {list_ ? list_->elements + list_->length : nullptr}; }

private:
    const List *list_;
};

/// Walks a List of Oids.
class OidsOf {
public:
    explicit OidsOf(const List *list) : list_(list) {}
    struct Iterator {
        const ListCell *cell;
        Oid operator*() const { return lfirst_oid(cell); }
        Iterator &operator++() {
            ++cell;
            return *this;
        }
        bool operator==(const Iterator &) const = default;
    };
    Iterator begin() const { return {list_ ? list_->elements : nullptr}; }
    Iterator end() const { return {list_ ? list_->elements + list_->length : nullptr}; }

private:
    const List *list_;
};

} // namespace cedro::pg
