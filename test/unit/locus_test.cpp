// Whatever the algebra of loci allows is true: joins, unions and groups of random small relations are computed in every
// group by itself and compared with the whole.
#include "planner/locus.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <random>
#include <vector>

using namespace cedro::planner;

namespace {

constexpr int kGroups = 3;
constexpr int kLayout = 7;

using Value = std::optional<int>;
using Row = std::vector<Value>; // by column; columns of other relations are absent (NULL)
using Rows = std::vector<Row>;

int home(Value value) { return value ? *value % kGroups : 0; }

// A relation as every group sees it, and as a whole.
struct Relation {
    Locus locus;
    ColumnSet columns = 0;
    std::vector<Rows> in_group = std::vector<Rows>(kGroups);
    Rows whole;
};

struct Random {
    std::mt19937 engine;
    int below(int limit) { return static_cast<int>(engine() % static_cast<unsigned>(limit)); }
    bool chance(int percent) { return below(100) < percent; }
    Value value() { return chance(20) ? Value() : Value(below(5)); }
};

constexpr int kColumns = 8;
ColumnSet bit(int column) { return ColumnSet{1} << column; }

// Two columns; the first one is the key of a table in parts.
Relation leaf(Random &random, int first) {
    Relation relation;
    relation.columns = bit(first) | bit(first + 1);
    const bool is_part = random.chance(75);
    const bool is_pinned = is_part && random.chance(20);
    relation.locus.kind = is_part ? LocusKind::Part : LocusKind::Everywhere;
    relation.locus.layout = is_part ? kLayout : 0;
    if (is_part) relation.locus.strong = bit(first);
    const int only = random.below(kGroups);
    if (is_pinned) relation.locus.group = only;
    for (int i = random.below(6); i > 0; i--) {
        Row row(kColumns);
        row[static_cast<size_t>(first)] = random.value();
        row[static_cast<size_t>(first) + 1] = random.value();
        const int group = home(row[static_cast<size_t>(first)]);
        if (is_pinned && group != only) continue;
        relation.whole.push_back(row);
        for (int g = 0; g < kGroups; g++)
            if (!is_part || g == group) relation.in_group[static_cast<size_t>(g)].push_back(row);
    }
    return relation;
}

bool matches(const Row &left, const Row &right, const std::vector<std::pair<int, int>> &equalities) {
    return std::ranges::all_of(equalities, [&](auto pair) {
        const Value one = left[static_cast<size_t>(pair.first)];
        const Value other = right[static_cast<size_t>(pair.second)];
        return one && other && *one == *other;
    });
}

Row merged(const Row &left, const Row &right) {
    Row row = left;
    for (size_t i = 0; i < row.size(); i++)
        if (!row[i]) row[i] = right[i];
    return row;
}

Rows joined(JoinKind kind, const Rows &left, const Rows &right, const std::vector<std::pair<int, int>> &equalities) {
    Rows rows;
    std::vector<bool> is_matched(right.size());
    for (const Row &one : left) {
        bool found = false;
        for (size_t i = 0; i < right.size(); i++) {
            if (!matches(one, right[i], equalities)) continue;
            found = is_matched[i] = true;
            if (kind != JoinKind::Semi && kind != JoinKind::Anti) rows.push_back(merged(one, right[i]));
        }
        if (kind == JoinKind::Semi ? found : kind == JoinKind::Inner ? false : !found) rows.push_back(one);
    }
    for (size_t i = 0; kind == JoinKind::Full && i < right.size(); i++)
        if (!is_matched[i]) rows.push_back(right[i]);
    return rows;
}

std::vector<ColumnSet> classes_of(const std::vector<std::pair<int, int>> &equalities) {
    std::vector<ColumnSet> classes;
    for (auto [one, other] : equalities) {
        ColumnSet set = bit(one) | bit(other);
        std::erase_if(classes, [&](ColumnSet each) {
            if (!(each & set)) return false;
            set |= each;
            return true;
        });
        classes.push_back(set);
    }
    return classes;
}

// The groups that run: all, or the one that a pinned relation names.
bool runs(const Locus &locus, int group) {
    if (locus.kind != LocusKind::Part) return group == 0;
    return !locus.is_pinned() || locus.group == group;
}

testing::AssertionResult is_sound(const Relation &relation) {
    Rows found;
    for (int g = 0; g < kGroups; g++) {
        if (!runs(relation.locus, g)) continue;
        for (const Row &row : relation.in_group[static_cast<size_t>(g)]) {
            found.push_back(row);
            if (relation.locus.kind != LocusKind::Part) continue;
            for (int column = 0; column < kColumns; column++) {
                const Value value = row[static_cast<size_t>(column)];
                if ((relation.locus.strong & bit(column)) && home(value) != g)
                    return testing::AssertionFailure() << "column " << column << " is no strong key";
                if ((relation.locus.weak & bit(column)) && value && home(value) != g)
                    return testing::AssertionFailure() << "column " << column << " is no weak key";
            }
        }
    }
    Rows whole = relation.whole;
    std::ranges::sort(found);
    std::ranges::sort(whole);
    if (found != whole) return testing::AssertionFailure() << found.size() << " rows instead of " << whole.size();
    return testing::AssertionSuccess();
}

std::optional<Relation> join_relations(Random &random, JoinKind kind, const Relation &left, const Relation &right) {
    std::vector<std::pair<int, int>> equalities;
    for (int i = random.below(3); i > 0; i--) {
        int one, other;
        do one = random.below(kColumns);
        while (!(left.columns & bit(one)));
        do other = random.below(kColumns);
        while (!(right.columns & bit(other)));
        equalities.emplace_back(one, other);
    }
    const std::vector<ColumnSet> classes = classes_of(equalities);
    const std::optional<Locus> locus = join(kind, left.locus, right.locus, classes);
    if (!locus) return std::nullopt;
    Relation result{*locus, left.columns, std::vector<Rows>(kGroups),
                    joined(kind, left.whole, right.whole, equalities)};
    if (kind != JoinKind::Semi && kind != JoinKind::Anti) result.columns |= right.columns;
    for (size_t g = 0; g < kGroups; g++)
        result.in_group[g] = joined(kind, left.in_group[g], right.in_group[g], equalities);
    return result;
}

} // namespace

