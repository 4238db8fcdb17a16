// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace imcc {

/// What a length, pad, step or repetition in a model may be at most: far above any real one, far
/// below overflow of the sums and products made of them.
inline constexpr int64_t kMaxLength = int64_t{1} << 30;

}  // namespace imcc
