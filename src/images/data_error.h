// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace imcc {

/// Images larger than this are refused before anything is allocated for them.
inline constexpr int64_t kMaxPixels = int64_t{1} << 26;

/// An error about the contents of a data file.
Error DataError(const std::string& path, std::string message, std::string hint = "");

/// An error unless the size of an image is sane.
Status CheckImageSize(const std::string& path, int64_t width, int64_t height);

}  // namespace imcc