TEST(Locus, JoinsThatAreAllowedAreRight) {
    Random random{std::mt19937(1)};
    std::map<JoinKind, int> allowed;
    for (int round = 0; round < 60000; round++) {
        std::optional<Relation> relation = leaf(random, 0);
        for (int first = 2; relation && first < kColumns; first += 2) {
            const auto kind = static_cast<JoinKind>(random.below(5));
            const Relation other = leaf(random, first);
            relation = random.chance(50) ? join_relations(random, kind, *relation, other)
                                         : join_relations(random, kind, other, *relation);
            if (!relation) break;
            allowed[kind]++;
            ASSERT_TRUE(is_sound(*relation)) << "round " << round << ", kind " << static_cast<int>(kind);
        }
    }
    for (int kind = 0; kind < 5; kind++) EXPECT_GT(allowed[static_cast<JoinKind>(kind)], 500) << kind;
}

TEST(Locus, GroupsThatAreKeptTogetherAreInOneGroup) {
    Random random{std::mt19937(2)};
    int allowed = 0;
    for (int round = 0; round < 60000; round++) {
        const auto relation =
            join_relations(random, static_cast<JoinKind>(random.below(3)), leaf(random, 0), leaf(random, 2));
        if (!relation || relation->locus.kind != LocusKind::Part) continue;
        ColumnSet columns = 0;
        for (int column = 0; column < 4; column++)
            if (random.chance(40)) columns |= bit(column);
        if (!keeps_together(relation->locus, columns)) continue;
        allowed++;
        std::map<Row, int> place;
        for (int g = 0; g < kGroups; g++) {
            if (!runs(relation->locus, g)) continue;
            for (const Row &row : relation->in_group[static_cast<size_t>(g)]) {
                Row key;
                for (int column = 0; column < 4; column++)
                    if (columns & bit(column)) key.push_back(row[static_cast<size_t>(column)]);
                const auto [known, is_new] = place.emplace(key, g);
                ASSERT_TRUE(is_new || known->second == g) << "round " << round;
            }
        }
    }
    EXPECT_GT(allowed, 1000);
}

TEST(Locus, UnionsThatAreAllowedAreRight) {
    Random random{std::mt19937(3)};
    int allowed = 0;
    for (int round = 0; round < 20000; round++) {
        const Relation left = leaf(random, 0);
        const Relation right = leaf(random, 0);
        for (bool is_union_all : {true, false}) {
            const auto locus = united(left.locus, right.locus, is_union_all);
            if (!locus) continue;
            allowed++;
            Relation result{*locus, left.columns, std::vector<Rows>(kGroups), {}};
            auto unite = [&](Rows one, const Rows &other) {
                one.insert(one.end(), other.begin(), other.end());
                std::ranges::sort(one);
                if (!is_union_all) one.erase(std::unique(one.begin(), one.end()), one.end());
                return one;
            };
            result.whole = unite(left.whole, right.whole);
            for (size_t g = 0; g < kGroups; g++) result.in_group[g] = unite(left.in_group[g], right.in_group[g]);
            ASSERT_TRUE(is_sound(result)) << "round " << round;
        }
    }
    EXPECT_GT(allowed, 1000);
}

TEST(Locus, AKeyOnTheNullableSideIsWeak) {
    Locus a{LocusKind::Part, kLayout};
    Locus b = a;
    a.strong = bit(0);
    b.strong = bit(2);
    const ColumnSet classes[] = {bit(0) | bit(2)};
    const auto left = join(JoinKind::Left, a, b, classes);
    ASSERT_TRUE(left);
    EXPECT_EQ(left->strong, bit(0));
    EXPECT_EQ(left->weak, bit(2));
    EXPECT_FALSE(keeps_together(*left, bit(2)));
    EXPECT_TRUE(keeps_together(*left, bit(0)));
}

TEST(Locus, ASubQueryIsBoundByAKeyOfTheRowsAroundIt) {
    const Locus outer{LocusKind::Bound, kLayout, kNoGroup, bit(5)};
    const Locus part{LocusKind::Part, kLayout, kNoGroup, bit(0)};
    const ColumnSet linked[] = {bit(0) | bit(5)};
    const ColumnSet unlinked[] = {bit(1) | bit(5)};
    EXPECT_EQ(join(JoinKind::Inner, part, outer, linked)->kind, LocusKind::Bound);
    EXPECT_FALSE(join(JoinKind::Inner, part, outer, unlinked));
    EXPECT_FALSE(join(JoinKind::Left, part, outer, linked)); // preserves rows of other groups
    EXPECT_EQ(join(JoinKind::Left, outer, part, linked)->kind, LocusKind::Bound);
}
