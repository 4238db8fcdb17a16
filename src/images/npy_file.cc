// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/npy_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <optional>

#include "base/nearest_name.h"
#include "base/parse_scalar.h"
#include "images/data_error.h"

namespace imcc {
namespace {

constexpr int64_t kMaxHeader = 1 << 16;
constexpr size_t kMaxRank = 32;
constexpr std::array<std::string_view, 7> kTypes = {"f4", "f8", "u1", "i1", "i2", "i4", "i8"};

/// The text after 'key': up to where its value ends, or nothing.
std::optional<std::string> Field(const std::string& header, const std::string& key) {
  const size_t at = header.find("'" + key + "':");
  if (at == std::string::npos) return {};
  const size_t begin = header.find_first_not_of(' ', at + key.size() + 3);
  if (begin == std::string::npos) return {};
  if (header[begin] == '(') {
    const size_t end = header.find(')', begin);
    if (end == std::string::npos) return {};
    return header.substr(begin + 1, end - begin - 1);
  }
  const size_t end = header.find_first_of(",}", begin);
  if (end == std::string::npos) return {};
  return header.substr(begin, end - begin);
}

/// "2, 3" or "2," or "".
std::optional<std::vector<int64_t>> ParseShape(const std::string& text) {
  std::vector<int64_t> shape;
  size_t position = 0;
  while (position < text.size()) {
    const size_t comma = std::min(text.find(',', position), text.size());
    std::string item = text.substr(position, comma - position);
    std::erase(item, ' ');
    position = comma + 1;
    if (item.empty() && position >= text.size()) break;
    const auto dim = ParseInteger(item);
    if (!dim || *dim < 0 || shape.size() == kMaxRank) return {};
    shape.push_back(*dim);
  }
  return shape;
}

template <class T>
void Convert(const std::string& bytes, std::vector<float>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<float>(value);
  }
}

void ConvertAs(std::string_view type, const std::string& bytes, std::vector<float>& values) {
  if (type == "f4") return Convert<float>(bytes, values);
  if (type == "f8") return Convert<double>(bytes, values);
  if (type == "u1") return Convert<uint8_t>(bytes, values);
  if (type == "i1") return Convert<int8_t>(bytes, values);
  if (type == "i2") return Convert<int16_t>(bytes, values);
  if (type == "i4") return Convert<int32_t>(bytes, values);
  IMCC_CHECK(type == "i8", ".npy type without a conversion");
  return Convert<int64_t>(bytes, values);
}

}  // namespace

Result<NpyFile> NpyFile::Open(const std::string& path) {
  NpyFile file;
  file.path_ = path;
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure))
    return DataError(path, "no such file", "check the path");
  file.file_size_ = static_cast<int64_t>(std::filesystem::file_size(path, failure));
  file.stream_.open(path, std::ios::binary);
  if (failure || !file.stream_) return DataError(path, "cannot be opened");
  IMCC_TRY(file.ReadHeader());
  IMCC_TRY(file.CheckSize());
  return file;
}

Status NpyFile::ReadHeader() {
  std::array<unsigned char, 12> start = {};
  stream_.read(reinterpret_cast<char*>(start.data()), start.size());
  if (stream_.gcount() < 10 || std::memcmp(start.data(), "\x93NUMPY", 6) != 0)
    return DataError(path_, "is not a .npy file", "write it with numpy.save");
  const bool is_long = start[6] >= 2;
  if (start[6] < 1 || start[6] > 3)
    return DataError(path_, fmt::format("has .npy format version {}", start[6]));
  int64_t length = start[8] + 256 * start[9];
  if (is_long) length += int64_t{65536} * start[10] + int64_t{16777216} * start[11];
  data_offset_ = (is_long ? 12 : 10) + length;
  if (length > kMaxHeader || data_offset_ > file_size_)
    return DataError(path_, fmt::format("claims a header of {} bytes", length));
  std::string header(static_cast<size_t>(length), '\0');
  stream_.clear();
  stream_.seekg(data_offset_ - length);
  if (!stream_.read(header.data(), length)) return DataError(path_, "cannot be read");
  return ParseHeader(header);
}

Status NpyFile::ParseHeader(const std::string& header) {
  const auto descr = Field(header, "descr");
  const auto order = Field(header, "fortran_order");
  const auto shape = Field(header, "shape");
  if (!descr || !order || !shape)
    return DataError(path_, "its header lacks descr, fortran_order or shape");
  if (order->find("True") != std::string::npos)
    return DataError(path_, "is in Fortran order", "save numpy.ascontiguousarray(x)");
  std::string type = *descr;
  std::erase_if(type, [](char c) { return c == '\'' || c == '"' || c == ' '; });
  const bool swapped = !type.empty() && type[0] == '>' && type != ">u1" && type != ">i1";
  if (!type.empty() && std::string_view("<>|=").find(type[0]) != std::string_view::npos)
    type.erase(0, 1);
  if (swapped || std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end())
    return DataError(path_, fmt::format("holds numbers of type {}", Quote(*descr)),
                     "save it as float32 or uint8, little-endian");
  type_ = type;
  const auto dims = ParseShape(*shape);
  if (!dims) return DataError(path_, fmt::format("has shape ({})", Quote(*shape)));
  shape_ = *dims;
  return {};
}

Status NpyFile::CheckSize() {
  const int64_t limit = (file_size_ - data_offset_) / (type_[1] - '0');
  for (const int64_t dim : shape_) {
    if (dim == 0) return DataError(path_, "is an empty array");
    if (dim > limit / elements_)
      return DataError(path_,
                       fmt::format("is shorter than its shape ({}) says", fmt::join(shape_, ", ")),
                       "copy it again");
    elements_ *= dim;
  }
  if (elements_ > limit) return DataError(path_, "holds no data");
  return {};
}

Result<std::vector<float>> NpyFile::Read(int64_t first, int64_t count) {
  IMCC_CHECK(first >= 0 && count >= 0 && first <= elements_ - count, ".npy range");
  const int64_t size = type_[1] - '0';
  std::string bytes(static_cast<size_t>(count * size), '\0');
  stream_.clear();
  stream_.seekg(data_offset_ + first * size);
  if (!stream_.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    return DataError(path_, "cannot be read to its end");
  std::vector<float> values(static_cast<size_t>(count));
  ConvertAs(type_, bytes, values);
  return values;
}

}  // namespace imcc
