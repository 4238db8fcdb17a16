// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "mapping/mapping.h"
#include "support/targets.h"

namespace imcc::testing {

/// A graph on the tiny machine, nothing replicated.
inline MappedNetwork MapPlainly(const QuantizedGraph& graph) {
  const Target target = ReadTarget("tiny");
  auto network = MapNetwork(graph, PlainChoices(graph, target), target, {});
  EXPECT_TRUE(network.ok());
  return std::move(network).value();
}

}  // namespace imcc::testing
