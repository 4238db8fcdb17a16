// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/output_folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/files.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

Error FolderError(const fs::path& path, const std::string& what, const std::error_code& failure) {
  return Error{.code = ErrorCode::kIo,
               .place = {.file = path.string()},
               .message = fmt::format("{}: {}", what, failure.message()),
               .hint = "choose another folder with -o, or correct its permissions"};
}

/// A sibling no other process uses.
fs::path Sibling(const fs::path& path, const char* purpose) {
  return path.parent_path() / fmt::format(".{}.{}-{}", path.filename().string(), purpose, getpid());
}

}  // namespace

Result<OutputFolder> OutputFolder::Create(const std::string& path) {
  OutputFolder folder;
  std::error_code failure;
  const fs::path target = fs::absolute(path, failure).lexically_normal();
  if (failure) return FolderError(path, "is no usable path", failure);
  folder.path_ = target.string();
  std::vector<fs::path> missing;
  for (fs::path p = target.parent_path(); !fs::exists(p, failure) && p.has_relative_path();
       p = p.parent_path())
    missing.push_back(p);
  for (auto it = missing.rbegin(); it != missing.rend(); ++it) {
    fs::create_directory(*it, failure);
    if (failure) return FolderError(*it, "the folder cannot be made", failure);
    folder.made_parents_.push_back(it->string());
  }
  const fs::path temporary = Sibling(target, "part");
  fs::create_directory(temporary, failure);
  if (failure) return FolderError(target, "the folder cannot be made", failure);
  folder.temporary_ = temporary.string();
  return folder;
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      made_parents_(std::exchange(other.made_parents_, {})) {}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
  // Not recursive: a folder somebody else has used since stays.
  for (auto it = made_parents_.rbegin(); it != made_parents_.rend(); ++it) fs::remove(*it, ignored);
}

Status OutputFolder::Write(const std::string& name, std::string_view contents) {
  return WriteFile((fs::path(temporary_) / name).string(), contents);
}

Status OutputFolder::Commit() {
  std::error_code failure;
  const fs::path old = Sibling(path_, "old");
  const bool replaces = fs::exists(path_, failure);
  if (replaces) {
    fs::rename(path_, old, failure);
    if (failure) return FolderError(path_, "the old folder cannot be replaced", failure);
  }
  fs::rename(temporary_, path_, failure);
  if (failure) {
    std::error_code ignored;
    if (replaces) fs::rename(old, path_, ignored);
    return FolderError(path_, "the folder cannot be put in place", failure);
  }
  temporary_.clear();
  made_parents_.clear();
  if (replaces) fs::remove_all(old, failure);
  return {};
}

}  // namespace imcc
