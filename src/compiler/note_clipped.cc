// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/note_clipped.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

namespace imcc {
namespace {

constexpr double kMostClipped = 0.01;  // Share of a tensor's values.
constexpr size_t kNamedTensors = 5;

}  // namespace

std::optional<Note> NoteClipped(const Graph& graph, const Calibration& calibration) {
  std::vector<size_t> clipped;
  for (size_t i = 0; i < calibration.ranges.size(); ++i) {
    const bool is_given = i < calibration.given.size() && calibration.given[i];
    if (!is_given && calibration.ranges[i].clipped_share > kMostClipped) clipped.push_back(i);
  }
  if (clipped.empty()) return std::nullopt;
  std::stable_sort(clipped.begin(), clipped.end(), [&](size_t a, size_t b) {
    return calibration.ranges[a].clipped_share > calibration.ranges[b].clipped_share;
  });
  const Graph split = SplitActivations(graph);
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(clipped.size(), kNamedTensors); ++i)
    names.push_back(fmt::format("'{}' ({:.1f} %)", split.tensors[clipped[i]].name,
                                100 * calibration.ranges[clipped[i]].clipped_share));
  const std::string more = clipped.size() > kNamedTensors
                               ? fmt::format(" and {} more", clipped.size() - kNamedTensors)
                               : "";
  return Note{Note::Severity::kWarning, "calibration",
              fmt::format("int8 clips more than 1 % of the values that calibration saw of {}{}; "
                          "compare with quantization_scheme=per_tensor_min_max",
                          fmt::join(names, ", "), more)};
}

}  // namespace imcc
