// Reads psql's scripts: statements, backslash commands, variables and the data of COPY.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace suite {

using Variables = std::map<std::string, std::string>;

// A piece of text in which :name, :'name', :"name" and :{?name} are not yet replaced.
struct Text {
    struct Piece {
        std::string text; // as written
        std::string variable;
        char quote = 0; // ' or ", ? for :{?name}, 0 for :name
    };
    std::vector<Piece> pieces;

    std::string with(const Variables &variables) const;
    std::string raw() const;
};

// A statement, sent when ";" or a command such as \gset ends it; or, without text, a backslash command alone.
struct Item {
    Text text;
    std::string command;   // "" for ";"
    std::string arguments; // the rest of its line, as written
    int line = 0;
};

class Script {
public:
    explicit Script(const std::string &path); // throws std::runtime_error when it cannot be read

    // The next item; false at the end of the script. Backslashes escape in '...' unless standard strings are on.
    bool next(Item &item, bool standard_strings);

    // The lines after the last item up to "\.", which is consumed.
    std::string copy_data();

private:
    void read_quoted(char quote, bool backslash_escapes);
    void read_dollar_quoted();
    void read_comment();
    void read_word();
    void read_variable();
    bool read_command(Item &item);
    void literal(size_t length);
    bool at(const char *beginning) const;

    std::string content_;
    size_t position_ = 0;
    int line_ = 1;
    Text text_;
    int start_line_ = 0;
    int depth_ = 0;       // of parentheses
    int begin_depth_ = 0; // of BEGIN ... END in the body of a function
    std::vector<std::string> first_words_;
};

// The arguments of a backslash command, unquoted, with variables replaced.
std::vector<std::string> split_arguments(const std::string &arguments, const Variables &variables);

} // namespace suite
