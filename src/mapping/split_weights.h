// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/units.h"
#include "mapping/predict_timeline.h"
#include "target/target.h"

namespace imcc {

/// Which weight tiles are streamed from DDR in every frame, by kernel and tile. The others stay in
/// L2 from frame to frame.
using StreamedTiles = std::vector<std::vector<bool>>;

/// Chooses what to stream when the weights exceed `l2` bytes: whatever is chosen, a frame reads the
/// same number of bytes, but a kernel only feels those that do not arrive behind its own work.
/// - whole kernels (`paged` false): those first whose products or resident loads would hide the
///   stream best, per byte;
/// - tile by tile (`paged` true): every kernel streams the same share of what its own time can
///   hide, spread evenly over its tiles, so that DDR and L2 feed the array side by side.
/// Tiles that are loaded more than once a frame stay in L2 as long as others can go.
StreamedTiles SplitWeights(const std::vector<KernelDemand>& demands, Bytes l2, bool paged,
                           const Target& target);

}  // namespace imcc
