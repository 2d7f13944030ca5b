// Random SELECT statements over given tables, whose rows do not depend on chance: what
// chooses rows is ordered by all columns. Biased to what is hard to distribute: NULL keys, outer
// joins and grouping on their nullable side, sub-queries that look outside, sets of groups.
#pragma once
#include <random>
#include <string>
#include <vector>

namespace random_statements {

enum class Type { Int, Text, Numeric, Date };

struct Column {
    std::string name; ///< as it is written: alias.column
    Type type;
    bool is_key = false; ///< likely to be a distribution column
};

struct Table {
    std::string name;
    std::vector<Column> columns;
};

class Grammar {
public:
    Grammar(unsigned seed, std::vector<Table> tables) : random_(seed), tables_(std::move(tables)) {}

    struct Statement {
        std::string text;
        bool is_ordered; ///< by all its columns
    };
    Statement next();

private:
    using Scope = std::vector<Column>;
    struct From {
        std::string text;
        Scope columns;
    };
    struct Select {
        std::string text;
        std::vector<Type> types;
    };

    unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }
    bool chance(unsigned percent) { return below(100) < percent; }
    template <typename T>
    const T &pick(const std::vector<T> &values) {
        return values[below(static_cast<unsigned>(values.size()))];
    }
    std::string alias() { return "x" + std::to_string(++aliases_); }
    Type type();

    From table(const Table &table);
    From source(const Scope &outer, int depth);
    From join(const Scope &outer, int depth);
    From from(const Scope &outer, int depth);
    From derived(const Scope &outer, int depth, bool is_lateral);
    std::string join_condition(const Scope &left, const Scope &right, const Scope &outer, bool is_full);

    std::string constant(Type type);
    const Column *column(const Scope &scope, Type type);
    std::string scalar(const Scope &scope, const Scope &outer, Type type, int depth);
    std::string condition(const Scope &scope, const Scope &outer, int depth);
    std::string sub_query_condition(const Scope &scope, const Scope &outer, int depth);
    std::string sub_query(const Scope &outer, Type type, int depth);
    std::string aggregate(const Scope &scope, const Scope &outer, Type type, bool allows_distinct = true);
    std::string aggregate_of(const Scope &scope, const Scope &outer, Type type, bool allows_distinct);

    Select select(const Scope &outer, int depth, const std::vector<Type> *types = nullptr);
    Select plain(const Scope &outer, int depth, const std::vector<Type> &types);
    Select grouped(const Scope &outer, int depth, const std::vector<Type> &types);
    Select windowed(const Scope &outer, int depth, const std::vector<Type> &types);
    Select united(const Scope &outer, int depth, const std::vector<Type> &types);
    std::string body(const From &from, const Scope &outer, int depth);
    std::string all_positions(size_t count);
    std::string limited(size_t count);

    std::mt19937 random_;
    std::vector<Table> tables_;
    std::vector<Table> with_; ///< CTEs in sight
    int aliases_ = 0;
    int budget_ = 0; ///< tables that the statement may still read
};

} // namespace random_statements
