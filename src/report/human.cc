// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/human.h"

#include <fmt/format.h>

#include <array>

namespace imcc {
namespace {

/// Divides by `base` until the figure is below it; the unit is that many steps up.
std::pair<double, size_t> Reduce(double value, double base, size_t units) {
  size_t unit = 0;
  while (value >= base && unit + 1 < units) {
    value /= base;
    ++unit;
  }
  return {value, unit};
}

}  // namespace

std::string Grouped(int64_t count) {
  const std::string digits = fmt::format("{}", count);
  const size_t sign = count < 0 ? 1 : 0;
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > sign && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string HumanBytes(Bytes bytes) {
  constexpr std::array<const char*, 4> kUnits = {"B", "KiB", "MiB", "GiB"};
  const auto [value, unit] = Reduce(static_cast<double>(bytes.count()), 1024, kUnits.size());
  if (unit == 0) return fmt::format("{} B", bytes.count());
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string HumanCount(int64_t count) {
  constexpr std::array<const char*, 5> kUnits = {"", " k", " M", " G", " T"};
  const auto [value, unit] = Reduce(static_cast<double>(count), 1000, kUnits.size());
  if (unit == 0) return fmt::format("{}", count);
  return fmt::format("{:.1f}{}", value, kUnits[unit]);
}

std::string HumanSeconds(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

std::string HumanRate(double per_second) {
  if (per_second >= 1000) return Grouped(static_cast<int64_t>(per_second + 0.5));
  if (per_second >= 10) return fmt::format("{:.1f}", per_second);
  return fmt::format("{:.2f}", per_second);
}

std::string HumanPercent(double fraction) { return fmt::format("{:.1f} %", fraction * 100); }

std::string HumanShare(double fraction) {
  return fraction == 0 ? "0" : fmt::format("{:.2g} %", fraction * 100);
}

std::string HumanDecibels(std::optional<double> ratio) {
  return ratio ? fmt::format("{:.1f}", *ratio) : "-";
}

std::string CountOrDash(int64_t count) { return count > 0 ? Grouped(count) : "-"; }
std::string BytesOrDash(Bytes bytes) { return bytes.count() > 0 ? HumanBytes(bytes) : "-"; }

std::string HumanInterval(Interval<float> ends) {
  return fmt::format("{:.3g} .. {:.3g}", ends.begin, ends.end);
}

double Share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

}  // namespace imcc
