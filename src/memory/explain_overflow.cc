// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/explain_overflow.h"

#include <fmt/format.h>

#include <algorithm>

#include "isa/task.h"
#include "mapping/budget.h"
#include "memory/pack_offsets.h"

namespace imcc {

namespace {

/// Blocks named in a message; it is one line.
constexpr size_t kMaxNamed = 4;

std::vector<size_t> LiveAt(const std::vector<Allocation>& allocations, size_t step) {
  std::vector<size_t> live;
  for (size_t i = 0; i < allocations.size(); ++i)
    if (allocations[i].life.Contains(static_cast<int64_t>(step))) live.push_back(i);
  std::stable_sort(live.begin(), live.end(),
                   [&](size_t a, size_t b) { return allocations[a].size > allocations[b].size; });
  return live;
}

/// Taken with their alignment.
Bytes Taken(const Allocation& allocation) {
  return Bytes(RoundUp(allocation.size.count(), kAlignment));
}

std::string NameBlocks(const std::vector<Allocation>& allocations,
                       const std::vector<size_t>& blocks) {
  std::string text;
  for (size_t i = 0; i < std::min(blocks.size(), kMaxNamed); ++i)
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", allocations[blocks[i]].name,
                        allocations[blocks[i]].size.count());
  if (blocks.size() > kMaxNamed) text += fmt::format(" and {} more", blocks.size() - kMaxNamed);
  return text;
}

}  // namespace

Conflict FindConflict(const std::vector<Allocation>& allocations, size_t steps, Bytes capacity) {
  Conflict conflict;
  for (size_t step = 0; step < steps; ++step) {
    const std::vector<size_t> live = LiveAt(allocations, step);
    Bytes sum;
    Bytes over;        // The sum when it first exceeds the capacity ...
    size_t count = 0;  // ... and the blocks it takes, the largest first.
    for (const size_t index : live) {
      sum += Taken(allocations[index]);
      if (over == Bytes(0)) ++count;
      if (over == Bytes(0) && sum > capacity) over = sum;
    }
    if (sum > conflict.live) {
      conflict.live = sum;
      conflict.step = step;
    }
    if (sum <= capacity || (!conflict.blocks.empty() && count >= conflict.blocks.size())) continue;
    conflict.blocks.assign(live.begin(), live.begin() + static_cast<std::ptrdiff_t>(count));
    conflict.blocks_step = step;
    conflict.blocks_bytes = over;
  }
  return conflict;
}

Error ExplainOverflow(const std::vector<Allocation>& allocations, const MappedNetwork& network,
                      Bytes capacity, const Target& target, const CompilationOptions& options) {
  const Region region = allocations.front().region;
  const Conflict conflict = FindConflict(allocations, network.kernels.size(), capacity);
  const auto kernel = [&](size_t step) {
    return fmt::format("layer {} ({})", step, network.kernels[step].name);
  };
  Error error{.code = ErrorCode::kCapacity, .subject = RegionName(region)};
  if (conflict.blocks.empty()) {
    error.message = fmt::format(
        "{} bytes are live at {} and {} are available, but no offsets were found without overlap",
        conflict.live.count(), kernel(conflict.step), capacity.count());
    // A tenth more room than the blocks themselves is usually enough.
    error.hint = HowToGet(region, Bytes(capacity.count() + capacity.count() / 10), target, options);
    return error;
  }
  error.message = fmt::format(
      "whatever the offsets, {} bytes are needed at {}, and {} are available; these cannot be "
      "there "
      "together at {}: {}",
      conflict.live.count(), kernel(conflict.step), capacity.count(), kernel(conflict.blocks_step),
      NameBlocks(allocations, conflict.blocks));
  error.hint = HowToGet(region, conflict.live, target, options);
  return error;
}

}  // namespace imcc
