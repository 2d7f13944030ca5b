// Takes one storage parameter out of the text of a statement. Pure text.
#pragma once
#include <cstddef>

namespace cedro::replica {

/// Overwrites with blanks the element of a list of storage parameters that
/// begins at a position of the text, with the comma that sets it apart; and when
/// none is left in the list, the whole SET or RESET of it. All other positions
/// keep their meaning. False when a comment stands in the way; the text is then spoilt.
bool blank_option(char *text, size_t position);

} // namespace cedro::replica
