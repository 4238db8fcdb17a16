// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/tensor_layout.h"

namespace imcc {

Shape ExternalShapeOf(const Shape& stored, Layout layout) {
  if (layout == Layout::kPlain || stored.rank() != 4) return stored;
  return {stored[0], stored[3], stored[1], stored[2]};
}

}  // namespace imcc
