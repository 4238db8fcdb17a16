// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "compiler/compile.h"

namespace imcc {

/// Every file and folder that a compilation reads: YAML files, model and its external data,
/// calibration and validation data. What cannot be read is left out: reading it says why.
std::vector<std::string> InputFiles(const CompileRequest& request);

}  // namespace imcc
