#include "script.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace suite {
namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80); }

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

std::string quoted(const std::string &value, char quote) {
    std::string text(1, quote);
    for (char c : value) text += c == quote ? std::string(2, c) : std::string(1, c);
    return text + quote;
}

// A piece that begins at ":" in the text; its variable is empty when it is none.
Text::Piece variable_at(const std::string &text, size_t position) {
    const char quote = position + 1 < text.size() ? text[position + 1] : 0;
    size_t end = position + 1;
    if (quote == '\'' || quote == '"') {
        const size_t first = ++end;
        while (end < text.size() && is_name(text[end])) end++;
        if (end == first || end >= text.size() || text[end] != quote) return {};
        return {text.substr(position, end + 1 - position), text.substr(first, end - first), quote};
    }
    if (text.compare(position, 3, ":{?") == 0) {
        end = text.find('}', position);
        if (end == std::string::npos) return {};
        return {text.substr(position, end + 1 - position), text.substr(position + 3, end - position - 3), '?'};
    }
    while (end < text.size() && is_name(text[end])) end++;
    return {text.substr(position, end - position), text.substr(position + 1, end - position - 1), 0};
}

std::string value_of(const Text::Piece &piece, const Variables &variables) {
    const auto found = variables.find(piece.variable);
    if (piece.quote == '?') return found == variables.end() ? "FALSE" : "TRUE";
    if (piece.variable.empty() || found == variables.end()) return piece.text;
    return piece.quote ? quoted(found->second, piece.quote) : found->second;
}

} // namespace

std::string Text::with(const Variables &variables) const {
    std::string text;
    for (const Piece &piece : pieces) text += value_of(piece, variables);
    return text;
}

std::string Text::raw() const {
    std::string text;
    for (const Piece &piece : pieces) text += piece.text;
    return text;
}

Script::Script(const std::string &path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path + " cannot be read");
    std::stringstream content;
    content << file.rdbuf();
    content_ = content.str();
}

bool Script::at(const char *beginning) const {
    return content_.compare(position_, std::string(beginning).size(), beginning) == 0;
}

// Takes some characters as they stand.
void Script::literal(size_t length) {
    const std::string taken = content_.substr(position_, length);
    if (text_.pieces.empty() || !text_.pieces.back().variable.empty()) text_.pieces.emplace_back();
    text_.pieces.back().text += taken;
    line_ += static_cast<int>(std::count(taken.begin(), taken.end(), '\n'));
    position_ += taken.size();
}

void Script::read_quoted(char quote, bool backslash_escapes) {
    literal(1);
    while (position_ < content_.size() && content_[position_] != quote)
        literal(backslash_escapes && content_[position_] == '\\' ? 2 : 1);
    literal(1); // A doubled quote begins again at once.
}

void Script::read_dollar_quoted() {
    size_t end = position_ + 1;
    while (end < content_.size() && is_name(content_[end])) end++;
    const bool is_quote = end < content_.size() && content_[end] == '$' &&
                          (end == position_ + 1 || !std::isdigit(static_cast<unsigned char>(content_[position_ + 1])));
    if (!is_quote) return literal(1);
    const std::string tag = content_.substr(position_, end + 1 - position_);
    const size_t closing = content_.find(tag, end + 1);
    literal(closing == std::string::npos ? content_.size() - position_ : closing + tag.size() - position_);
}

void Script::read_comment() {
    int depth = 0;
    do {
        if (at("/*"))
            depth++, literal(2);
        else if (at("*/"))
            depth--, literal(2);
        else
            literal(1);
    } while (depth > 0 && position_ < content_.size());
}

// As psql does, keeps the semicolons in the body of CREATE FUNCTION ... BEGIN ATOMIC ... END inside the statement.
void Script::read_word() {
    size_t end = position_;
    while (end < content_.size() && (is_name(content_[end]) || content_[end] == '$')) end++;
    const std::string word = lower(content_.substr(position_, end - position_));
    if (first_words_.size() < 4) first_words_.push_back(word);
    const auto &first = first_words_;
    const auto makes = [&](size_t i) {
        return first.size() > i && (first[i] == "function" || first[i] == "procedure");
    };
    if (first[0] == "create" && (makes(1) || (first.size() > 2 && first[1] == "or" && makes(3)))) {
        if (word == "begin")
            begin_depth_++;
        else if (word == "case" && begin_depth_ > 0)
            begin_depth_++;
        else if (word == "end" && begin_depth_ > 0)
            begin_depth_--;
    }
    literal(end - position_);
}

