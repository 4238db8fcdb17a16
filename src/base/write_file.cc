// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "base/files.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kNewFile = 0666;  // Less the umask.

Error WriteError(const std::string& path, const std::string& what, int cause) {
  const bool full = cause == ENOSPC || cause == EDQUOT;
  return Error{.code = ErrorCode::kIo,
               .place = {.file = path},
               .message = fmt::format("{}: {}", what, std::strerror(cause)),
               .hint = full ? "make room, or write elsewhere"
                            : "check that the folder exists and can be written"};
}

/// An open file; closed at the end.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : descriptor_(open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, kNewFile)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  bool ok() const { return descriptor_ >= 0; }
  int number() const { return descriptor_; }

  /// errno, or 0. Some file systems say only when closing that the disk is full.
  int WriteAndClose(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) return errno;
      if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
    }
    return close(std::exchange(descriptor_, -1)) != 0 ? errno : 0;
  }

 private:
  int descriptor_;
};

Status WriteInPlace(const std::string& path, std::string_view contents) {
  Descriptor file(path, O_NOCTTY);
  if (!file.ok()) return WriteError(path, "cannot be opened", errno);
  const int failure = file.WriteAndClose(contents);
  return failure == 0 ? Status() : Status(WriteError(path, "cannot be written", failure));
}

/// `old` is what the file replaces, if there is something.
Status WriteBeside(const std::string& path, std::string_view contents, const struct stat* old) {
  const fs::path target(path);
  const std::string part =
      (target.parent_path() / fmt::format(".imcc-{}.part", UniqueDigits())).string();
  Descriptor file(part, O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!file.ok()) return WriteError(path, "cannot be created", errno);
  if (old != nullptr) static_cast<void>(fchmod(file.number(), old->st_mode & 07777U));
  int failure = file.WriteAndClose(contents);
  if (failure == 0 && rename(part.c_str(), path.c_str()) != 0) failure = errno;
  if (failure == 0) return {};
  unlink(part.c_str());
  return WriteError(path, "cannot be written", failure);
}

}  // namespace

std::string UniqueDigits() {
  std::random_device source;
  return fmt::format("{:08x}{:08x}", source(), source());
}

Status CreateFile(const std::string& path, std::string_view contents) {
  Descriptor file(path, O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!file.ok()) return WriteError(path, "cannot be created", errno);
  const int failure = file.WriteAndClose(contents);
  if (failure == 0) return {};
  unlink(path.c_str());
  return WriteError(path, "cannot be written", failure);
}

Status WriteFile(const std::string& path, std::string_view contents) {
  struct stat old = {};
  if (stat(path.c_str(), &old) != 0) {
    if (errno != ENOENT) return WriteError(path, "cannot be created", errno);
    std::error_code ignored;
    if (fs::is_symlink(path, ignored))
      return WriteError(path, "is a link to nothing, which is not written through", ENOENT);
    return WriteBeside(path, contents, nullptr);
  }
  if (S_ISDIR(old.st_mode)) return WriteError(path, "cannot be written", EISDIR);
  if (!S_ISREG(old.st_mode)) return WriteInPlace(path, contents);
  if (access(path.c_str(), W_OK) != 0) return WriteError(path, "cannot be written", errno);
  std::error_code failure;
  const fs::path target = fs::canonical(path, failure);
  if (failure) return WriteError(path, "cannot be written", failure.value());
  return WriteBeside(target.string(), contents, &old);
}

Status CheckOverwritesNone(const std::string& output, const std::vector<std::string>& inputs) {
  struct stat written = {};
  std::error_code failure;
  const fs::path path = fs::canonical(output, failure);
  if (failure || stat(output.c_str(), &written) != 0 || !S_ISREG(written.st_mode)) return {};
  const auto overwritten = [&](const std::string& input) {
    struct stat read = {};
    if (input.empty() || stat(input.c_str(), &read) != 0) return false;
    if (!S_ISDIR(read.st_mode))
      return read.st_dev == written.st_dev && read.st_ino == written.st_ino;
    std::error_code ignored;
    const fs::path inside = path.lexically_relative(fs::canonical(input, ignored));
    return !ignored && !inside.empty() && *inside.begin() != "..";
  };
  const auto input = std::find_if(inputs.begin(), inputs.end(), overwritten);
  if (input == inputs.end()) return {};
  return Error{
      .code = ErrorCode::kUsage,
      .place = {.file = output},
      .message = fmt::format("would be overwritten, and is read: it is '{}' or in it", *input),
      .hint = "write to another path"};
}

}  // namespace imcc
