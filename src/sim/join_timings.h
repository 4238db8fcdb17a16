// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "program/program.h"
#include "sim/simulator.h"
#include "target/target.h"

namespace imcc {

/// Bytes of L1 and L2 that a program expects to be there when its frame starts: weights, tables
/// and, where they are not in DDR, task lists.
Bytes ResidentBytes(const Program& program);

/// One frame that is several programs, one after the other on one device; that of a single program
/// is its own. Each program fills L1 and L2 from the same addresses on, so that what one expects to
/// be resident has been overwritten by the one before: it is loaded again, from DDR, before every
/// launch. A frame waits for each of its transfers, and the next frame for it: that what the host
/// computes in between takes no time is the only thing assumed in favour of the device.
FrameTiming JoinTimings(const std::vector<const Program*>& programs,
                        const std::vector<FrameTiming>& timings, const Target& target);

}  // namespace imcc
