// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "offsets/offsets.h"

namespace imcc {

namespace {

Error Wrong(std::string subject, std::string message) {
  return Error{
      .code = ErrorCode::kCapacity, .subject = std::move(subject), .message = std::move(message)};
}

std::string NameOf(size_t index, const std::vector<std::string>& names = {}) {
  return names.empty() ? fmt::format("buffer {}", index) : names[index];
}

using Pair = std::pair<size_t, size_t>;

/// Two buffers that overlap in space and time, if there are any: the plain O(n^2) way.
std::optional<Pair> OverlapOfPairs(const std::vector<Placeable>& buffers,
                                   const std::vector<Bytes>& offsets) {
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Interval<Bytes> space{offsets[i], offsets[i] + buffers[i].size};
    for (size_t j = 0; j < i; ++j) {
      const Interval<Bytes> other{offsets[j], offsets[j] + buffers[j].size};
      if (space.empty() || other.empty()) continue;
      if (buffers[i].life.Overlaps(buffers[j].life) && space.Overlaps(other)) return Pair(i, j);
    }
  }
  return std::nullopt;
}

/// The same along time, with the set of occupied ranges: a new one is compared with its neighbours.
std::optional<Pair> OverlapAlongTime(const std::vector<Placeable>& buffers,
                                     const std::vector<Bytes>& offsets) {
  std::vector<std::tuple<int64_t, bool, size_t>> events;  // When, begins (after ends), which.
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].size.count() == 0) continue;
    events.emplace_back(buffers[i].life.begin, true, i);
    events.emplace_back(buffers[i].life.end, false, i);
  }
  std::sort(events.begin(), events.end());
  std::map<Bytes, size_t> occupied;  // By offset.
  for (const auto& [when, begins, index] : events) {
    if (!begins) {
      occupied.erase(offsets[index]);
      continue;
    }
    const auto above = occupied.lower_bound(offsets[index]);
    if (above != occupied.end() && above->first < offsets[index] + buffers[index].size)
      return Pair(index, above->second);
    if (above != occupied.begin()) {
      const size_t below = std::prev(above)->second;
      if (offsets[below] + buffers[below].size > offsets[index]) return Pair(index, below);
    }
    occupied.emplace(offsets[index], index);
  }
  return std::nullopt;
}

}  // namespace

Status CheckPlaceables(const std::vector<Placeable>& buffers) {
  Bytes total;
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Placeable& buffer = buffers[i];
    if (buffer.life.empty()) return Wrong(NameOf(i), "its life is empty");
    if (buffer.size.count() < 0) return Wrong(NameOf(i), "its size is negative");
    if (buffer.alignment.count() < 1) return Wrong(NameOf(i), "its alignment is below 1");
    if (buffer.size > kMaxTotalSize || buffer.alignment > kMaxTotalSize)
      return Wrong(NameOf(i), "its size or alignment exceeds 2^60");
    total += buffer.size + buffer.alignment;
    if (total > kMaxTotalSize)
      return Wrong(NameOf(i), "all sizes and alignments together exceed 2^60");
  }
  return {};
}

Status Verify(const std::vector<Placeable>& buffers, const OffsetPlan& plan,
              const std::vector<std::string>& names) {
  if (plan.offsets.size() != buffers.size()) return Wrong("", "not one offset for each buffer");
  Bytes peak;
  for (size_t i = 0; i < buffers.size(); ++i) {
    const int64_t offset = plan.offsets[i].count();
    if (offset < 0) return Wrong(NameOf(i, names), "its offset is negative");
    if (offset % buffers[i].alignment.count() != 0)
      return Wrong(NameOf(i, names), fmt::format("its offset {} is not a multiple of {}", offset,
                                                 buffers[i].alignment.count()));
    peak = std::max(peak, plan.offsets[i] + buffers[i].size);
  }
  if (peak != plan.peak) return Wrong("", "the peak is not the highest byte used");
  const auto overlap = buffers.size() <= kPairwiseLimit ? OverlapOfPairs(buffers, plan.offsets)
                                                        : OverlapAlongTime(buffers, plan.offsets);
  if (!overlap) return {};
  return Wrong(NameOf(overlap->first, names),
               fmt::format("overlaps {} in space and time", NameOf(overlap->second, names)));
}

}  // namespace imcc
