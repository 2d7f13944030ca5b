// Tells the reader what happens: headings, statements with their real answers, and whether what was promised holds.
#pragma once
#include "connection.hpp"

#include <chrono>
#include <string>

namespace cedro {

class Narrator {
public:
    /// Begins a chapter.
    void heading(const std::string &title);
    void say(const std::string &text);

    /// Shows a statement, runs it and shows the answer: its rows (a few), its command tag, or its error.
    Answer run(Connection &connection, const std::string &statement, const std::string &prompt = "");

    /// Shows whether something holds.
    void verdict(bool holds, const std::string &claim, const std::string &evidence = {});
};

} // namespace cedro
