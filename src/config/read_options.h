// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/reading.h"

namespace imcc {

/// Reads the map compilation_config, in the flat and the nested spelling, and checks the rules
/// between options; every error points at the line of the option.
Result<CompilationOptions> ReadOptions(Reading& reading, const YamlNode& compilation_config);

}  // namespace imcc
