// What went wrong and what to do about it: the only exception this program throws itself.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>

namespace cedro {

struct Failure : std::runtime_error {
    explicit Failure(const std::string &message, std::string advice = {})
        : std::runtime_error(message), hint(std::move(advice)) {}
    std::string hint;
};

} // namespace cedro
