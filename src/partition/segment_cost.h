// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/graph.h"
#include "target/target.h"

namespace imcc {

/// What some nodes cost on either side, when what comes before and after them is on the host.
struct SegmentCost {
  double host_seconds = 0;
  double device_seconds = 0;  // Launch, transfers over the host link, weights from DDR, compute.

  bool pays() const { return device_seconds < host_seconds; }
};

/// A rough estimate from figures of the target, and of one host core that computes float32 with
/// vector instructions: 30e9 multiply-accumulates a second (AVX2 peaks at 16 a cycle) and 4e9
/// elements a second where nothing is multiplied (16 GB/s of memory).
SegmentCost CostOfSegment(const Graph& graph, const std::vector<bool>& chosen,
                          const Target& target);

}  // namespace imcc
