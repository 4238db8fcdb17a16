// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>

#include "base/files.h"
#include "base/nearest_name.h"
#include "target/target.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

constexpr Bytes kMaxTargetFile(1 << 20);
constexpr std::string_view kExtension = ".yaml";

/// $IMCC_TARGETS (folders separated by colons), the source tree, the install prefix.
std::vector<fs::path> TargetDirectories() {
  std::vector<fs::path> directories;
  const char* variable = std::getenv("IMCC_TARGETS");
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    if (colon > 0) directories.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  directories.emplace_back(IMCC_SOURCE_TARGETS);
  std::error_code failure;
  const fs::path executable = fs::read_symlink("/proc/self/exe", failure);
  if (!failure)
    directories.push_back(executable.parent_path().parent_path() / "share/imcc/targets");
  return directories;
}

bool LooksLikePath(const std::string& name) {
  return name.find('/') != std::string::npos || fs::path(name).extension() == kExtension;
}

Result<Target> LoadFile(const std::string& path) {
  IMCC_ASSIGN(const std::string text, ReadFile(path, kMaxTargetFile, ErrorCode::kConfig));
  IMCC_ASSIGN(Target target, ParseTarget(text, path));
  target.path = path;
  return target;
}

}  // namespace

Result<Target> LoadTarget(const std::string& name_or_path) {
  if (LooksLikePath(name_or_path)) return LoadFile(name_or_path);
  std::error_code failure;
  for (const fs::path& directory : TargetDirectories()) {
    const fs::path path = directory / (name_or_path + std::string(kExtension));
    if (fs::is_regular_file(path, failure)) return LoadFile(path.string());
  }
  const std::vector<std::string> known = ListTargets();
  std::string hint = DidYouMean(name_or_path, known);
  if (hint.empty()) hint = fmt::format("targets here: {}; or give a path", fmt::join(known, ", "));
  return Error{ErrorCode::kUsage, {}, "", fmt::format("no target {}", Quote(name_or_path)), hint};
}

std::vector<std::string> ListTargets() {
  std::set<std::string> names;
  for (const fs::path& directory : TargetDirectories()) {
    std::error_code failure;
    for (fs::directory_iterator it(directory, failure), end; !failure && it != end;
         it.increment(failure)) {
      if (it->path().extension() == kExtension) names.insert(it->path().stem().string());
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace imcc
