// Which statements touch a distributed table: by the names in them, through views, functions, cursors and prepared
// statements.
#pragma once

#include <libpq-fe.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace suite {

class Touched {
public:
    // After a statement that may have made, dropped or renamed something.
    void forget() { is_known_ = false; }

    // Reads the names anew where that is needed and possible (not in a failed transaction).
    void refresh(PGconn *cluster);

    // Whether the statement is one that is compared: SELECT, INSERT, UPDATE, DELETE, MERGE, COPY or about a cursor, and
    // touches a distributed table. Remembers cursors and prepared statements that do.
    bool counts(const std::string &sql);

    // The distributed tables that a statement names, as literals of type regclass.
    std::vector<std::string> tables(const std::string &sql) const;

private:
    bool names_one(const std::string &sql) const;

    bool is_known_ = false;
    std::set<std::string> relations_;           // views upon tables, too
    std::map<std::string, std::string> tables_; // with their literals
    std::set<std::string> functions_;
    std::set<std::string> cursors_; // and prepared statements
};

} // namespace suite
