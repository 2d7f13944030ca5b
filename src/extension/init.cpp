// What PostgreSQL calls when it loads the library.
#include "executor/fragment_scan.hpp"
#include "executor/insert_scan.hpp"
#include "executor/modify_scan.hpp"
#include "executor/row_change_scan.hpp"
#include "explain/fragment.hpp"
#include "extension/hooks.hpp"
#include "extension/settings.hpp"
#include "pg/function.hpp"
#include "plan/exchange.hpp"
#include "plan/fragment.hpp"
#include "plan/insert.hpp"
#include "plan/modify.hpp"
#include "plan/row_change.hpp"
#include "worker/exchange/bind.hpp"
#include "worker/exchange/spool.hpp"
#include "worker/task.hpp"

extern "C" {
PG_MODULE_MAGIC;
PGDLLEXPORT void _PG_init(void);
}

extern "C" void _PG_init(void) {
    if (!process_shared_preload_libraries_in_progress)
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("citus can only be loaded at server start"),
                 errhint("Add citus to shared_preload_libraries in postgresql.conf and restart the server.")));
    cedro::extension::define_settings();
    cedro::plan::register_fragment();
    cedro::plan::register_exchange();
    cedro::plan::register_insert();
    cedro::plan::register_modify();
    cedro::plan::register_row_change();
    cedro::executor::register_fragment_scan();
    cedro::executor::register_insert_scan();
    cedro::executor::register_modify_scan();
    cedro::executor::register_row_change_scan();
    cedro::explain::initialize();
    cedro::worker::register_dispatch();
    cedro::worker::register_exchange_scan();
    cedro::worker::register_spools();
    cedro::extension::install_hooks();
}
