#include "catalog/partition_key.hpp"

#include <charconv>

namespace cedro::catalog {

const char *partition_key_text(Oid relid, AttrNumber column) {
    Oid type, collation;
    int32 modifier;
    get_atttypetypmodcoll(relid, column, &type, &modifier, &collation);
    return nodeToString(makeVar(1, column, type, modifier, collation, 0));
}

AttrNumber partition_key_column(std::string_view text) {
    constexpr std::string_view kNode = "{VAR ";
    constexpr std::string_view kField = " :varattno ";
    if (!text.starts_with(kNode)) return InvalidAttrNumber;
    size_t field = text.find(kField);
    if (field == text.npos) return InvalidAttrNumber;
    text.remove_prefix(field + kField.size());
    AttrNumber column = InvalidAttrNumber;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), column);
    return error == std::errc() ? column : InvalidAttrNumber;
}

} // namespace cedro::catalog
