// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/files.h"
#include "images/data_error.h"
#include "images/decode.h"

namespace imcc {
namespace {

constexpr Bytes kMaxImageFile(int64_t{1} << 29);  // 2^26 pixels of a 16-bit PPM, and some.

}  // namespace

Result<Image> ReadImage(const std::string& path) {
  IMCC_ASSIGN(const std::string bytes, ReadFile(path, kMaxImageFile, ErrorCode::kData));
  const std::string_view view = bytes;
  if (view.substr(0, 3) == "\xff\xd8\xff") return DecodeJpeg(view, path);
  if (view.substr(0, 8) == "\x89PNG\r\n\x1a\n") return DecodePng(view, path);
  if (view.size() > 2 && view[0] == 'P' && std::string_view("2356").find(view[1]) < 4)
    return DecodePnm(view, path);
  if (view.empty()) return DataError(path, "is empty", "copy the image again");
  return DataError(path, "is neither a JPEG, PNG, PPM nor PGM image",
                   "convert it, or remove it from the data set");
}

}  // namespace imcc
