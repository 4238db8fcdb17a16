// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace imcc {

/// A folder that appears whole or not at all: files go to a hidden sibling, Commit() renames it
/// into place. Without Commit() nothing is left, not even parent folders made on the way.
class OutputFolder {
 public:
  static Result<OutputFolder> Create(const std::string& path);
  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;
  ~OutputFolder();

  Status Write(const std::string& name, std::string_view contents);
  /// Replaces what was at the path before.
  Status Commit();

 private:
  OutputFolder() = default;

  std::string path_;
  std::string temporary_;                  // Empty once committed.
  std::vector<std::string> made_parents_;  // Outermost first.
};

}  // namespace imcc
