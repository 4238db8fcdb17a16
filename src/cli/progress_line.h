// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace imcc {

/// "calibrate          [######....] 60/100, 12 s left"; the bar and the rest only where `of` is
/// known. The time left assumes that the rest goes as the part so far; it is not said within the
/// first second, which tells too little.
std::string ProgressLine(const std::string& stage, int64_t done, int64_t of, double elapsed);

}  // namespace imcc
