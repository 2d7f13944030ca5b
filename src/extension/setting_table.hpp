// Tables of settings and what turns a row into one of PostgreSQL's.
#pragma once
#include "catalog/settings.hpp"
#include "pg/guc.hpp"

namespace cedro::extension {

/// Live: something reads the variable. Inert: nothing does yet; the description
/// says so, and a change is answered with a WARNING.
enum class State : bool { Inert, Live };
using enum State;

/// Shown by SHOW, but not by SHOW ALL.
inline constexpr int kHidden = GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE;

inline constexpr int kSecond = 1000; // in milliseconds, as all times below
inline constexpr int kMinute = 60 * kSecond;
inline constexpr int kHour = 60 * kMinute;
inline constexpr int kDay = 24 * kHour;

struct BoolSetting {
    using Value = bool;
    const char *name;
    bool *variable;
    bool standard;
    GucContext context;
    int flags;
    State state;
    const char *description;
    GucBoolCheckHook check = nullptr;
    GucBoolAssignHook assign = nullptr;
};

struct IntSetting {
    using Value = int;
    const char *name;
    int *variable;
    int standard, minimum, maximum;
    GucContext context;
    int flags;
    State state;
    const char *description;
    GucIntCheckHook check = nullptr;
    GucIntAssignHook assign = nullptr;
};

struct RealSetting {
    using Value = double;
    const char *name;
    double *variable;
    double standard, minimum, maximum;
    GucContext context;
    int flags;
    State state;
    const char *description;
    GucRealCheckHook check = nullptr;
    GucRealAssignHook assign = nullptr;
};

struct EnumSetting {
    using Value = int;
    const char *name;
    int *variable;
    int standard;
    const config_enum_entry *values;
    GucContext context;
    int flags;
    State state;
    const char *description;
    GucEnumCheckHook check = nullptr;
    GucEnumAssignHook assign = nullptr;
};

struct StringSetting {
    using Value = char *;
    const char *name;
    char **variable;
    const char *standard;
    GucContext context;
    int flags;
    State state;
    const char *description;
    GucStringCheckHook check = nullptr;
    GucStringAssignHook assign = nullptr;
};

/// Warns that a setting does nothing, when a person or postgresql.conf changes it.
void warn_without_effect(const char *name, GucSource source);

inline bool is_same(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }
template <typename Value>
bool is_same(Value a, Value b) {
    return a == b;
}

/// The check hook of row `index`, when it is inert. A hook is not told its
/// setting's name, so each row gets its own.
template <const auto &table, size_t index>
bool check_inert(typename std::remove_cvref_t<decltype(table[0])>::Value *value, void **extra, GucSource source) {
    const auto &setting = table[index];
    if (setting.check && !setting.check(value, extra, source)) return false;
    if (!is_same(*value, *setting.variable)) warn_without_effect(setting.name, source);
    return true;
}

/// Calls define(row, check hook, long description) for each row.
template <const auto &table, typename Define>
void define_each(Define &&define) {
    auto one = [&]<size_t index>() {
        const auto &setting = table[index];
        if (setting.state == Live)
            define(setting, setting.check, nullptr);
        else
            define(
                setting, check_inert<table, index>,
                "It has no effect in this version and is accepted so that configurations made for Citus keep working.");
    };
    [&]<size_t... index>(std::index_sequence<index...>) { (one.template operator()<index>(), ...); }
    (std::make_index_sequence<std::size(table)>());
}

void define_bool_settings();
void define_int_settings();
void define_real_settings();
void define_enum_settings();
void define_string_settings();

} // namespace cedro::extension
