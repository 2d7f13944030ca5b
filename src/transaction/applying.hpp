// The flag behind is_applying(). For this folder only.
#pragma once

namespace cedro::transaction {

/// Sets it and returns what it was.
bool set_applying(bool is_applying);

} // namespace cedro::transaction
