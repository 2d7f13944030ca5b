// A storage parameter is taken out of a statement's text, and the rest still says what it said.
#include "replica/option_text.hpp"

#include <gtest/gtest.h>
#include <optional>
#include <string>

using namespace cedro::replica;

namespace {

// The text without the option, blanks squeezed; nothing when it cannot be done.
std::optional<std::string> without_option(std::string text) {
    const size_t length = text.size();
    const size_t position = text.find("factor");
    if (!blank_option(text.data(), position)) return std::nullopt;
    EXPECT_EQ(text.size(), length);
    std::string squeezed;
    for (char c : text) {
        const bool is_blank = c == ' ' || c == '\n';
        if (is_blank && !squeezed.empty() && squeezed.back() == ' ') continue;
        if ((c == ',' || c == ')') && !squeezed.empty() && squeezed.back() == ' ') squeezed.pop_back();
        squeezed += is_blank ? ' ' : c;
    }
    return squeezed;
}

} // namespace

TEST(OptionText, LeavesTheOthersOfTheList) {
    EXPECT_EQ(without_option("ALTER TABLE t SET (factor = 2, fillfactor_ = 70)"), "ALTER TABLE t SET ( fillfactor_ = 70)");
    EXPECT_EQ(without_option("ALTER TABLE t SET (a = 1, factor=2, b = 3)"), "ALTER TABLE t SET (a = 1, b = 3)");
    EXPECT_EQ(without_option("ALTER TABLE t SET (a = 1, factor = 2)"), "ALTER TABLE t SET (a = 1)");
    EXPECT_EQ(without_option("ALTER TABLE t RESET (a, factor)"), "ALTER TABLE t RESET (a)");
}

TEST(OptionText, TakesTheCommandWhenNothingIsLeft) {
    EXPECT_EQ(without_option("ALTER TABLE t ADD c int, SET (factor = 2), DROP d"), "ALTER TABLE t ADD c int, DROP d");
    EXPECT_EQ(without_option("ALTER TABLE t SET (factor = 2), DROP d;"), "ALTER TABLE t DROP d;");
    EXPECT_EQ(without_option("ALTER TABLE t DROP d, RESET ( factor );"), "ALTER TABLE t DROP d ;");
    EXPECT_EQ(without_option("ALTER TABLE t SET (factor = 2)"), "ALTER TABLE t ");
}

TEST(OptionText, IsNotMisledByQuotesAndComments) {
    EXPECT_EQ(without_option("ALTER TABLE \"a,(\" SET (factor = 'a,)''b', b = ')')"), "ALTER TABLE \"a,(\" SET ( b = ')')");
    EXPECT_EQ(without_option("ALTER TABLE t SET (factor /* , ) /* , */ */ = 2, b = 1)"), "ALTER TABLE t SET ( b = 1)");
    EXPECT_EQ(without_option("ALTER TABLE t SET (factor = 2 -- , )\n, b = 1)"), "ALTER TABLE t SET ( b = 1)");
    EXPECT_EQ(without_option("ALTER TABLE t SET (factor = f(1, 2), b = 1)"), "ALTER TABLE t SET ( b = 1)");
}

TEST(OptionText, SaysWhenACommentStandsInTheWay) {
    EXPECT_EQ(without_option("ALTER TABLE t SET (/* x */ factor = 2), DROP d"), std::nullopt);
    EXPECT_EQ(without_option("ALTER TABLE t SET /* x */ (factor = 2), DROP d"), std::nullopt);
    EXPECT_EQ(without_option("ALTER TABLE t SET (factor = 2"), std::nullopt);
}
