// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "program/memory_timeline.h"
#include "program/program.h"

/// The memories over time, for a terminal and for programs.
namespace imcc {

/// Live bytes of every memory layer by layer with bars, what lives at the fullest layer, and the
/// bytes of each tensor by memory; lines of at most `width` characters.
std::string RenderMemoryText(const MemoryTimeline& use, const std::vector<ProgramLayer>& layers,
                             size_t width);

/// The same as one JSON object (docs/cli.md). Ends with a newline.
std::string RenderMemoryJson(const MemoryTimeline& use, const std::vector<ProgramLayer>& layers);

}  // namespace imcc
