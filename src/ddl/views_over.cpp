// Which views read a relation.
#include "ddl/ship.hpp"

namespace cedro::ddl {

namespace {

// pg_depend: the view's rule depends on the relation; the rule belongs to the view.
pg::Vector<Oid> direct_views(Oid relid) {
    pg::Vector<Oid> views;
    pg::each_row(DependRelationId, DependReferenceIndexId,
                 {{Anum_pg_depend_refclassid, F_OIDEQ, ObjectIdGetDatum(RelationRelationId)},
                  {Anum_pg_depend_refobjid, F_OIDEQ, ObjectIdGetDatum(relid)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_depend>(tuple);
                     if (form->classid != RewriteRelationId || form->deptype != DEPENDENCY_NORMAL) return;
                     pg::each_row(RewriteRelationId, RewriteOidIndexId,
                                  {{Anum_pg_rewrite_oid, F_OIDEQ, ObjectIdGetDatum(form->objid)}},
                                  [&](HeapTuple rule, TupleDesc) {
                                      const Oid view = pg::fields<FormData_pg_rewrite>(rule)->ev_class;
                                      const bool is_new = view != relid && !views.contains(view);
                                      if (is_new && get_rel_relkind(view) == RELKIND_VIEW) views.push(view);
                                  });
                 });
    return views;
}

} // namespace

pg::Vector<Oid> views_over(Oid relid) {
    pg::Vector<Oid> all;
    pg::Vector<Oid> frontier = direct_views(relid);
    while (!frontier.empty()) {
        pg::Vector<Oid> next;
        for (Oid view : frontier) {
            if (all.contains(view)) continue;
            all.push(view);
            for (Oid above : direct_views(view)) next.push(above);
        }
        frontier = next;
    }
    return all;
}

} // namespace cedro::ddl
