// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/data_error.h"

#include <fmt/format.h>

namespace imcc {

Error DataError(const std::string& path, std::string message, std::string hint) {
  return Error{.code = ErrorCode::kData,
               .place = {.file = path},
               .message = std::move(message),
               .hint = std::move(hint)};
}

Status CheckImageSize(const std::string& path, int64_t width, int64_t height) {
  if (width >= 1 && height >= 1 && width <= kMaxPixels && height <= kMaxPixels / width) return {};
  return DataError(
      path, fmt::format("claims to be {} x {} pixels; the limit is 2^26 in all", width, height),
      "check the file, or scale the image down");
}

}  // namespace imcc
