// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "base/error.h"

namespace imcc {

/// A value in the type of its field in a descriptor. What does not fit was refused long before
/// (partition/device_rules, tiling/); wrapping round would compute with wrong addresses.
template <class Field>
Field Narrow(int64_t value) {
  IMCC_CHECK(std::in_range<Field>(value), "a value does not fit its field in a descriptor");
  return static_cast<Field>(value);
}

}  // namespace imcc
