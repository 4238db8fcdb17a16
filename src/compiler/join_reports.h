// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compiler/compile.h"

namespace imcc {

/// The report of the whole network out of those of its device parts: figures of a frame add up,
/// peaks and capacities do not, layers follow one another.
Report JoinReports(const QuantizedNetwork& network, const std::vector<CompiledProgram>& programs,
                   const CompileRequest& request);

}  // namespace imcc
