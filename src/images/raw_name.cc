// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/raw_name.h"

#include "base/parse_scalar.h"

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

}  // namespace imcc
