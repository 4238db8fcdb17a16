// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "compiler/compile.h"
#include "ir/graph.h"
#include "quantize/quantize.h"

namespace imcc {

/// Calibration data as inputs of the whole network.
struct CalibrationSamples {
  SampleSource source;
  int64_t count = 0;
  std::function<std::string(int64_t index)> name;  // For errors; empty for random samples.
};

/// Lists the samples that the request asks for; without any, random ones and a loud warning. The
/// result reads from the request and the graph while it lives.
Result<CalibrationSamples> FindCalibrationSamples(const CompileRequest& request, const Graph& graph,
                                                  std::vector<Note>& notes);

}  // namespace imcc
