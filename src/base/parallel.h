// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"

namespace imcc {

/// One thread's function over indices; made once per thread.
using IndexedWork = std::function<Status(int64_t index)>;

/// Calls work(i) once for every i < count on `threads` threads (0 = all cores), each with its own
/// function from `make`. On failure: the error of the smallest failing index that ran; the rest is
/// abandoned. `progress` (may be empty) is called from one thread at a time.
Status ForEachIndex(int64_t count, int threads, const std::function<Result<IndexedWork>()>& make,
                    const std::function<void(int64_t done, int64_t of)>& progress);

/// The same with work that cannot fail and needs nothing of its own, on at most `threads` threads.
void ForEachIndex(int64_t count, int64_t threads, const std::function<void(int64_t index)>& work);

}  // namespace imcc
