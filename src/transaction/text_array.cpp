#include "transaction/text_array.hpp"

#include "pg/array.hpp"

namespace cedro::transaction {

const char *text_array(std::span<const char *const> elements) {
    StringInfoData buffer;
    initStringInfo(&buffer);
    appendStringInfoChar(&buffer, '{');
    for (size_t i = 0; i < elements.size(); i++) {
        appendStringInfoString(&buffer, i ? ",\"" : "\"");
        for (const char *at = elements[i]; *at; at++) {
            if (*at == '"' || *at == '\\') appendStringInfoChar(&buffer, '\\');
            appendStringInfoChar(&buffer, *at);
        }
        appendStringInfoChar(&buffer, '"');
    }
    appendStringInfoChar(&buffer, '}');
    return buffer.data;
}

pg::Vector<const char *> texts_of(Datum array) {
    Datum *values;
    bool *nulls;
    int count;
    deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &count);
    pg::Vector<const char *> result;
    for (int i = 0; i < count; i++) {
        if (nulls[i]) ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("array must not contain nulls")));
        result.push(TextDatumGetCString(values[i]));
    }
    return result;
}

} // namespace cedro::transaction
