#include "plan/exchange.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "table/table.hpp"

namespace cedro::plan {

namespace {

constexpr char kSchema[] = "citus_internal";
constexpr char kFunction[] = "exchange";

const Exchange *cast(const ExtensibleNode *node) { return reinterpret_cast<const Exchange *>(node); }

void copy(ExtensibleNode *target, const ExtensibleNode *source) {
    auto *to = reinterpret_cast<Exchange *>(target);
    const Exchange *from = cast(source);
    to->producer = static_cast<Fragment *>(copyObjectImpl(from->producer));
    to->key = from->key;
    to->layout = from->layout;
    to->rows = from->rows;
    to->width = from->width;
    to->reason = from->reason ? pstrdup(from->reason) : nullptr;
}

bool equals(const ExtensibleNode *one, const ExtensibleNode *other) {
    const Exchange *a = cast(one);
    const Exchange *b = cast(other);
    return equal(a->producer, b->producer) && a->key == b->key && a->layout == b->layout;
}

void print(StringInfo text, const ExtensibleNode *node) {
    const Exchange *exchange = cast(node);
    appendStringInfo(text, " :producer %s :key %d :layout %u", nodeToString(exchange->producer), exchange->key,
                     exchange->layout);
}

void read(ExtensibleNode *) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("an exchange cannot be read from text")));
}

constexpr ExtensibleNodeMethods kMethods = {kExchangeNode, sizeof(Exchange), copy, equals, print, read};

Oid exchange_function() {
    const Oid arguments[] = {INT8OID, INT4OID};
    List *name = list_make2(makeString(pstrdup(kSchema)), makeString(pstrdup(kFunction)));
    return LookupFuncName(name, 2, arguments, false);
}

FuncExpr *call_of(const RangeTblEntry *entry) {
    if (entry->rtekind != RTE_FUNCTION || list_length(entry->functions) != 1) return nullptr;
    auto *expression = linitial_node(RangeTblFunction, entry->functions)->funcexpr;
    return is_exchange_call(expression) ? reinterpret_cast<FuncExpr *>(expression) : nullptr;
}

Const *constant(Oid type, Datum value) {
    return makeConst(type, -1, InvalidOid, type == INT8OID ? sizeof(int64) : sizeof(int32), value, false,
                     type != INT8OID || FLOAT8PASSBYVAL);
}

void set_id(RangeTblEntry *entry, int64 id) { linitial(call_of(entry)->args) = constant(INT8OID, Int64GetDatum(id)); }

// The entries of a query that read exchanges, in order.
List *exchange_entries(Query *query) {
    List *entries = NIL;
    pg::any_node(
        reinterpret_cast<Node *>(query),
        [&](Node *node) {
            if (IsA(node, RangeTblEntry) && exchange_of(reinterpret_cast<RangeTblEntry *>(node)))
                entries = lappend(entries, node);
            return false;
        },
        QTW_EXAMINE_RTES_BEFORE);
    return entries;
}

} // namespace

Exchange *make_exchange(Fragment *producer) {
    auto *exchange = reinterpret_cast<Exchange *>(newNode(sizeof(Exchange), T_ExtensibleNode));
    exchange->node.extnodename = kExchangeNode;
    exchange->producer = producer;
    return exchange;
}

RangeTblEntry *make_exchange_entry(Exchange *exchange, List *names) {
    const int32 colocation = OidIsValid(exchange->layout) ? table::get(exchange->layout).colocation : 0;
    auto *function = makeNode(RangeTblFunction);
    function->funcexpr = reinterpret_cast<Node *>(
        makeFuncExpr(exchange_function(), RECORDOID,
                     list_make2(constant(INT8OID, Int64GetDatum(0)), constant(INT4OID, Int32GetDatum(colocation))),
                     InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
    reinterpret_cast<FuncExpr *>(function->funcexpr)->funcretset = true;
    // Only the number of rows is asked for; a function in FROM needs a column all the same.
    Query *producer = exchange->producer->query;
    if (producer->targetList == NIL) {
        auto *nothing = reinterpret_cast<Expr *>(constant(INT4OID, Int32GetDatum(0)));
        producer->targetList = list_make1(makeTargetEntry(nothing, 1, pstrdup("c1"), false));
        names = list_make1(makeString(pstrdup("c1")));
    }
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(exchange->producer->query->targetList)) {
        auto *value = reinterpret_cast<Node *>(target->expr);
        function->funccolcount++;
        function->funccolnames = lappend(function->funccolnames, list_nth(names, target->resno - 1));
        function->funccoltypes = lappend_oid(function->funccoltypes, exprType(value));
        function->funccoltypmods = lappend_int(function->funccoltypmods, exprTypmod(value));
        function->funccolcollations = lappend_oid(function->funccolcollations, exprCollation(value));
    }
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_FUNCTION;
    entry->functions = list_make1(function);
    entry->alias = makeAlias("moved", NIL);
    entry->eref = makeAlias("moved", static_cast<List *>(copyObjectImpl(function->funccolnames)));
    entry->inFromCl = true;
    entry->values_lists = list_make1(exchange);
    return entry;
}

Exchange *exchange_of(const RangeTblEntry *entry) {
    if (entry->rtekind != RTE_FUNCTION || list_length(entry->values_lists) != 1) return nullptr;
    auto *node = static_cast<Node *>(linitial(entry->values_lists));
    if (!IsA(node, ExtensibleNode)) return nullptr;
    return reinterpret_cast<Exchange *>(node);
}

List *number_exchanges(Query *query) {
    List *exchanges = NIL;
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(exchange_entries(query))) {
        exchanges = lappend(exchanges, exchange_of(entry));
        set_id(entry, list_length(exchanges));
    }
    return exchanges;
}

Query *with_exchange_ids(const Query *query, std::span<const int64> ids) {
    auto *result = static_cast<Query *>(copyObjectImpl(query));
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(exchange_entries(result)))
        set_id(entry, ids[static_cast<size_t>(exchange_call_of(entry)->id - 1)]);
    return result;
}

std::optional<ExchangeCall> exchange_call_of(const RangeTblEntry *entry) {
    const FuncExpr *call = call_of(entry);
    if (!call || list_length(call->args) != 2) return std::nullopt;
    const auto *id = static_cast<const Node *>(linitial(call->args));
    const auto *colocation = static_cast<const Node *>(lsecond(call->args));
    if (!IsA(id, Const) || !IsA(colocation, Const)) return std::nullopt;
    return ExchangeCall{DatumGetInt64(reinterpret_cast<const Const *>(id)->constvalue),
                        DatumGetInt32(reinterpret_cast<const Const *>(colocation)->constvalue)};
}

bool is_exchange_call(const Node *node) {
    if (!node || !IsA(node, FuncExpr)) return false;
    const Oid function = reinterpret_cast<const FuncExpr *>(node)->funcid;
    if (function < FirstNormalObjectId) return false;
    const char *name = get_func_name(function);
    return name && strcmp(name, kFunction) == 0 && function == exchange_function();
}

void register_exchange() { RegisterExtensibleNodeMethods(&kMethods); }

} // namespace cedro::plan
