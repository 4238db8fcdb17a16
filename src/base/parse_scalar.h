// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace imcc {

/// The whole text as a decimal integer; nothing for leading zeros (YAML 1.1 reads 010 as 8), other
/// bases, blanks, or what int64 cannot hold.
std::optional<int64_t> ParseInteger(std::string_view text);

/// The whole text as a finite decimal number, with or without fraction and exponent.
std::optional<double> ParseNumber(std::string_view text);

/// true or false (also True, TRUE, False, FALSE as YAML 1.2 has it), nothing else.
std::optional<bool> ParseBool(std::string_view text);

}  // namespace imcc
