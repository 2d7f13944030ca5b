#include "worker/exchange/row_format.hpp"

#include "pg/catalog.hpp"
#include "pg/domain.hpp"
#include "pg/scope.hpp"
#include "pg/wire.hpp"
#include "plan/binary_type.hpp"

namespace cedro::worker {

namespace {

enum class Way : uint8 { AsItIs, Binary, Text };

struct Column {
    Way way;
    bool is_varlena;
    Oid parameter;
    Oid reader; // of a type with domains inside: in whose name it is read
    FmgrInfo output;
    FmgrInfo input;
};

bool names_objects(Oid type) {
    switch (type) {
    case REGCLASSOID:
    case REGTYPEOID:
    case REGPROCOID:
    case REGPROCEDUREOID:
    case REGOPEROID:
    case REGOPERATOROID:
    case REGCONFIGOID:
    case REGDICTIONARYOID:
    case REGROLEOID:
    case REGNAMESPACEOID:
    case REGCOLLATIONOID:
    case ACLITEMOID: return true;
    default: return false;
    }
}

// The bytes of a value mean the same on every node.
bool travels_as_it_is(Oid type) {
    const Oid base = getBaseType(type);
    if (base >= FirstNormalObjectId || names_objects(base)) return false;
    const char kind = get_typtype(base);
    if (kind == TYPTYPE_RANGE) return travels_as_it_is(get_range_subtype(base));
    if (kind != TYPTYPE_BASE) return false;
    const Oid element = get_element_type(base);
    return !OidIsValid(element) || travels_as_it_is(element);
}

Way way_of(TupleDesc type, int index) {
    if (travels_as_it_is(TupleDescAttr(type, index)->atttypid)) return Way::AsItIs;
    TupleDesc alone = CreateTemplateTupleDesc(1);
    TupleDescCopyEntry(alone, 1, type, static_cast<AttrNumber>(index + 1));
    return plan::travels_in_binary(alone) ? Way::Binary : Way::Text;
}

void set_functions(Column &column, Oid type) {
    Oid function;
    bool is_varlena;
    const Oid base = getBaseType(type); // values were checked against their domain where they were made
    if (column.way == Way::Binary) {
        getTypeBinaryOutputInfo(base, &function, &is_varlena);
        fmgr_info(function, &column.output);
        getTypeBinaryInputInfo(base, &function, &column.parameter);
    } else {
        getTypeOutputInfo(base, &function, &is_varlena);
        fmgr_info(function, &column.output);
        getTypeInputInfo(base, &function, &column.parameter);
    }
    fmgr_info(function, &column.input);
    // Who reads a table must not run code of its owner.
    if (pg::has_domain_within(base)) column.reader = pg::owner_of_type(base);
}

} // namespace

struct RowFormat {
    TupleDesc wire;
    Column *columns;
    TupleTableSlot *slot; // of a tuple as it travels
    Datum *values;
    bool *nulls;
};

namespace {

Datum packed(Column &column, Datum value) {
    switch (column.way) {
    case Way::Binary: return PointerGetDatum(SendFunctionCall(&column.output, value));
    case Way::Text: return PointerGetDatum(cstring_to_text(OutputFunctionCall(&column.output, value)));
    case Way::AsItIs: break;
    }
    if (!column.is_varlena) return value;
    auto *varlena = reinterpret_cast<struct varlena *>(DatumGetPointer(value));
    if (VARATT_IS_EXTERNAL(varlena) || VARATT_IS_COMPRESSED(varlena)) return PointerGetDatum(detoast_attr(varlena));
    return value;
}

Datum read(Column &column, Datum value) {
    auto *varlena = reinterpret_cast<struct varlena *>(DatumGetPointer(value));
    // Receive functions may want the zero byte behind the value.
    char *bytes = text_to_cstring(varlena);
    if (column.way == Way::Text) return InputFunctionCall(&column.input, bytes, column.parameter, -1);
    const int length = static_cast<int>(VARSIZE_ANY_EXHDR(varlena));
    StringInfoData buffer{bytes, length, length + 1, 0};
    return ReceiveFunctionCall(&column.input, &buffer, column.parameter, -1);
}

Datum unpacked(Column &column, Datum value) {
    if (column.way == Way::AsItIs) return value;
    if (!OidIsValid(column.reader)) return read(column, value);
    return pg::with_user(column.reader, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION,
                         [&] { return read(column, value); });
}

} // namespace

RowFormat *make_row_format(TupleDesc type) {
    auto *format = static_cast<RowFormat *>(palloc0(sizeof(RowFormat)));
    const int count = type->natts;
    format->wire = CreateTemplateTupleDesc(count);
    format->columns = static_cast<Column *>(palloc0(sizeof(Column) * static_cast<size_t>(count + 1)));
    format->values = static_cast<Datum *>(palloc0(sizeof(Datum) * static_cast<size_t>(count + 1)));
    format->nulls = static_cast<bool *>(palloc0(sizeof(bool) * static_cast<size_t>(count + 1)));
    for (int i = 0; i < count; i++) {
        const auto number = static_cast<AttrNumber>(i + 1);
        Column &column = format->columns[i];
        column.way = way_of(type, i);
        TupleDescCopyEntry(format->wire, number, type, number);
        if (column.way != Way::AsItIs) {
            set_functions(column, TupleDescAttr(type, i)->atttypid);
            TupleDescInitEntry(format->wire, number, nullptr, BYTEAOID, -1, 0);
        }
        column.is_varlena = TupleDescAttr(format->wire, i)->attlen == -1;
    }
    format->slot = MakeSingleTupleTableSlot(format->wire, &TTSOpsMinimalTuple);
    return format;
}

MinimalTuple pack(RowFormat *format, TupleTableSlot *row) {
    slot_getallattrs(row);
    const int count = format->wire->natts;
    for (int i = 0; i < count; i++) {
        format->nulls[i] = row->tts_isnull[i];
        format->values[i] = row->tts_isnull[i] ? 0 : packed(format->columns[i], row->tts_values[i]);
    }
    return heap_form_minimal_tuple(format->wire, format->values, format->nulls);
}

void unpack(RowFormat *format, MinimalTuple tuple, TupleTableSlot *row) {
    ExecStoreMinimalTuple(tuple, format->slot, false);
    slot_getallattrs(format->slot);
    ExecClearTuple(row);
    for (int i = 0; i < format->wire->natts; i++) {
        row->tts_isnull[i] = format->slot->tts_isnull[i];
        row->tts_values[i] = row->tts_isnull[i] ? 0 : unpacked(format->columns[i], format->slot->tts_values[i]);
    }
    ExecStoreVirtualTuple(row);
}

} // namespace cedro::worker
