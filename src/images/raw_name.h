// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace imcc {

/// What the name NAME_NxCxHxW.ENDING of a file without a header says.
struct RawName {
  std::string before_dims;           // Path up to NAME, without the underscore.
  std::array<int64_t, 4> dims = {};  // N, C, H, W; all positive.
};

/// Nothing if the name does not have that form.
std::optional<RawName> ParseRawName(const std::string& path);

}  // namespace imcc
