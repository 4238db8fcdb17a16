// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "offsets/offsets.h"

namespace imcc {

/// Buffers as MiniMalloc's CSV files list them: a header with the columns id, lower, upper and size
/// in any order, and perhaps alignment and offset; then a line for each buffer.
struct BufferTable {
  std::vector<std::string> ids;
  std::vector<Placeable> buffers;             // Live in [lower, upper).
  std::optional<std::vector<Bytes>> offsets;  // Of the column "offset".
  bool has_alignment = false;
};

/// Every complaint has its line, column and what to do about it. `file` is only named.
Result<BufferTable> ParseBufferCsv(std::string_view text, const std::string& file);

/// The table in the same format with these offsets in the column "offset".
std::string WriteBufferCsv(const BufferTable& table, const std::vector<Bytes>& offsets);

}  // namespace imcc
