// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/units.h"

namespace imcc {

/// 95 % confidence interval of a share of which `hits` of `trials` were seen: Wilson's score
/// interval (Journal of the American Statistical Association 22, 1927). Unlike the normal
/// approximation it stays inside [0, 1] and does not shrink to a point at 0 or all hits. [0, 1]
/// without trials.
Interval<double> WilsonInterval(int64_t hits, int64_t trials);

}  // namespace imcc
