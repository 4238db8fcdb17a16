// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "offsets/offsets.h"

namespace imcc {

/// Time, reduced to what matters for offsets. A section is a stretch of time with the same live
/// buffers; two buffers may collide exactly if their spans of sections overlap.
struct Sections {
  std::vector<Interval<int32_t>> span;  // By buffer, in section numbers.
  std::vector<Bytes> live;              // Sum of the sizes live in each section.

  size_t count() const { return live.size(); }
};

/// With `only_maximal`, sections whose buffers are all live in a neighbouring section are left out.
Sections CutIntoSections(const std::vector<Placeable>& buffers, bool only_maximal);

/// Groups of buffers with times between them at which nothing is live, each in ascending order.
std::vector<std::vector<size_t>> SplitAtGaps(const std::vector<Placeable>& buffers);

/// Who collides with whom, by buffer. Nothing if there are more than `max_pairs` of them.
using Neighbors = std::vector<std::vector<int32_t>>;
std::optional<Neighbors> FindNeighbors(const Sections& sections, size_t max_pairs);

}  // namespace imcc
