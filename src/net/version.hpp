// What two nodes compare when one connects to the other.
#pragma once

namespace cedro::net {

/// The form of the messages between nodes.
inline constexpr int kWireVersion = 1;

/// The version of this library. Nodes run the same one.
inline constexpr char kLibraryVersion[] = "13.2-1";

} // namespace cedro::net
