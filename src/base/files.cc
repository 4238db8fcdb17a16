// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace imcc {
namespace {

Error FileError(ErrorCode code, const std::string& path, std::string message, std::string hint) {
  return Error{code, SourcePlace{.file = path}, "", std::move(message), std::move(hint)};
}

/// An error unless `path` is something whose bytes can be read to an end.
Status CheckReadable(const std::string& path, ErrorCode code) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found)
    return FileError(code, path, "no such file", "check the path");
  if (failure) return FileError(code, path, "cannot be opened: " + failure.message(), "");
  if (std::filesystem::is_directory(status))
    return FileError(code, path, "is a folder, a file is needed", "");
  if (!std::filesystem::is_regular_file(status))
    return FileError(code, path, "is not a regular file", "copy it into a regular file first");
  return {};
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, Bytes limit, ErrorCode code) {
  IMCC_TRY(CheckReadable(path, code));
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return FileError(code, path, fmt::format("cannot be opened: {}", strerror(errno)), "");
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  if (failure) return FileError(code, path, "has no size: " + failure.message(), "");
  if (size > static_cast<uintmax_t>(limit.count()))
    return FileError(
        code, path, fmt::format("has {} bytes, more than the {} allowed here", size, limit.count()),
        "check that this is the right file");
  std::string contents(static_cast<size_t>(size), '\0');
  stream.read(contents.data(), static_cast<std::streamsize>(contents.size()));
  if (static_cast<size_t>(stream.gcount()) != contents.size() || stream.bad())
    return FileError(code, path, "cannot be read to its end", "");
  return contents;
}

Result<std::string> ReadFileOfKind(const std::string& path, Bytes limit, std::string_view magic,
                                   std::string_view what) {
  IMCC_TRY(CheckReadable(path, ErrorCode::kIo));
  std::string start(magic.size(), '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (!stream.bad() && start != magic)
    return FileError(ErrorCode::kFormat, path, fmt::format("is not {}", what),
                     "check that this is the right file");
  return ReadFile(path, limit);
}

}  // namespace imcc
