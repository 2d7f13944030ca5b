#include "touched.hpp"

#include "../oracle/answer.hpp"
#include "tokens.hpp"

#include <map>

namespace suite {
namespace {

// Tables, views upon them, and the functions of users with their text.
constexpr const char *kNames =
    "WITH RECURSIVE touched(oid) AS (SELECT logicalrelid::pg_catalog.oid FROM pg_catalog.pg_dist_partition UNION "
    "SELECT r.ev_class FROM touched t JOIN pg_catalog.pg_depend d ON d.refobjid OPERATOR(pg_catalog.=) t.oid "
    "JOIN pg_catalog.pg_rewrite r ON r.oid OPERATOR(pg_catalog.=) d.objid "
    "WHERE d.refclassid OPERATOR(pg_catalog.=) 1259::pg_catalog.oid AND d.classid OPERATOR(pg_catalog.=) "
    "2618::pg_catalog.oid) "
    "SELECT CASE WHEN relkind OPERATOR(pg_catalog.=) 'v' THEN 'v' ELSE 'r' END, relname, "
    "pg_catalog.quote_literal(oid::pg_catalog.regclass) FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) ANY "
    "(ARRAY(SELECT oid FROM "
    "touched)) "
    "UNION ALL SELECT 'f', proname, prosrc || coalesce(pg_catalog.pg_get_function_sqlbody(oid), '') FROM "
    "pg_catalog.pg_proc "
    "WHERE oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND prolang OPERATOR(pg_catalog.<>) 13::pg_catalog.oid";

bool may_precede_relation(const std::string &token) {
    static const std::set<std::string> words{"from",  "join", "into", "update", "only", "using",
                                             "table", "copy", ",",    ".",      "("};
    return words.count(token) > 0;
}

} // namespace

void Touched::refresh(PGconn *cluster) {
    const PGTransactionStatusType status = PQtransactionStatus(cluster);
    if (is_known_ || (status != PQTRANS_IDLE && status != PQTRANS_INTRANS)) return;
    const oracle::Answer answer = oracle::run(cluster, kNames);
    if (!answer.sqlstate.empty()) throw std::runtime_error(answer.message);
    relations_.clear();
    tables_.clear();
    functions_.clear();
    std::map<std::string, std::string> bodies;
    for (const auto &row : answer.rows) {
        if (row[0] == "f")
            bodies[row[1]] += " " + row[2];
        else
            relations_.insert(row[1]);
        if (row[0] == "r") tables_[row[1]] = row[2];
    }
    for (bool grows = true; grows;) {
        grows = false;
        for (const auto &[name, body] : bodies)
            if (!functions_.count(name) && names_one(body)) grows = functions_.insert(name).second;
    }
    is_known_ = true;
}

bool Touched::names_one(const std::string &sql) const {
    const auto all = tokens(sql);
    for (size_t i = 1; i < all.size(); i++) {
        if (relations_.count(all[i]) && may_precede_relation(all[i - 1])) return true;
        if (i + 1 < all.size() && all[i + 1] == "(" && functions_.count(all[i])) return true;
    }
    return false;
}

std::vector<std::string> Touched::tables(const std::string &sql) const {
    std::set<std::string> found;
    for (const std::string &token : tokens(sql))
        if (const auto table = tables_.find(token); table != tables_.end()) found.insert(table->second);
    return {found.begin(), found.end()};
}

bool Touched::counts(const std::string &sql) {
    static const std::set<std::string> compared{"select", "values", "with",    "table", "insert", "update", "delete",
                                                "merge",  "copy",   "declare", "fetch", "move",   "close",  "execute"};
    const auto all = tokens(sql);
    const std::string word = first_word(sql);
    if (word == "prepare" || word == "declare") {
        const bool touches = names_one(sql);
        if (touches)
            cursors_.insert(all[1]);
        else
            cursors_.erase(all[1]);
    }
    if (!compared.count(word)) return false;
    if (word == "fetch" || word == "move" || word == "close" || word == "execute") {
        for (size_t i = 1; i < all.size(); i++)
            if (cursors_.count(all[i])) return true;
        return false;
    }
    return names_one(sql);
}

} // namespace suite
