// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/external_data.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>

namespace imcc {
namespace {

namespace fs = std::filesystem;

struct Location {
  std::string path;
  int64_t offset = 0;
  std::optional<int64_t> length;
};

Error BrokenExternal(const onnx::TensorProto& proto, std::string message, std::string hint = "") {
  return Error{.code = ErrorCode::kModel,
               .subject = fmt::format("tensor '{}'", proto.name()),
               .message = std::move(message),
               .hint = std::move(hint)};
}

std::optional<int64_t> ParseSize(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

Result<Location> ParseLocation(const onnx::TensorProto& proto) {
  Location location;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") location.path = entry.value();
    if (entry.key() != "offset" && entry.key() != "length") continue;
    const std::optional<int64_t> size = ParseSize(entry.value());
    if (!size) {
      return BrokenExternal(
          proto, fmt::format("external data {} '{}' is not a size", entry.key(), entry.value()));
    }
    if (entry.key() == "offset") location.offset = *size;
    if (entry.key() == "length") location.length = size;
  }
  return location;
}

Result<fs::path> Resolve(const onnx::TensorProto& proto, const std::string& directory,
                         const std::string& location) {
  const fs::path relative(location);
  bool escapes = location.empty() || relative.is_absolute();
  for (const fs::path& part : relative) escapes = escapes || part == "..";
  if (escapes) {
    return BrokenExternal(
        proto, fmt::format("external data location '{}' leaves the model's folder", location),
        "store the data in a file beside the model");
  }
  std::error_code error;
  const fs::path root = fs::canonical(directory.empty() ? "." : directory, error);
  if (error)
    return BrokenExternal(proto, "the model's folder cannot be opened: " + error.message());
  const fs::path file = fs::canonical(root / relative, error);
  if (error) {
    return BrokenExternal(
        proto,
        fmt::format("external data file '{}' cannot be opened: {}", location, error.message()),
        "keep the data file beside the model");
  }
  const fs::path inside = file.lexically_relative(root);
  if (inside.empty() || *inside.begin() == "..") {
    return BrokenExternal(proto,
                          fmt::format("external data file '{}' is a link that leaves the model's "
                                      "folder",
                                      location));
  }
  if (!fs::is_regular_file(file, error)) {
    return BrokenExternal(proto, fmt::format("external data '{}' is not a regular file", location));
  }
  return file;
}

}  // namespace

Result<std::string> ReadExternalData(const onnx::TensorProto& proto, const std::string& directory,
                                     int64_t expected_bytes) {
  IMCC_ASSIGN(const Location location, ParseLocation(proto));
  IMCC_ASSIGN(const fs::path file, Resolve(proto, directory, location.path));
  if (location.length && *location.length != expected_bytes) {
    return BrokenExternal(proto,
                          fmt::format("external data length is {} bytes but its shape needs {}",
                                      *location.length, expected_bytes));
  }
  std::error_code error;
  const uintmax_t size = fs::file_size(file, error);
  if (error || static_cast<uintmax_t>(location.offset) > size ||
      size - static_cast<uintmax_t>(location.offset) < static_cast<uintmax_t>(expected_bytes)) {
    return BrokenExternal(proto,
                          fmt::format("external data file '{}' ends before offset {} + {} bytes",
                                      location.path, location.offset, expected_bytes));
  }
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(location.offset);
  std::string bytes(static_cast<size_t>(expected_bytes), '\0');
  if (!stream.read(bytes.data(), expected_bytes)) {
    return BrokenExternal(proto,
                          fmt::format("external data file '{}' cannot be read", location.path));
  }
  return bytes;
}

Result<std::string> ExternalDataFile(const onnx::TensorProto& proto, const std::string& directory) {
  if (proto.data_location() != onnx::TensorProto::EXTERNAL) return std::string();
  IMCC_ASSIGN(const Location location, ParseLocation(proto));
  IMCC_ASSIGN(const fs::path file, Resolve(proto, directory, location.path));
  return file.string();
}

}  // namespace imcc
