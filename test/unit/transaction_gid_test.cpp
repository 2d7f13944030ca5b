// Names of prepared transactions say where they come from, and foreign ones are never taken for ours.
#include "transaction/gid.hpp"

#include <gtest/gtest.h>

using namespace cedro::transaction;

TEST(Gid, IsReadAsItWasWritten) {
    for (const Gid &gid :
         {Gid{0, 1, 1, 1}, Gid{7, 4711, 848850827320197, 3}, Gid{2147483647, 2147483647, UINT64_MAX, 99}}) {
        char text[kGidSize];
        write_gid(gid, text);
        EXPECT_EQ(parse_gid(text), gid) << text;
    }
}

TEST(Gid, HasTheFormThatReadersKnow) {
    char text[kGidSize];
    write_gid({3, 42, 1000, 2}, text);
    EXPECT_STREQ(text, "citus_3_42_1000_2");
}

TEST(Gid, LeavesForeignNamesAlone) {
    for (const char *text : {"", "citus", "citus_", "citus_1_2_3", "citus_1_2_3_4_5", "citus_1_2_3_4 ",
                             "citus_-1_2_3_4", "citus_1_2_x_4", "citus_1__3_4", "Citus_1_2_3_4", "xcitus_1_2_3_4",
                             "citus_1_2_3_", "citus_99999999999_1_1_1", "citus_1_1_99999999999999999999999_1"})
        EXPECT_FALSE(parse_gid(text)) << text;
}
