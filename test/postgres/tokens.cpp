#include "tokens.hpp"

#include <algorithm>
#include <cctype>

namespace suite {
namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80); }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

size_t end_of_quoted(const std::string &sql, size_t i) {
    const char quote = sql[i];
    for (i++; i < sql.size(); i++)
        if (sql[i] == quote) {
            if (i + 1 < sql.size() && sql[i + 1] == quote)
                i++;
            else
                break;
        }
    return std::min(i + 1, sql.size());
}

} // namespace

std::vector<std::string> tokens(const std::string &sql) {
    std::vector<std::string> all;
    for (size_t i = 0; i < sql.size();) {
        if (std::isspace(static_cast<unsigned char>(sql[i]))) {
            i++;
        } else if (sql.compare(i, 2, "--") == 0) {
            i = std::min(sql.find('\n', i), sql.size());
        } else if (sql.compare(i, 2, "/*") == 0) {
            i = std::min(sql.find("*/", i), sql.size() - 2) + 2;
        } else if (sql[i] == '\'') {
            i = end_of_quoted(sql, i);
        } else if (sql[i] == '"') {
            const size_t end = end_of_quoted(sql, i);
            all.push_back(sql.substr(i + 1, end - i - 2));
            i = end;
        } else if (is_name(sql[i])) {
            std::string word;
            for (; i < sql.size() && (is_name(sql[i]) || sql[i] == '$'); i++) word += lower(sql[i]);
            all.push_back(word);
        } else {
            all.emplace_back(1, sql[i++]);
        }
    }
    return all;
}

std::string on_one_line(const std::string &text) {
    std::string line;
    for (char c : text) {
        if (!std::isspace(static_cast<unsigned char>(c)))
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    if (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

std::string generalised(const std::string &message) {
    std::string text;
    for (size_t i = 0; i < message.size() && message[i] != '\n'; i++) {
        if (message[i] == '"') {
            i = std::min(message.find('"', i + 1), message.size());
            text += "\"…\"";
        } else if (std::isdigit(static_cast<unsigned char>(message[i]))) {
            while (i + 1 < message.size() && std::isdigit(static_cast<unsigned char>(message[i + 1]))) i++;
            text += "N";
        } else {
            text += message[i];
        }
    }
    return text;
}

std::string first_word(const std::string &sql) {
    for (const std::string &token : tokens(sql))
        if (token != "(") return token;
    return {};
}

TopOrder top_order(const std::string &sql) {
    const std::vector<std::string> all = tokens(sql);
    TopOrder order;
    int depth = 0;
    size_t start = 0;
    for (size_t i = 0; i + 1 < all.size(); i++) {
        if (all[i] == "(") depth++;
        if (all[i] == ")") depth--;
        if (depth == 0 && all[i] == "order" && all[i + 1] == "by") {
            order.exists = true;
            start = i + 2;
        }
    }
    if (!order.exists) return order;
    for (size_t i = start; i < all.size() && all[i] != ";" && all[i] != "limit" && all[i] != "offset" &&
                           all[i] != "fetch" && all[i] != "for";) {
        order.columns.push_back(all[i++]);
        if (i < all.size() && all[i] == "using") { // an operator
            for (i++; i < all.size() && !is_name(all[i][0]) && all[i] != ","; i++) {}
        }
        while (i < all.size() &&
               (all[i] == "asc" || all[i] == "desc" || all[i] == "nulls" || all[i] == "first" || all[i] == "last"))
            i++;
        if (i < all.size() && all[i] == ",")
            i++;
        else if (i < all.size() && all[i] != ";" && all[i] != "limit" && all[i] != "offset" && all[i] != "fetch" &&
                 all[i] != "for") {
            order.is_by_columns_only = false;
            break;
        }
    }
    return order;
}

} // namespace suite
