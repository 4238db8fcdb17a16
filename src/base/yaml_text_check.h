// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imcc {

/// Something at a byte offset of a text that keeps us from parsing it.
struct TextFault {
  size_t offset = 0;
  size_t length = 1;
  std::string message;
  std::string hint;
};

/// The first byte that is not UTF-8 text: damaged sequences, surrogates, control characters.
std::optional<TextFault> FindBadCharacter(std::string_view text);

/// The first tab in the indentation of a line that is neither blank nor a comment.
std::optional<TextFault> FindTabInIndentation(std::string_view text);

}  // namespace imcc
