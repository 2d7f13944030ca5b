// Functions, procedures and aggregates.
#include "ddl/describe/kinds.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

Oid owner_of(Oid function) {
    return pg::with_cached(PROCOID, function,
                           [](HeapTuple tuple) { return pg::fields<FormData_pg_proc>(tuple)->proowner; });
}

// Literals in defaults of arguments and in a body that is parsed are read when the function is made.
bool is_evaluated(Oid function) {
    return pg::with_cached(PROCOID, function, [](HeapTuple tuple) {
        return pg::fields<FormData_pg_proc>(tuple)->pronargdefaults > 0 ||
               pg::column(PROCOID, tuple, Anum_pg_proc_prosqlbody).has_value();
    });
}

// So is the initial value of an aggregate.
bool has_initial_value(Oid function) {
    return pg::with_cached(AGGFNOID, function, [](HeapTuple tuple) {
        return pg::column(AGGFNOID, tuple, Anum_pg_aggregate_agginitval).has_value() ||
               pg::column(AGGFNOID, tuple, Anum_pg_aggregate_aggminitval).has_value();
    });
}

void settle_function(Description &description, Oid function) {
    description.is_replaceable = true;
    ObjectAddress object;
    ObjectAddressSet(object, ProcedureRelationId, function);
    settle_rights(description, object);
}

const char *modify_name(char modify) {
    switch (modify) {
    case AGGMODIFY_READ_ONLY: return "READ_ONLY";
    case AGGMODIFY_SHAREABLE: return "SHAREABLE";
    default: return "READ_WRITE";
    }
}

const char *parallel_name(char parallel) {
    switch (parallel) {
    case PROPARALLEL_SAFE: return "SAFE";
    case PROPARALLEL_RESTRICTED: return "RESTRICTED";
    default: return "UNSAFE";
    }
}

// "(integer, integer)" as CREATE AGGREGATE takes it; hypothetical and ordered-set ones with ORDER BY.
const char *arguments_of(Oid function) {
    const Datum value = OidFunctionCall1(F_PG_GET_FUNCTION_ARGUMENTS, ObjectIdGetDatum(function));
    const char *arguments = TextDatumGetCString(value);
    return *arguments ? arguments : "*";
}

struct Options {
    StringInfo buffer;

    void add(const char *name, const char *value) const { appendStringInfo(buffer, ",\n    %s = %s", name, value); }
    void add_function(const char *name, Oid function) const {
        if (OidIsValid(function)) add(name, function_name(function));
    }
    void add_flag(const char *name, bool is_set) const {
        if (is_set) appendStringInfo(buffer, ",\n    %s", name);
    }
    void add_initial(const char *name, std::optional<Datum> value) const {
        if (value) add(name, plan::literal(TextDatumGetCString(*value)));
    }
};

void add_moving(const Options &options, HeapTuple tuple, const FormData_pg_aggregate *form, char default_modify) {
    if (!OidIsValid(form->aggmtransfn)) return;
    options.add_function("MSFUNC", form->aggmtransfn);
    options.add_function("MINVFUNC", form->aggminvtransfn);
    options.add("MSTYPE", type_name(form->aggmtranstype));
    if (form->aggmtransspace) options.add("MSSPACE", psprintf("%d", form->aggmtransspace));
    options.add_function("MFINALFUNC", form->aggmfinalfn);
    options.add_flag("MFINALFUNC_EXTRA", form->aggmfinalextra);
    if (form->aggmfinalmodify != default_modify) options.add("MFINALFUNC_MODIFY", modify_name(form->aggmfinalmodify));
    options.add_initial("MINITCOND", pg::column(AGGFNOID, tuple, Anum_pg_aggregate_aggminitval));
}

const char *options_of(Oid function) {
    return pg::with_cached(AGGFNOID, function, [&](HeapTuple tuple) -> const char * {
        auto *form = pg::fields<FormData_pg_aggregate>(tuple);
        const char default_modify = form->aggkind == AGGKIND_NORMAL ? AGGMODIFY_READ_ONLY : AGGMODIFY_READ_WRITE;
        const Options options{makeStringInfo()};
        appendStringInfo(options.buffer, "SFUNC = %s", function_name(form->aggtransfn));
        options.add("STYPE", type_name(form->aggtranstype));
        if (form->aggtransspace) options.add("SSPACE", psprintf("%d", form->aggtransspace));
        options.add_function("FINALFUNC", form->aggfinalfn);
        options.add_flag("FINALFUNC_EXTRA", form->aggfinalextra);
        if (form->aggfinalmodify != default_modify) options.add("FINALFUNC_MODIFY", modify_name(form->aggfinalmodify));
        options.add_function("COMBINEFUNC", form->aggcombinefn);
        options.add_function("SERIALFUNC", form->aggserialfn);
        options.add_function("DESERIALFUNC", form->aggdeserialfn);
        options.add_initial("INITCOND", pg::column(AGGFNOID, tuple, Anum_pg_aggregate_agginitval));
        add_moving(options, tuple, form, default_modify);
        if (OidIsValid(form->aggsortop)) {
            const char *name = get_opname(form->aggsortop);
            options.add("SORTOP",
                        psprintf("OPERATOR(%s.%s)",
                                 quote_identifier(get_namespace_name(pg::operator_schema(form->aggsortop))), name));
        }
        options.add_flag("HYPOTHETICAL", form->aggkind == AGGKIND_HYPOTHETICAL);
        options.add("PARALLEL", parallel_name(func_parallel(function)));
        return options.buffer->data;
    });
}

} // namespace

void describe_function(Description &description, Oid function) {
    const Datum value = OidFunctionCall1(F_PG_GET_FUNCTIONDEF, ObjectIdGetDatum(function));
    create(description, TextDatumGetCString(value));
    if (is_evaluated(function)) description.definer = owner_of(function);
    settle_function(description, function);
}

void describe_aggregate(Description &description, Oid function) {
    create(description, psprintf("CREATE OR REPLACE AGGREGATE %s(%s) (\n    %s\n)", function_name(function),
                                 arguments_of(function), options_of(function)));
    if (has_initial_value(function)) description.definer = owner_of(function);
    settle_function(description, function);
}

} // namespace cedro::ddl
