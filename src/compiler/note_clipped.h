// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/error.h"
#include "quantize/quantize.h"

namespace imcc {

/// A warning that names the tensors of the calibrated graph whose range leaves out more than 1 % of
/// the values that calibration saw, worst first; nothing if there are none. Scales that a model
/// brings, and channels with scales of their own, are not looked at.
std::optional<Note> NoteClipped(const Graph& graph, const Calibration& calibration);

}  // namespace imcc
