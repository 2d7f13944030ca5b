// What follows from the reports of several nodes: who shows half of a transaction, and what is done about it.
#include "transaction/snapshot_report.hpp"

#include <gtest/gtest.h>
#include <vector>

using namespace cedro::transaction;

namespace {

constexpr GlobalId kT{0, 4711};
constexpr Groups kOnOneAndTwo{2, {1, 2}};

Sighting shown(int64_t age) { return {kT, Sight::Visible, age, kOnOneAndTwo}; }
Sighting in_doubt(int64_t age) { return {kT, Sight::InDoubt, age, kOnOneAndTwo}; }

struct Nodes {
    std::vector<Sighting> one = {}, two = {};
    bool is_two_fixed = false;
    bool is_complete = true;
    std::vector<GlobalId> known = {}, asked = {};

    std::vector<Report> reports() const {
        return {{1, false, is_complete, one}, {2, is_two_fixed, is_complete, two}, {3, false, is_complete, {}}};
    }
    Verdict verdict_on(size_t node) const {
        const std::vector<Report> all = reports();
        return verdict({all, known, asked, 50000, 1000}, all[node], one[0]);
    }
    Doubt doubt_on_two() const {
        const std::vector<Report> all = reports();
        return doubt({all, known, asked, 50000, 1000}, all[1], two[0]);
    }
};

} // namespace

TEST(SnapshotReport, IsReadAsItWasWritten) {
    for (const Sighting &each :
         {shown(0), in_doubt(123456789), Sighting{{7, UINT64_MAX}, Sight::Unknown, -3, {Groups::kAll, {}}}}) {
        char line[kSightingSize];
        std::string_view text(line, write_sighting(each, line));
        Sighting read{};
        ASSERT_TRUE(read_sighting(text, read));
        EXPECT_TRUE(text.empty());
        EXPECT_EQ(read.id, each.id);
        EXPECT_EQ(read.sight, each.sight);
        EXPECT_EQ(read.age, each.age);
        EXPECT_EQ(read.groups.contains(1), each.groups.contains(1));
        EXPECT_EQ(read.groups.contains(9), each.groups.contains(9));
    }
}

TEST(SnapshotReport, MalformedTextIsNoSighting) {
    Sighting read{};
    for (std::string_view text : {"", "\n", "v", "v 1 2 3", "v x 2 3 1\n", "v 1\n"})
        EXPECT_FALSE(read_sighting(text, read)) << text;
}

TEST(SnapshotReport, TooManyGroupsAreAll) {
    EXPECT_TRUE(parse_groups("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16").contains(99));
    EXPECT_FALSE(parse_groups("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15").contains(99));
}

TEST(SnapshotReport, ShownOnBothIsWhole) { EXPECT_EQ((Nodes{{shown(10)}, {shown(10)}}.verdict_on(1)), Verdict::Whole); }

TEST(SnapshotReport, InDoubtHereAndShownThereIsPatched) {
    EXPECT_EQ((Nodes{{shown(10)}, {in_doubt(20)}}.verdict_on(1)), Verdict::Patch);
    EXPECT_EQ((Nodes{{shown(40000)}, {in_doubt(49000)}}.verdict_on(1)), Verdict::Patch);
}

TEST(SnapshotReport, MissingHereAndCommittedDuringTheRoundIsTakenAnew) {
    EXPECT_EQ((Nodes{{shown(999)}, {}}.verdict_on(1)), Verdict::Retake);
}

TEST(SnapshotReport, MissingHereButCommittedBeforeTheRoundIsVisibleHere) {
    EXPECT_EQ((Nodes{{shown(1001)}, {}}.verdict_on(1)), Verdict::Whole);
    Nodes nodes{{shown(999)}, {}};
    nodes.known = {kT};
    EXPECT_EQ(nodes.verdict_on(1), Verdict::Whole);
}

TEST(SnapshotReport, WhereItDidNotWriteNothingIsMissing) {
    EXPECT_EQ((Nodes{{shown(10)}, {shown(10)}}.verdict_on(2)), Verdict::Whole);
}

TEST(SnapshotReport, AFixedSnapshotMustShowIt) {
    Nodes nodes{{shown(1001)}, {in_doubt(2000)}};
    nodes.is_two_fixed = true;
    EXPECT_EQ(nodes.verdict_on(1), Verdict::Refuse);
    nodes.two = {};
    EXPECT_EQ(nodes.verdict_on(1), Verdict::Refuse);
    nodes.two = {shown(90000)};
    EXPECT_EQ(nodes.verdict_on(1), Verdict::Whole);
}

TEST(SnapshotReport, ADoubtYoungerThanTheWindowIsCovered) {
    EXPECT_EQ((Nodes{{}, {in_doubt(48000)}}.doubt_on_two()), Doubt::Harmless);
}

TEST(SnapshotReport, AnOldDoubtIsAskedFor) {
    Nodes nodes{{}, {in_doubt(49000)}};
    EXPECT_EQ(nodes.doubt_on_two(), Doubt::Ask);
    nodes.asked = {kT};
    EXPECT_EQ(nodes.doubt_on_two(), Doubt::Origin);
    nodes.one = {in_doubt(49000)};
    EXPECT_EQ(nodes.doubt_on_two(), Doubt::Harmless);
}

TEST(SnapshotReport, AnIncompleteReportProvesNothing) {
    Nodes nodes{{}, {in_doubt(10)}};
    nodes.is_complete = false;
    EXPECT_EQ(nodes.doubt_on_two(), Doubt::Ask);
    nodes.one = {{kT, Sight::Unknown, 0, {}}};
    nodes.asked = {kT};
    EXPECT_EQ(nodes.doubt_on_two(), Doubt::Origin);
}
