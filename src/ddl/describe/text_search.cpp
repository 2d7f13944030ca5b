// Text search configurations and dictionaries. Parsers and templates need C functions: an extension brings them.
#include "ddl/describe/kinds.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

const char *dictionary_name(Oid dictionary) {
    return pg::with_cached(TSDICTOID, dictionary, [](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_ts_dict>(tuple);
        return quote_qualified_identifier(get_namespace_name(form->dictnamespace), NameStr(form->dictname));
    });
}

const char *parser_name(Oid parser) {
    return pg::with_cached(TSPARSEROID, parser, [](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_ts_parser>(tuple);
        return quote_qualified_identifier(get_namespace_name(form->prsnamespace), NameStr(form->prsname));
    });
}

const char *template_name(Oid id) {
    return pg::with_cached(TSTEMPLATEOID, id, [](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_ts_template>(tuple);
        return quote_qualified_identifier(get_namespace_name(form->tmplnamespace), NameStr(form->tmplname));
    });
}

const char *token_name(Oid parser, int32 token) {
    TSParserCacheEntry *entry = lookup_ts_parser_cache(parser);
    auto *types =
        static_cast<LexDescr *>(static_cast<void *>(DatumGetPointer(OidFunctionCall1(entry->lextypeOid, Datum{0}))));
    for (; types && types->lexid; ++types)
        if (types->lexid == token) return types->alias;
    elog(ERROR, "text search parser %u has no token type %d", parser, token);
}

} // namespace

void describe_text_search_dictionary(Description &description, Oid dictionary) {
    pg::with_cached(TSDICTOID, dictionary, [&](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_ts_dict>(tuple);
        auto options = pg::column(TSDICTOID, tuple, Anum_pg_ts_dict_dictinitoption);
        create(description, psprintf("CREATE TEXT SEARCH DICTIONARY %s (TEMPLATE = %s%s%s)",
                                     dictionary_name(dictionary), template_name(form->dicttemplate),
                                     options ? ", " : "", options ? TextDatumGetCString(*options) : ""));
    });
    ObjectAddress object;
    ObjectAddressSet(object, TSDictionaryRelationId, dictionary);
    settle_rights(description, object);
}

void describe_text_search_configuration(Description &description, Oid configuration) {
    const char *name = nullptr;
    Oid parser = InvalidOid;
    pg::with_cached(TSCONFIGOID, configuration, [&](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_ts_config>(tuple);
        name = quote_qualified_identifier(get_namespace_name(form->cfgnamespace), NameStr(form->cfgname));
        parser = form->cfgparser;
    });
    create(description, psprintf("CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %s)", name, parser_name(parser)));

    // The index orders rows by token and position.
    int32 token = 0;
    StringInfo mapping = nullptr;
    pg::each_row(TSConfigMapRelationId, TSConfigMapIndexId,
                 {{Anum_pg_ts_config_map_mapcfg, F_OIDEQ, ObjectIdGetDatum(configuration)}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_ts_config_map>(tuple);
                     if (mapping && form->maptokentype == token) {
                         appendStringInfo(mapping, ", %s", dictionary_name(form->mapdict));
                         return;
                     }
                     if (mapping) create(description, mapping->data);
                     token = form->maptokentype;
                     mapping = makeStringInfo();
                     appendStringInfo(mapping, "ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %s WITH %s", name,
                                      quote_identifier(token_name(parser, token)), dictionary_name(form->mapdict));
                 });
    if (mapping) create(description, mapping->data);
    ObjectAddress object;
    ObjectAddressSet(object, TSConfigRelationId, configuration);
    settle_rights(description, object);
}

} // namespace cedro::ddl
