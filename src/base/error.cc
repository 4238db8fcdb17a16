// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace imcc {

void FailCheck(const char* file, int line, const char* condition, const std::string& message) {
  throw InternalError(
      fmt::format("{}:{}: this is a bug in imcc: {} ({})", file, line, message, condition));
}

int ExitCode(ErrorCode code) { return 2 + static_cast<int>(code); }

namespace {

std::string FormatPlace(const SourcePlace& place) {
  if (place.file.empty()) return "";
  if (place.line == 0) return place.file + ": ";
  return fmt::format("{}:{}:{}: ", place.file, place.line, place.column);
}

/// The source line and, below it, a caret with tildes under the offending text.
std::string FormatSnippet(const SourcePlace& place) {
  if (place.line == 0 || place.line_text.empty()) return "";
  const auto column = static_cast<size_t>(std::max(place.column, 1)) - 1;
  std::string pad;
  for (size_t i = 0; i < column && i < place.line_text.size(); ++i) {
    const bool continues = (static_cast<unsigned char>(place.line_text[i]) & 0xc0) == 0x80;
    if (!continues) pad += place.line_text[i] == '\t' ? '\t' : ' ';  // One per UTF-8 character.
  }
  const auto tildes = static_cast<size_t>(std::max(place.length - 1, 0));
  return fmt::format("\n  {}\n  {}^{}", place.line_text, pad, std::string(tildes, '~'));
}

}  // namespace

std::string Error::Format() const {
  std::string text = FormatPlace(place) + "error: ";
  if (!subject.empty()) text += subject + ": ";
  text += message + FormatSnippet(place);
  if (!hint.empty()) text += "\n  hint: " + hint;
  return text;
}

}  // namespace imcc
