// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"

namespace imcc {

/// What the name NAME_NxCxHxW.ENDING of a file without a header says.
struct RawName {
  std::string before_dims;           // Path up to NAME, without the underscore.
  std::array<int64_t, 4> dims = {};  // N, C, H, W; all positive.
};

/// Nothing if the name does not have that form.
std::optional<RawName> ParseRawName(const std::string& path);

/// The same of a file that has to be there; `example` is a good name.
Result<RawName> ReadRawName(const std::string& path, const std::string& example);

/// An error unless the file holds as many samples of `sample_bytes` as its name says; `type` names
/// the values in the message, with a space before it, or is empty.
Status CheckRawSize(const std::string& path, const RawName& name,
                    std::optional<int64_t> sample_bytes, const std::string& type);

}  // namespace imcc
