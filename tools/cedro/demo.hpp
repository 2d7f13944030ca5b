// The walkthrough before the reader's eyes, on a cluster of its own.
#pragma once
#include "cluster.hpp"

namespace cedro {

struct DemoWish {
    Path directory;      // empty: a temporary one
    bool keep = false;   // leave the cluster running
    bool strict = false; // what does not run or does not hold is a failure
};

/// Returns the exit status: 0 unless a server crashed or, when strict, something did not go as promised.
int demo(const DemoWish &wish);

} // namespace cedro
