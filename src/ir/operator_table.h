// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "ir/graph.h"

namespace imcc {

/// Facts about an operator that more than one stage needs. One row per OpKind.
struct OperatorInfo {
  OpKind kind;
  std::string_view name;
  bool on_device;           // The device can run it in at least some configuration.
  bool keeps_quantization;  // The output has the scale and zero point of its (first) input.
  bool moves_data_only;     // No arithmetic on values.
  int min_inputs;
  int max_inputs;  // -1 = any number.
};

const OperatorInfo& Info(OpKind kind);

}  // namespace imcc
