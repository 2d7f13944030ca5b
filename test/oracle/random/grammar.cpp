#include "grammar.hpp"

#include <fmt/format.h>

namespace random_statements {

namespace {

const char *name_of(Type type) {
    switch (type) {
    case Type::Int: return "int";
    case Type::Text: return "text";
    case Type::Numeric: return "numeric";
    case Type::Date: return "date";
    }
    return "";
}

} // namespace

Type Grammar::type() {
    const unsigned number = below(10);
    if (number < 6) return Type::Int;
    if (number < 8) return Type::Text;
    return number == 8 ? Type::Numeric : Type::Date;
}

std::string Grammar::constant(Type type) {
    if (chance(6)) return fmt::format("NULL::{}", name_of(type));
    switch (type) {
    case Type::Int: return std::to_string(below(14));
    case Type::Text: return fmt::format("'t{}'", below(8));
    case Type::Numeric: return fmt::format("{}.{}", below(10), below(2) ? "5" : "25");
    case Type::Date: return fmt::format("date '2024-01-{:02}'", 1 + below(9));
    }
    return "NULL";
}

const Column *Grammar::column(const Scope &scope, Type type) {
    std::vector<const Column *> found;
    for (const Column &each : scope)
        if (each.type == type) found.insert(found.end(), each.is_key ? 3 : 1, &each);
    return found.empty() ? nullptr : pick(found);
}

std::string Grammar::scalar(const Scope &scope, const Scope &outer, Type type, int depth) {
    const unsigned number = below(100);
    if (depth > 0 && number < 6 && budget_ > 0) return sub_query(scope, type, depth - 1);
    if (depth > 0 && number < 30) {
        const std::string one = scalar(scope, outer, type, depth - 1);
        const std::string other = scalar(scope, outer, type, depth - 1);
        switch (below(6)) {
        case 0: return fmt::format("coalesce({}, {})", one, other);
        case 1: return fmt::format("CASE WHEN {} THEN {} ELSE {} END", condition(scope, outer, depth - 1), one, other);
        case 2: return fmt::format("greatest({}, {})", one, other);
        case 3: return fmt::format("nullif({}, {})", one, other);
        default:
            switch (type) {
            case Type::Int:
                if (chance(20)) return fmt::format("length({})", scalar(scope, outer, Type::Text, depth - 1));
                return chance(50) ? fmt::format("({} + {})", one, constant(type)) : fmt::format("({} % 5)", one);
            case Type::Text: return fmt::format("({} || {})", one, other);
            case Type::Numeric: return fmt::format("({} - {})", one, other);
            case Type::Date: return fmt::format("({} + 1)", one);
            }
        }
    }
    if (!outer.empty() && number > 85)
        if (const Column *found = column(outer, type)) return found->name;
    if (number > 38)
        if (const Column *found = column(scope, type)) return found->name;
    return constant(type);
}

std::string Grammar::sub_query(const Scope &outer, Type type, int depth) {
    budget_--;
    const From rows = from(outer, depth > 1 ? 1 : 0);
    return fmt::format("(SELECT {} FROM {}{})", aggregate(rows.columns, {}, type), rows.text,
                       body(rows, outer, depth > 0 ? depth - 1 : 0));
}

std::string Grammar::sub_query_condition(const Scope &scope, const Scope &outer, int depth) {
    budget_--;
    const From rows = from(scope, depth > 1 ? 1 : 0);
    const std::string where = body(rows, scope, depth - 1);
    const Type compared = type();
    const std::string value = scalar(rows.columns, {}, compared, 0);
    const std::string left = scalar(scope, outer, compared, 0);
    switch (below(7)) {
    case 0: return fmt::format("EXISTS (SELECT 1 FROM {}{})", rows.text, where);
    case 1: return fmt::format("NOT EXISTS (SELECT 1 FROM {}{})", rows.text, where);
    case 2:
    case 3: return fmt::format("{} IN (SELECT {} FROM {}{})", left, value, rows.text, where);
    case 4: return fmt::format("{} NOT IN (SELECT {} FROM {}{})", left, value, rows.text, where);
    case 5: return fmt::format("{} >= ALL (SELECT {} FROM {}{})", left, value, rows.text, where);
    default:
        return fmt::format("{} < (SELECT {} FROM {}{})", left, aggregate(rows.columns, {}, compared), rows.text, where);
    }
}

std::string Grammar::condition(const Scope &scope, const Scope &outer, int depth) {
    const unsigned number = below(100);
    if (depth > 0 && number < 25) {
        const std::string one = condition(scope, outer, depth - 1);
        const std::string other = condition(scope, outer, depth - 1);
        if (chance(20)) return fmt::format("NOT ({})", one);
        return fmt::format("({} {} {})", one, chance(55) ? "AND" : "OR", other);
    }
    if (depth > 0 && number < 42 && budget_ > 0) return sub_query_condition(scope, outer, depth);
    const Type compared = type();
    const std::string left = scalar(scope, outer, compared, depth > 0 ? 1 : 0);
    switch (below(9)) {
    case 0: return fmt::format("{} IS NULL", left);
    case 1: return fmt::format("{} IS NOT NULL", left);
    case 2: return fmt::format("{} IN ({}, {})", left, constant(compared), constant(compared));
    case 3: return fmt::format("{} IS DISTINCT FROM {}", left, scalar(scope, outer, compared, 0));
    case 4: return fmt::format("{} <> {}", left, scalar(scope, outer, compared, 0));
    case 5: return fmt::format("{} < {}", left, scalar(scope, outer, compared, 0));
    default: return fmt::format("{} = {}", left, scalar(scope, outer, compared, 0));
    }
}

std::string Grammar::aggregate_of(const Scope &scope, const Scope &outer, Type type, bool allows_distinct) {
    const std::string distinct = allows_distinct && chance(20) ? "DISTINCT " : "";
    const std::string argument = scalar(scope, outer, type, 1);
    switch (type) {
    case Type::Int:
        switch (below(7)) {
        case 0: return "count(*)";
        case 1: return fmt::format("count({}{})", distinct, argument);
        case 2: return fmt::format("sum({}{})", distinct, argument);
        case 3: return fmt::format("max({})", argument);
        case 4: return fmt::format("min({})", argument);
        case 5: return fmt::format("bit_or({})", argument);
        default: return fmt::format("count({}{})", distinct, scalar(scope, outer, Type::Text, 0));
        }
    case Type::Text:
        switch (below(3)) {
        case 0: return fmt::format("max({})", argument);
        case 1: return fmt::format("min({})", argument);
        default: return fmt::format("string_agg({}{}, ',' ORDER BY {})", distinct, argument, argument);
        }
    case Type::Numeric:
        switch (below(5)) {
        case 0: return fmt::format("sum({}{})", distinct, argument);
        case 1: return fmt::format("avg({}{})", distinct, argument);
        case 2: return fmt::format("avg({})", scalar(scope, outer, Type::Int, 0));
        case 3: return fmt::format("round(stddev({}), 8)", scalar(scope, outer, Type::Int, 0));
        default: return fmt::format("max({})", argument);
        }
    case Type::Date: return fmt::format("{}({})", chance(50) ? "max" : "min", argument);
    }
    return "";
}

std::string Grammar::aggregate(const Scope &scope, const Scope &outer, Type type, bool allows_distinct) {
    std::string call = aggregate_of(scope, outer, type, allows_distinct);
    if (call.rfind("round", 0) != 0 && chance(12))
        call += fmt::format(" FILTER (WHERE {})", condition(scope, outer, 0));
    return type == Type::Int ? fmt::format("({})::int", call) : call;
}

Grammar::From Grammar::table(const Table &table) {
    budget_--;
    const std::string name = alias();
    From result{fmt::format("{} {}", table.name, name), {}};
    for (const Column &each : table.columns) result.columns.push_back({name + "." + each.name, each.type, each.is_key});
    return result;
}

Grammar::From Grammar::derived(const Scope &outer, int depth, bool is_lateral) {
    const Select inner = select(is_lateral ? outer : Scope(), depth);
    const std::string name = alias();
    From result{fmt::format("{}({}) {}(", is_lateral ? "LATERAL " : "", inner.text, name), {}};
    for (size_t i = 0; i < inner.types.size(); i++) {
        result.text += fmt::format("{}c{}", i ? ", " : "", i);
        result.columns.push_back({fmt::format("{}.c{}", name, i), inner.types[i], i == 0});
    }
    result.text += ")";
    return result;
}

Grammar::From Grammar::source(const Scope &outer, int depth) {
    const unsigned number = below(100);
    if (!with_.empty() && number < 12) return table(pick(with_));
    if (depth > 0 && number < 30 && budget_ > 0) return derived(outer, depth - 1, false);
    if (number > 97) {
        const std::string name = alias();
        return {fmt::format("generate_series(1, {}) {}", 1 + below(9), name), {{name, Type::Int}}};
    }
    if (number > 94) {
        const std::string name = alias();
        return {fmt::format("(VALUES ({}, 't1'), ({}, 't2'), (NULL, NULL)) {}(a, b)", below(9), below(9), name),
                {{name + ".a", Type::Int}, {name + ".b", Type::Text}}};
    }
    return table(pick(tables_));
}

std::string Grammar::join_condition(const Scope &left, const Scope &right, const Scope &outer, bool is_full) {
    std::vector<std::string> parts;
    for (int tries = 0; tries < 4 && parts.empty(); tries++) {
        const Type compared = type();
        const Column *one = column(left, compared);
        const Column *other = column(right, compared);
        if (one && other) parts.push_back(fmt::format("{} = {}", one->name, other->name));
    }
    if (parts.empty()) return is_full ? "" : "true";
    Scope both = left;
    both.insert(both.end(), right.begin(), right.end());
    if (!is_full && chance(30)) parts.push_back(condition(both, outer, chance(30) ? 1 : 0));
    if (is_full && chance(20)) parts.push_back(condition(both, {}, 0));
    if (!is_full && chance(5)) return fmt::format("({} OR {})", parts[0], condition(both, outer, 0));
    return fmt::format("{}", fmt::join(parts, " AND "));
}

Grammar::From Grammar::join(const Scope &outer, int depth) {
    From left = chance(25) && budget_ > 2 ? join(outer, depth) : source(outer, depth);
    if (budget_ > 0 && depth > 0 && chance(12)) {
        Scope visible = left.columns;
        visible.insert(visible.end(), outer.begin(), outer.end());
        const From right = derived(visible, depth - 1, true);
        left.text = fmt::format("{} {} JOIN {} ON true", left.text, chance(50) ? "LEFT" : "INNER", right.text);
        left.columns.insert(left.columns.end(), right.columns.begin(), right.columns.end());
        return left;
    }
    const bool is_nested = chance(15) && budget_ > 2;
    const From right = is_nested ? join(outer, depth) : source(outer, depth);
    static const std::vector<std::string> kinds = {"JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"};
    const std::string kind = pick(kinds);
    const bool is_full = kind == "FULL JOIN";
    const std::string condition = join_condition(left.columns, right.columns, is_full ? Scope() : outer, is_full);
    const std::string right_text = is_nested ? "(" + right.text + ")" : right.text;
    if (condition.empty())
        left.text = fmt::format("{} CROSS JOIN {}", left.text, right_text);
    else
        left.text = fmt::format("{} {} {} ON {}", left.text, kind, right_text, condition);
    left.columns.insert(left.columns.end(), right.columns.begin(), right.columns.end());
    return left;
}

Grammar::From Grammar::from(const Scope &outer, int depth) {
    From result = chance(55) && budget_ > 1 ? join(outer, depth) : source(outer, depth);
    if (budget_ > 1 && chance(15)) {
        const From other = source(outer, depth);
        result.text += ", " + other.text;
        result.columns.insert(result.columns.end(), other.columns.begin(), other.columns.end());
    }
    return result;
}

// WHERE: with an equality to a column outside where there is one.
std::string Grammar::body(const From &from, const Scope &outer, int depth) {
    std::vector<std::string> parts;
    if (!outer.empty() && chance(80)) {
        const Type compared = type();
        const Column *inner = column(from.columns, compared);
        const Column *other = column(outer, compared);
        if (inner && other) parts.push_back(fmt::format("{} = {}", inner->name, other->name));
    }
    if (from.text.find(", ") != std::string::npos && chance(70)) {
        const Column *one = column(from.columns, Type::Int);
        const Column *other = column(from.columns, Type::Int);
        if (one && other) parts.push_back(fmt::format("{} = {}", one->name, other->name));
    }
    if (chance(60)) parts.push_back(condition(from.columns, outer, depth));
    return parts.empty() ? "" : fmt::format(" WHERE {}", fmt::join(parts, " AND "));
}

std::string Grammar::all_positions(size_t count) {
    std::string result;
    for (size_t i = 1; i <= count; i++)
        result += fmt::format("{}{}{}", i > 1 ? ", " : "", i, chance(20) ? " DESC" : chance(10) ? " NULLS FIRST" : "");
    return result;
}

std::string Grammar::limited(size_t count) {
    std::string result = " ORDER BY " + all_positions(count) + fmt::format(" LIMIT {}", below(12));
    if (chance(30)) result += fmt::format(" OFFSET {}", below(5));
    return result;
}

Grammar::Select Grammar::plain(const Scope &outer, int depth, const std::vector<Type> &types) {
    const From rows = from(outer, depth);
    std::vector<std::string> targets;
    for (Type each : types) targets.push_back(scalar(rows.columns, outer, each, depth > 0 ? 2 : 1));
    const std::string text = fmt::format("SELECT {}{} FROM {}{}", chance(15) ? "DISTINCT " : "",
                                         fmt::join(targets, ", "), rows.text, body(rows, outer, depth + 1));
    if (chance(4) && text.find("DISTINCT") == std::string::npos)
        return {fmt::format("SELECT DISTINCT ON ({}) {} FROM {}{} ORDER BY {}", targets[0], fmt::join(targets, ", "),
                            rows.text, body(rows, outer, 0), all_positions(types.size())),
                types};
    return {text, types};
}

Grammar::Select Grammar::grouped(const Scope &outer, int depth, const std::vector<Type> &types) {
    const From rows = from(outer, depth);
    std::vector<std::string> groups, targets;
    for (size_t i = 0; i < types.size(); i++) {
        const Column *key = chance(70) ? column(rows.columns, types[i]) : nullptr;
        if (key && (groups.size() < 2) && i + 1 < types.size()) {
            const std::string group =
                chance(15) && types[i] == Type::Int ? fmt::format("({} % 3)", key->name) : key->name;
            groups.push_back(group);
            targets.push_back(group);
        } else {
            targets.push_back(aggregate(rows.columns, {}, types[i]));
        }
    }
    if (!groups.empty() && chance(10)) groups.push_back(rows.columns[0].name);
    std::string text =
        fmt::format("SELECT {} FROM {}{}", fmt::join(targets, ", "), rows.text, body(rows, outer, depth));
    if (!groups.empty()) {
        const std::string list = fmt::format("{}", fmt::join(groups, ", "));
        switch (below(12)) {
        case 0: text += fmt::format(" GROUP BY ROLLUP ({})", list); break;
        case 1: text += fmt::format(" GROUP BY CUBE ({})", list); break;
        case 2: text += fmt::format(" GROUP BY GROUPING SETS (({}), ({}), ())", list, groups[0]); break;
        default: text += fmt::format(" GROUP BY {}", list);
        }
    }
    if (chance(20))
        text += fmt::format(" HAVING {} >= {}", aggregate(rows.columns, {}, Type::Int), constant(Type::Int));
    return {text, types};
}

Grammar::Select Grammar::windowed(const Scope &outer, int depth, const std::vector<Type> &types) {
    const From rows = from(outer, depth);
    std::vector<std::string> targets, all;
    for (const Column &each : rows.columns) all.push_back(each.name);
    const std::string order = fmt::format("{}", fmt::join(all, ", "));
    for (Type each : types) {
        const Column *key = column(rows.columns, type());
        const std::string partition = key && chance(75) ? fmt::format("PARTITION BY {} ", key->name) : "";
        if (chance(50)) {
            targets.push_back(scalar(rows.columns, outer, each, 1));
        } else if (each == Type::Int && chance(60)) {
            static const std::vector<std::string> functions = {"row_number()", "rank()", "dense_rank()", "ntile(3)"};
            targets.push_back(fmt::format("({} OVER ({}ORDER BY {}))::int", pick(functions), partition, order));
        } else if (chance(50)) {
            targets.push_back(
                fmt::format("lag({}) OVER ({}ORDER BY {})", scalar(rows.columns, {}, each, 0), partition, order));
        } else {
            const std::string function = chance(50) ? "max" : "min";
            targets.push_back(fmt::format("{}({}) OVER ({})", function, scalar(rows.columns, {}, each, 0), partition));
        }
    }
    return {fmt::format("SELECT {} FROM {}{}", fmt::join(targets, ", "), rows.text, body(rows, outer, depth)), types};
}

Grammar::Select Grammar::united(const Scope &outer, int depth, const std::vector<Type> &types) {
    static const std::vector<std::string> operations = {"UNION ALL", "UNION ALL", "UNION",      "UNION",
                                                        "EXCEPT",    "INTERSECT", "EXCEPT ALL", "INTERSECT ALL"};
    const Select one = plain(outer, depth > 0 ? depth - 1 : 0, types);
    const Select other = chance(60) ? plain(outer, depth > 0 ? depth - 1 : 0, types) : grouped(outer, 0, types);
    return {fmt::format("({}) {} ({})", one.text, pick(operations), other.text), types};
}

Grammar::Select Grammar::select(const Scope &outer, int depth, const std::vector<Type> *wanted) {
    std::vector<Type> types;
    if (wanted) {
        types = *wanted;
    } else {
        types.push_back(Type::Int);
        for (unsigned i = below(3); i > 0; i--) types.push_back(type());
    }
    const unsigned number = below(100);
    Select result = number < 40   ? plain(outer, depth, types)
                    : number < 72 ? grouped(outer, depth, types)
                    : number < 85 ? windowed(outer, depth, types)
                                  : united(outer, depth, types);
    if (depth < 3 && chance(12) && result.text.find("DISTINCT ON") == std::string::npos)
        result.text += limited(types.size());
    return result;
}

Grammar::Statement Grammar::next() {
    aliases_ = 0;
    budget_ = 4;
    with_.clear();
    std::string prefix;
    if (chance(18)) {
        const Select query = select({}, 1);
        Table cte{"w", {}};
        std::string names;
        for (size_t i = 0; i < query.types.size(); i++) {
            cte.columns.push_back({fmt::format("c{}", i), query.types[i], i == 0});
            names += fmt::format("{}c{}", i ? ", " : "", i);
        }
        static const std::vector<std::string> kinds = {"", "", "MATERIALIZED ", "NOT MATERIALIZED "};
        prefix = fmt::format("WITH w({}) AS {}({}) ", names, pick(kinds), query.text);
        with_ = {cte, cte};
        budget_ += 2;
    }
    Select query = select({}, 3);
    const bool is_ordered = query.text.find("DISTINCT ON") == std::string::npos && chance(25);
    std::string text = query.text;
    if (is_ordered) {
        text += " ORDER BY " + all_positions(query.types.size());
        if (chance(40)) text += fmt::format(" LIMIT {}", below(15));
        if (chance(15)) text += fmt::format(" OFFSET {}", below(4));
    }
    return {prefix + text, is_ordered};
}

} // namespace random_statements
