// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"

namespace imcc {

/// An open .npy file (numpy.lib.format 1.0 to 3.0, C order), read piece by piece.
class NpyFile {
 public:
  static Result<NpyFile> Open(const std::string& path);

  const std::vector<int64_t>& shape() const { return shape_; }
  int64_t elements() const { return elements_; }
  bool is_u8() const { return type_ == "u1"; }
  bool is_int8() const { return type_ == "i1"; }

  /// Elements [first, first + count) in stored order.
  Result<std::vector<float>> Read(int64_t first, int64_t count);

 private:
  Status ReadHeader();
  Status ParseHeader(const std::string& header);
  Status CheckSize();

  std::string path_;
  std::ifstream stream_;
  int64_t file_size_ = 0;
  int64_t data_offset_ = 0;
  std::string type_;  // "f4", "u1", ...
  std::vector<int64_t> shape_;
  int64_t elements_ = 1;
};

}  // namespace imcc
