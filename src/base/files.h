// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/units.h"

namespace imcc {

/// The whole of a regular file. An error (of kind `code`) if it is absent, a folder, unreadable or
/// larger than `limit`; never reads more than that.
Result<std::string> ReadFile(const std::string& path, Bytes limit, ErrorCode code = ErrorCode::kIo);

/// Writes the whole file, replacing what was there.
Status WriteFile(const std::string& path, std::string_view contents);

}  // namespace imcc
