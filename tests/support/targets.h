// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "target/target.h"

namespace imcc::testing {

/// A target of the source tree's targets/ folder.
inline Target ReadTarget(const std::string& name) {
  Result<Target> target = LoadTarget(std::string(IMCC_SOURCE_DIR) + "/targets/" + name + ".yaml");
  if (!target.ok()) ADD_FAILURE() << target.error().Format();
  return target.ok() ? std::move(target).value() : Target{};
}

}  // namespace imcc::testing
