// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace imcc {
namespace {

constexpr int64_t kBarWidth = 30;
constexpr double kTellsTooLittle = 1;  // Seconds.

std::string TimeLeft(double seconds) {
  const auto whole = static_cast<int64_t>(std::ceil(std::min(seconds, 1e9)));
  if (whole < 60) return fmt::format("{} s left", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s left", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min left", whole / 3600, whole / 60 % 60);
}

}  // namespace

std::string ProgressLine(const std::string& stage, int64_t done, int64_t of, double elapsed) {
  std::string line = fmt::format("{:<18}", stage);
  if (of <= 0) return line;
  const int64_t filled = std::clamp<int64_t>(done * kBarWidth / of, 0, kBarWidth);
  line += fmt::format(" [{}{}] {}/{}", std::string(static_cast<size_t>(filled), '#'),
                      std::string(static_cast<size_t>(kBarWidth - filled), '.'), done, of);
  if (done > 0 && done < of && elapsed >= kTellsTooLittle)
    line += ", " + TimeLeft(elapsed / static_cast<double>(done) * static_cast<double>(of - done));
  return line;
}

}  // namespace imcc
