#include "planner/policies.hpp"

#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/walk.hpp"
#include "planner/analysis.hpp"
#include "planner/pushable.hpp"
#include "planner/row_marks.hpp"
#include "planner/surgery.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

bool has_sub_link(Node *node) {
    return pg::any_node(node, [](Node *each) { return IsA(each, SubLink); });
}

bool asks_for_user(Node *node) {
    return has_code(node) || pg::any_node(node, [](Node *each) {
               if (!IsA(each, SQLValueFunction)) return false;
               switch (reinterpret_cast<SQLValueFunction *>(each)->op) {
               case SVFOP_CURRENT_ROLE:
               case SVFOP_CURRENT_USER:
               case SVFOP_USER: return true;
               default: return false;
               }
           });
}

// Whether each group can judge the policies for its own rows.
bool is_judged_by_groups(const RangeTblEntry *entry, int index) {
    Query *query = select_from(text_entry(entry));
    auto *quals = static_cast<Node *>(copyObjectImpl(entry->securityQuals));
    ChangeVarNodes(quals, index, 1, 0);
    query->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(reinterpret_cast<List *>(quals)));
    query->hasSubLinks = true;
    Run run;
    return analyse(run, query, nullptr).is_pushable;
}

// An entry of FROM whose policies no shard group can judge by itself.
struct Unjudged {
    Query *level = nullptr;
    int index = 0;
};

void require_same_user(const RangeTblEntry *entry) {
    if (!OidIsValid(entry->checkAsUser) || entry->checkAsUser == GetUserId()) return;
    if (!asks_for_user(reinterpret_cast<Node *>(entry->securityQuals))) return;
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("policies of table \"%s\" ask for the current user, and a view reads it in its "
                           "owner's name",
                           get_rel_name(entry->relid)),
                    errhint("Use a setting instead of current_user in the policy, or let a role that "
                            "bypasses row-level security own the view.")));
}

Unjudged first_unjudged(Query *query) {
    Unjudged first;
    for_each_entry(query, [&](Query *level, int index, RangeTblEntry *entry) {
        // Else they are conditions of a view with a security barrier.
        if (!level->hasRowSecurity || first.level) return;
        if (entry->rtekind != RTE_RELATION || !entry->securityQuals || !table::is_shell(entry->relid)) return;
        require_same_user(entry);
        if (has_sub_link(reinterpret_cast<Node *>(entry->securityQuals)) && !is_judged_by_groups(entry, index))
            first = {level, index};
    });
    return first;
}

struct Owner {
    Oid role;
    bool is_bound; ///< by the policies: FORCE ROW LEVEL SECURITY
};

Owner owner_of(Oid relid) {
    Owner owner{InvalidOid, false};
    pg::with_relation(relid, NoLock, [&](Relation relation) {
        owner = {relation->rd_rel->relowner, relation->rd_rel->relforcerowsecurity};
    });
    return owner;
}

// The rows are read in the name of the table's owner, whom the policies do not bind, and judged on this node, behind a
// barrier. The client's privileges are judged as before.
void judge_here(Query *level, int index, Oid owner) {
    RangeTblEntry *entry = rt_fetch(index, level->rtable);
    level->rtable = lappend(level->rtable, privilege_entry(entry));
    entry->checkAsUser = owner;
    enclose_barred_table(level, index);
}

} // namespace

void place_policies(Query *query) {
    for (Unjudged each = first_unjudged(query); each.level; each = first_unjudged(query)) {
        const Oid relid = rt_fetch(each.index, each.level->rtable)->relid;
        const Owner owner = owner_of(relid);
        if (query->commandType != CMD_SELECT || each.level->commandType != CMD_SELECT || each.level->rowMarks ||
            owner.is_bound)
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("policies of table \"%s\" read rows that are not in the shard group of the row "
                                   "they judge",
                                   get_rel_name(relid)),
                            errdetail("Such a table can be read, but not written or locked, nor can it be read when "
                                      "its policies bind its owner too."),
                            errhint("Let the policy read reference tables, or compare the distribution columns.")));
        judge_here(each.level, each.index, owner.role);
    }
}

} // namespace cedro::planner
