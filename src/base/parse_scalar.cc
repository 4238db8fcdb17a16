// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/parse_scalar.h"

#include <charconv>
#include <cmath>

namespace imcc {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// "-0.5" and "0" have none, "010" and "-01" do.
bool HasLeadingZero(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && IsDigit(text[1]);
}

template <class T>
std::optional<T> ParseWhole(std::string_view text) {
  const bool plus = !text.empty() && text[0] == '+';
  if (plus) text.remove_prefix(1);
  const bool second_sign = plus && !text.empty() && text[0] == '-';
  if (text.empty() || second_sign || HasLeadingZero(text)) return std::nullopt;
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<int64_t> ParseInteger(std::string_view text) { return ParseWhole<int64_t>(text); }

std::optional<double> ParseNumber(std::string_view text) {
  const std::optional<double> value = ParseWhole<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

std::optional<bool> ParseBool(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

}  // namespace imcc
