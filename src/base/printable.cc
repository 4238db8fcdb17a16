// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace imcc {
namespace {

bool IsContinuation(unsigned char c) { return (c & 0xc0U) == 0x80U; }

/// Bytes of the UTF-8 character at `at`; 1 where the bytes are none.
size_t LengthAt(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t length = lead >= 0xf0U ? 4 : lead >= 0xe0U ? 3 : lead >= 0xc2U ? 2 : 1;
  if (at + length > text.size()) return 1;
  const bool whole =
      std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                  text.begin() + static_cast<std::ptrdiff_t>(at + length),
                  [](char c) { return IsContinuation(static_cast<unsigned char>(c)); });
  return whole ? length : 1;
}

/// The control character (C0, DEL or C1) these bytes are, or 0; C1 also as a bare byte.
unsigned ControlOf(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) {
    const bool control = first < 0x20U || (first >= 0x7fU && first < 0xa0U);
    return control && first != '\n' && first != '\t' ? first : 0;
  }
  const auto second = static_cast<unsigned char>(character[1]);
  return first == 0xc2U && second < 0xa0U ? second : 0;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const std::string_view character = text.substr(at, LengthAt(text, at));
    const bool zero = character[0] == '\0';
    if (const unsigned control = ControlOf(character); control != 0 || zero)
      fmt::format_to(std::back_inserter(clean), "\\u{:04x}", control);
    else
      clean += character;
    at += character.size();
  }
  return clean;
}

}  // namespace imcc
