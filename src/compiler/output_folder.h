// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace imcc {

/// The list of what imcc wrote into a folder, in the form of md5sum: by it the next compilation
/// knows what it may replace.
inline constexpr const char* kFileList = "files.md5";

/// An error that names them if there is anything at `path` but files its list holds, as they were
/// written.
Status CheckReplaceable(const std::string& path);

/// A folder that appears whole or not at all: files go to a hidden sibling, Commit() swaps it into
/// place. Without Commit() nothing is left, not even parent folders made on the way; what a killed
/// process left is removed by the next one.
class OutputFolder {
 public:
  static Result<OutputFolder> Create(const std::string& path);
  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;
  ~OutputFolder();

  Status Write(const std::string& name, std::string_view contents);
  /// Where the files are until Commit().
  const std::string& temporary() const { return temporary_; }
  /// Replaces what was at the path before, if that is imcc's.
  Status Commit();

 private:
  OutputFolder() = default;
  Status MakeParents();
  Status MakeTemporary();

  std::string path_;
  std::string temporary_;                  // Empty once committed.
  std::vector<std::string> made_parents_;  // Outermost first.
  std::string list_;                       // Contents of kFileList.
  int lock_ = -1;                          // Held on the temporary folder while this process lives.
};

}  // namespace imcc
