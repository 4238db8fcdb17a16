// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/raw_name.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/parse_scalar.h"
#include "images/data_error.h"

namespace imcc {

std::optional<RawName> ParseRawName(const std::string& path) {
  const size_t dot = path.rfind('.');
  if (dot == std::string::npos) return {};
  std::string stem = path.substr(0, dot);
  RawName name;
  for (size_t axis = 4; axis-- > 0;) {
    const size_t begin = stem.find_last_not_of("0123456789") + 1;  // npos + 1 is 0.
    const auto dim = ParseInteger(stem.substr(begin));
    if (!dim || *dim < 1) return {};
    name.dims[axis] = *dim;
    const char separator = axis > 0 ? 'x' : '_';
    if (begin == 0 || stem[begin - 1] != separator) return {};
    stem.resize(begin - 1);
  }
  name.before_dims = stem;
  return name;
}

Result<RawName> ReadRawName(const std::string& path, const std::string& example) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure))
    return DataError(path, "no such file", "check the path");
  std::optional<RawName> name = ParseRawName(path);
  if (name) return std::move(*name);
  return DataError(path, "its name does not say its shape", "name it " + example);
}

Status CheckRawSize(const std::string& path, const RawName& name,
                    std::optional<int64_t> sample_bytes, const std::string& type) {
  std::error_code failure;
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path, failure));
  const auto& [count, channels, height, width] = name.dims;
  if (!failure && sample_bytes && size % *sample_bytes == 0 && size / *sample_bytes == count)
    return {};
  return DataError(path,
                   fmt::format("has {} bytes, not the {} x {} x {} x {}{} its name says", size,
                               count, channels, height, width, type),
                   "copy it again, or correct the name");
}

}  // namespace imcc
