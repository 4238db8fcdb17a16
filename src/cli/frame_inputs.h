// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "reference/float_executor.h"
#include "runtime/session.h"

namespace imcc {

/// The inputs of one frame, float32, NCHW, in the order of the ONNX model.
using FrameInputs = std::vector<FloatValues>;

/// Reads the files of `imcc run --input`: one per network input and frame. `.npy` and raw float32
/// (.raw, .bin, .f32; int8 for inputs of that type, .i8 too) files hold the tensor itself; anything
/// else is an image, preprocessed as the network's YAML said.
Result<std::vector<FrameInputs>> ReadFrameInputs(const Session& session,
                                                 const std::vector<std::string>& files);

/// Random values over the whole range of each input; the same on every machine.
FrameInputs RandomFrameInputs(const Session& session, uint64_t seed);

}  // namespace imcc
