// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>

#include "images/data_error.h"
#include "images/decode.h"

namespace imcc {
namespace {

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Reads the numbers of a Netpbm file, in text or binary.
class Scanner {
 public:
  explicit Scanner(std::string_view bytes) : bytes_(bytes), position_(2) {}

  /// The next decimal number after blanks and comments.
  std::optional<int64_t> Number() {
    while (position_ < bytes_.size() && (IsBlank(bytes_[position_]) || bytes_[position_] == '#')) {
      if (bytes_[position_] == '#') {
        position_ = std::min(bytes_.find('\n', position_), bytes_.size());
      } else {
        ++position_;
      }
    }
    if (position_ == bytes_.size() || !IsDigit(bytes_[position_])) return {};
    int64_t value = 0;
    while (position_ < bytes_.size() && IsDigit(bytes_[position_])) {
      value = 10 * value + (bytes_[position_++] - '0');
      if (value > int64_t{1} << 31) return {};
    }
    return value;
  }

  /// The one blank between header and binary samples.
  bool SkipBlank() {
    if (position_ == bytes_.size() || !IsBlank(bytes_[position_])) return false;
    ++position_;
    return true;
  }

  size_t left() const { return bytes_.size() - position_; }
  int64_t Byte() { return static_cast<unsigned char>(bytes_[position_++]); }

 private:
  std::string_view bytes_;
  size_t position_;
};

}  // namespace

Result<Image> DecodePnm(std::string_view bytes, const std::string& path) {
  const auto damaged = [&](const std::string& why) {
    return DataError(path, "is a damaged PPM or PGM: " + why, "write the image again");
  };
  const bool is_text = bytes[1] == '2' || bytes[1] == '3';
  const bool is_color = bytes[1] == '3' || bytes[1] == '6';
  Scanner scanner(bytes);
  const auto width = scanner.Number();
  const auto height = scanner.Number();
  const auto largest = scanner.Number();
  if (!width || !height || !largest) return damaged("its header is not three numbers");
  if (*largest < 1 || *largest > 65535) return damaged(fmt::format("largest value {}", *largest));
  IMCC_TRY(CheckImageSize(path, *width, *height));
  Image image{.width = *width, .height = *height, .channels = is_color ? 3 : 1};
  const auto samples = static_cast<size_t>(image.width * image.height * image.channels);
  const size_t sample_bytes = *largest > 255 ? 2 : 1;
  // Even in text a sample takes two bytes, but for the last one.
  const size_t needed = is_text ? 2 * samples - 1 : samples * sample_bytes;
  if (!is_text && !scanner.SkipBlank()) return damaged("no blank after its header");
  if (scanner.left() < needed) return damaged("it ends too early");
  image.pixels.reserve(samples);
  for (size_t i = 0; i < samples; ++i) {
    int64_t value = 0;
    if (is_text) {
      const auto number = scanner.Number();
      if (!number) return damaged("it ends too early");
      value = *number;
    } else {
      value = scanner.Byte();
      if (sample_bytes == 2) value = 256 * value + scanner.Byte();
    }
    if (value > *largest) return damaged(fmt::format("sample {} above {}", value, *largest));
    image.pixels.push_back(static_cast<uint8_t>((value * 255 + *largest / 2) / *largest));
  }
  return image;
}

}  // namespace imcc
