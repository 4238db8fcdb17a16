// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/hidden_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>
#include <vector>

#include "base/files.h"
#include "compiler/output_folder.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = ".imcc-";
constexpr std::string_view kSuffix = ".part";
constexpr size_t kDigits = 16;

bool IsHiddenName(std::string_view name) {
  if (name.size() != kPrefix.size() + kDigits + kSuffix.size() || !name.starts_with(kPrefix) ||
      !name.ends_with(kSuffix))
    return false;
  const std::string_view digits = name.substr(kPrefix.size(), kDigits);
  return std::all_of(digits.begin(), digits.end(),
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// What an interrupted compilation can have left: nothing yet, or plain files with a list.
bool LooksLikeOutput(const fs::path& folder) {
  bool empty = true;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    empty = false;
    if (it->symlink_status(failure).type() != fs::file_type::regular) return false;
  }
  return !failure && (empty || fs::exists(folder / kFileList, failure));
}

void RemoveIfStale(const fs::path& folder) {
  struct stat status = {};
  if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid())
    return;
  const int lock = LockFolder(folder);
  if (lock < 0) return;
  if (LooksLikeOutput(folder)) RemoveFlatFolder(folder);
  close(lock);
}

}  // namespace

fs::path HiddenSibling(const fs::path& parent) {
  return parent / fmt::format("{}{}{}", kPrefix, UniqueDigits(), kSuffix);
}

int LockFolder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  const int why = errno;
  close(descriptor);
  errno = why;
  return -1;
}

void RemoveFlatFolder(const fs::path& folder) {
  std::error_code failure;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure))
    files.push_back(it->path());
  // The list goes last: a folder that is removed halfway still counts as imcc's.
  std::stable_partition(files.begin(), files.end(),
                        [](const fs::path& file) { return file.filename() != kFileList; });
  for (const fs::path& file : files) unlink(file.c_str());  // Fails for folders.
  rmdir(folder.c_str());
}

void RemoveStaleFolders(const fs::path& parent) {
  std::error_code failure;
  std::vector<fs::path> hidden;
  for (fs::directory_iterator it(parent, failure), end; !failure && it != end;
       it.increment(failure))
    if (IsHiddenName(it->path().filename().string())) hidden.push_back(it->path());
  for (const fs::path& folder : hidden) RemoveIfStale(folder);
}

}  // namespace imcc
