// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/yaml_text_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace imcc {
namespace {

/// Bytes of the UTF-8 character whose first byte this is; 0 if none begins so (RFC 3629).
size_t SequenceLength(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

/// Overlong forms, surrogates and values past U+10FFFF show in the second byte.
bool SecondByteFits(unsigned char first, unsigned char second) {
  if (first == 0xe0) return second >= 0xa0;
  if (first == 0xed) return second < 0xa0;
  if (first == 0xf0) return second >= 0x90;
  if (first == 0xf4) return second < 0x90;
  return true;
}

bool IsCharacter(std::string_view text, size_t at, size_t length) {
  if (length == 0 || at + length > text.size()) return false;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return false;
  }
  return length < 2 || SecondByteFits(static_cast<unsigned char>(text[at]),
                                      static_cast<unsigned char>(text[at + 1]));
}

bool IsControl(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
}

}  // namespace

std::optional<TextFault> FindBadCharacter(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (IsControl(first))
      return TextFault{at, 1, fmt::format("control character 0x{:02x}", first),
                       "is this a text file?"};
    const size_t length = SequenceLength(first);
    if (!IsCharacter(text, at, length))
      return TextFault{at, 1, fmt::format("byte 0x{:02x} is not UTF-8", first),
                       "save the file as UTF-8"};
    at += length;
  }
  return std::nullopt;
}

std::optional<TextFault> FindTabInIndentation(std::string_view text) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const size_t body = line.find_first_not_of(" \t\r");
    const size_t tab = line.find('\t');
    if (body != std::string_view::npos && line[body] != '#' && tab < body)
      return TextFault{begin + tab, 1, "tab in the indentation", "indent with spaces"};
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace imcc
