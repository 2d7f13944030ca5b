#include "planner/policies.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "planner/analysis.hpp"
#include "planner/pushable.hpp"
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

} // namespace

void check_policies(Query *query) {
    for_each_entry(query, [](Query *level, int index, RangeTblEntry *entry) {
        // Else they are conditions of a view with a security barrier.
        if (!level->hasRowSecurity) return;
        if (entry->rtekind != RTE_RELATION || !entry->securityQuals || !table::is_shell(entry->relid)) return;
        auto *quals = reinterpret_cast<Node *>(entry->securityQuals);
        if (OidIsValid(entry->checkAsUser) && entry->checkAsUser != GetUserId() && asks_for_user(quals))
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("policies of table \"%s\" ask for the current user, and a view reads it in its "
                                   "owner's name",
                                   get_rel_name(entry->relid)),
                            errhint("Use a setting instead of current_user in the policy, or let a role that "
                                    "bypasses row-level security own the view.")));
        if (has_sub_link(quals) && !is_judged_by_groups(entry, index))
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("policies of table \"%s\" read rows that are not in the shard group of the row "
                                   "they judge",
                                   get_rel_name(entry->relid)),
                            errhint("Let the policy read reference tables, or compare the distribution columns.")));
    });
}

} // namespace cedro::planner
