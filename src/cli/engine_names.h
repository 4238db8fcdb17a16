// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "isa/task.h"

namespace imcc {

/// Engines as tables and JSON call them, indexed by Engine.
inline constexpr std::array<const char*, kEngines> kEngineNames = {"dma0", "dma1",   "weight load",
                                                                   "mvm",  "vector", "depthwise"};

}  // namespace imcc
