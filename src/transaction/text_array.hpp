// text[] in both directions.
#pragma once
#include "pg/arena.hpp"

namespace cedro::transaction {

/// The literal of a text[] with these elements. palloc'ed.
const char *text_array(std::span<const char *const> elements);

/// The elements of a text[]; raises when one is NULL.
pg::Vector<const char *> texts_of(Datum array);

} // namespace cedro::transaction
