// A certificate of this server's own, so that nodes can speak to each other
// encrypted without anybody preparing anything.
#pragma once

namespace cedro::net {

/// Writes a new private key (mode 0600) and a certificate that the key itself
/// signs. Files that are there are left alone and make it fail.
/// Returns nullptr, or what went wrong.
const char *make_certificate(const char *certificate_file, const char *key_file, const char *common_name);

} // namespace cedro::net