void Script::read_variable() {
    if (at("::") || at(":=")) return literal(2);
    const Text::Piece piece = variable_at(content_, position_);
    if (piece.variable.empty()) return literal(1);
    text_.pieces.push_back(piece);
    position_ += piece.text.size();
}

// At a backslash. True when the item is complete.
bool Script::read_command(Item &item) {
    if (at("\\;")) {
        position_++;
        literal(1);
        return false;
    }
    size_t end = position_ + 1;
    while (end < content_.size() && !std::isspace(static_cast<unsigned char>(content_[end])) && content_[end] != '\\')
        end++;
    item.command = content_.substr(position_ + 1, end - position_ - 1);
    size_t line_end = std::min(content_.find('\n', end), content_.size());
    // Two backslashes end the arguments, another command may follow at once.
    for (size_t i = end; i < line_end; i++)
        if (content_[i] == '\\' &&
            (i + 1 == line_end || content_[i + 1] == '\\' || std::isalpha(static_cast<unsigned char>(content_[i + 1]))))
            line_end = i;
    item.arguments = content_.substr(end, line_end - end);
    position_ = content_.compare(line_end, 2, "\\\\") == 0 ? line_end + 2 : line_end;
    item.line = start_line_ ? start_line_ : line_;
    const std::string &command = item.command;
    const bool ends_statement = command == "g" || command == "gx" || command == "gset" || command == "gexec" ||
                                command == "gdesc" || command == "crosstabview" || command == "watch";
    if (ends_statement || command == "r") {
        item.text = command == "r" ? Text{} : text_;
        text_ = {};
        start_line_ = depth_ = begin_depth_ = 0;
        first_words_.clear();
    } else {
        item.text = {};
    }
    return true;
}

bool Script::next(Item &item, bool standard_strings) {
    item = {};
    while (position_ < content_.size()) {
        const char c = content_[position_];
        if (!start_line_ && std::isspace(static_cast<unsigned char>(c))) {
            line_ += c == '\n';
            position_++;
            continue;
        }
        if (at("--")) {
            position_ = std::min(content_.find('\n', position_), content_.size());
            continue;
        }
        if (c == '\\') {
            if (read_command(item)) return true;
            continue;
        }
        if (!start_line_) start_line_ = line_;
        if (c == ';' && depth_ == 0 && begin_depth_ == 0) {
            position_++;
            item.text = text_;
            item.line = start_line_;
            text_ = {};
            start_line_ = 0;
            first_words_.clear();
            if (item.text.pieces.empty()) continue;
            return true;
        }
        if (c == '\'') {
            const char before = position_ > 0 ? content_[position_ - 1] : ' ';
            const bool is_escape_string = before == 'E' || before == 'e';
            read_quoted(c, !standard_strings || is_escape_string);
        } else if (c == '"')
            read_quoted(c, false);
        else if (c == '$')
            read_dollar_quoted();
        else if (at("/*"))
            read_comment();
        else if (c == ':')
            read_variable();
        else if (is_name(c))
            read_word();
        else {
            if (c == '(') depth_++;
            if (c == ')' && depth_ > 0) depth_--;
            literal(1);
        }
    }
    return false;
}

std::string Script::copy_data() {
    position_ = std::min(content_.find('\n', position_), content_.size() - 1) + 1;
    line_++;
    std::string data;
    while (position_ < content_.size()) {
        const size_t end = std::min(content_.find('\n', position_), content_.size());
        const std::string line = content_.substr(position_, end - position_);
        position_ = std::min(end + 1, content_.size());
        line_++;
        if (line == "\\.") break;
        data += line + "\n";
    }
    return data;
}

std::vector<std::string> split_arguments(const std::string &arguments, const Variables &variables) {
    std::vector<std::string> words;
    for (size_t i = 0; i < arguments.size();) {
        if (std::isspace(static_cast<unsigned char>(arguments[i]))) {
            i++;
            continue;
        }
        std::string word;
        while (i < arguments.size() && !std::isspace(static_cast<unsigned char>(arguments[i]))) {
            const char c = arguments[i];
            if (c == '\'') {
                for (i++; i < arguments.size() && arguments[i] != '\''; i++) {
                    if (arguments[i] == '\\' && i + 1 < arguments.size()) i++;
                    word += arguments[i];
                }
                i++;
            } else if (c == ':' && arguments.compare(i, 2, "::") != 0) {
                const Text::Piece piece = variable_at(arguments, i);
                word += piece.variable.empty() ? ":" : value_of(piece, variables);
                i += piece.variable.empty() ? 1 : piece.text.size();
            } else {
                word += c;
                i++;
            }
        }
        words.push_back(word);
    }
    return words;
}

} // namespace suite
