#include "plan/value_text.hpp"

#include "pg/guc.hpp"
#include "pg/text.hpp"

namespace cedro::plan {

namespace {

// Types whose output depends on search_path: regclass and its kin. Composite
// values, arrays and ranges may hold them.
bool may_print_names(Oid type) {
    type = getBaseType(type);
    if (Oid element = get_element_type(type); OidIsValid(element)) return may_print_names(element);
    switch (type) {
    case REGPROCOID:
    case REGPROCEDUREOID:
    case REGOPEROID:
    case REGOPERATOROID:
    case REGCLASSOID:
    case REGTYPEOID:
    case REGCONFIGOID:
    case REGDICTIONARYOID:
    case REGCOLLATIONOID: return true;
    default: return type_is_rowtype(type);
    }
}

void set_for_now(const char *name, const char *value) {
    set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

} // namespace

ValueWriter make_value_writer(TupleDesc descriptor) {
    const auto count = static_cast<size_t>(descriptor->natts);
    ValueWriter writer{{static_cast<FmgrInfo *>(palloc0(sizeof(FmgrInfo) * (count + 1))), count}, false};
    for (int i = 0; i < descriptor->natts; i++) {
        Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
        if (attribute->attisdropped) continue;
        Oid function;
        bool is_varlena;
        getTypeOutputInfo(attribute->atttypid, &function, &is_varlena);
        fmgr_info(function, &writer.output[static_cast<size_t>(i)]);
        writer.prints_names = writer.prints_names || may_print_names(attribute->atttypid);
    }
    return writer;
}

void with_exact_output(const ValueWriter &writer, pg::FunctionRef<void()> body) {
    const bool is_exact = DateStyle == USE_ISO_DATES && IntervalStyle == INTSTYLE_POSTGRES && extra_float_digits > 0;
    if (is_exact && !writer.prints_names) return body();
    // An error inside ends the (sub)transaction, and with it the settings.
    const int level = NewGUCNestLevel();
    if (DateStyle != USE_ISO_DATES) set_for_now("datestyle", "ISO");
    if (IntervalStyle != INTSTYLE_POSTGRES) set_for_now("intervalstyle", "postgres");
    if (extra_float_digits < 1) set_for_now("extra_float_digits", "3");
    if (writer.prints_names) set_for_now("search_path", "pg_catalog");
    body();
    AtEOXact_GUC(true, level);
}

const char *text_of(ValueWriter &writer, AttrNumber attribute, Datum value) {
    return OutputFunctionCall(&writer.output[static_cast<size_t>(attribute - 1)], value);
}

void append_copy_field(StringInfo buffer, const char *text) {
    const char *start = text;
    const char *at = text;
    auto escape = [&](const char *sequence) {
        appendBinaryStringInfo(buffer, start, static_cast<int>(at - start));
        appendBinaryStringInfo(buffer, sequence, 2);
        start = at + 1;
    };
    for (; *at; at++) {
        switch (*at) {
        case '\\': escape("\\\\"); break;
        case '\t': escape("\\t"); break;
        case '\n': escape("\\n"); break;
        case '\r': escape("\\r"); break;
        default: break;
        }
    }
    appendBinaryStringInfo(buffer, start, static_cast<int>(at - start));
}

void append_literal(StringInfo buffer, const char *text) {
    // Backslashes need the E form where the receiver's standard_conforming_strings is off.
    const bool has_backslash = strchr(text, '\\') != nullptr;
    appendStringInfoString(buffer, has_backslash ? " E'" : "'");
    const char *start = text;
    for (const char *at = text; *at; at++) {
        if (*at != '\'' && *at != '\\') continue;
        appendBinaryStringInfo(buffer, start, static_cast<int>(at - start + 1));
        start = at; // the character once more
    }
    appendStringInfoString(buffer, start);
    appendStringInfoChar(buffer, '\'');
}

} // namespace cedro::plan
