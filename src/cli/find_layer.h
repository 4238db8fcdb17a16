// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"
#include "program/program.h"

namespace imcc {

/// The layer a user means: its number, its name, or a part of the name that no other has.
Result<size_t> FindLayer(const Program& program, const std::string& wanted);

/// Where a layer without MVMs runs: "the depthwise unit", "the vector unit", "DMA", "no engine".
std::string EngineOfLayer(const Program& program, size_t layer);

}  // namespace imcc
