// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "config/options.h"
#include "mapping/kernel.h"
#include "target/target.h"
#include "tiling/tiling.h"

namespace imcc {

/// Cycles of one frame under a tile plan: placed, scheduled and simulated.
Result<Cycles> MeasureTiles(const MappedNetwork& network, const TilePlan& tiles,
                            const Target& target, const CompilationOptions& options);

/// In: a tile plan with depth-first groups that are predicted to pay. Out: the same, or one with
/// larger groups, without those groups that do not pay when measured, each tried in turn. Promise:
/// the result is simulated no slower than every kernel alone. A simulation takes milliseconds, so
/// the schedule itself is the judge of the prediction.
TilePlan KeepGroupsThatPay(const MappedNetwork& network, TilePlan tiles, const Target& target,
                           const CompilationOptions& options);

}  // namespace imcc
