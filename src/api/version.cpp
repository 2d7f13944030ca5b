#include "catalog/version.hpp"
#include "pg/function.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(citus_version) {
    PG_RETURN_TEXT_P(cstring_to_text(psprintf("Citus %s (Cedro) on %s", catalog::kCompatibleVersion, PG_VERSION_STR)));
}

} // namespace cedro::api
