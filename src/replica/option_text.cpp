#include "replica/option_text.hpp"

#include <cstring>

namespace cedro::replica {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The end of a quoted text that begins here; doubled quotes go on.
const char *after_quotes(const char *at) {
    const char quote = *at++;
    while (*at && *at != quote) at++;
    return *at ? at + 1 : at;
}

// The next character that is no part of a comment or of a quoted text.
const char *next(const char *at) {
    if (*at == '\'' || *at == '"') return after_quotes(at);
    if (at[0] == '-' && at[1] == '-') return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        int depth = 1;
        for (at += 2; *at && depth > 0; at++) {
            if (at[0] == '/' && at[1] == '*') depth++, at++;
            else if (at[0] == '*' && at[1] == '/') depth--, at++;
        }
        return at;
    }
    return at + 1;
}

// The comma or parenthesis that ends the element.
char *end_of(char *at) {
    int depth = 0;
    const char *here = at;
    while (*here) {
        if (*here == '(') depth++;
        if (depth == 0 && (*here == ',' || *here == ')')) break;
        if (*here == ')') depth--;
        here = next(here);
    }
    return at + (here - at);
}

void blank(char *from, char *to) {
    for (; from < to; from++)
        if (!is_space(*from)) *from = ' ';
}

// The last character before a position that is no blank, or nullptr at the start.
char *before(char *text, char *at) {
    while (at > text && is_space(at[-1])) at--;
    return at > text ? at - 1 : nullptr;
}

bool blank_whole_command(char *text, char *open, char *close) {
    char *last = before(text, open);
    if (!last || !is_letter(*last)) return false;
    char *first = last;
    while (first > text && is_letter(first[-1])) first--;
    char *after = close + 1;
    while (is_space(*after)) after++;
    char *comma = *after == ',' ? after : before(text, first);
    blank(first, close + 1);
    if (comma && *comma == ',') *comma = ' ';
    return true;
}

} // namespace

bool blank_option(char *text, size_t position) {
    char *at = text + position;
    char *end = end_of(at);
    if (*end == '\0') return false;
    if (*end == ',') {
        blank(at, end + 1);
        return true;
    }
    char *previous = before(text, at);
    if (!previous) return false;
    if (*previous == ',') {
        blank(previous, end);
        return true;
    }
    return *previous == '(' && blank_whole_command(text, previous, end);
}

} // namespace cedro::replica
