// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/reading.h"

namespace imcc {

/// Reads the list of preprocessing steps of a pipeline entry.
Result<std::vector<PreprocessStep>> ReadPreprocess(Reading& reading, const YamlEntry& list);

}  // namespace imcc
