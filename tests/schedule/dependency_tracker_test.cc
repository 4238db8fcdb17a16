// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/dependency_tracker.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

constexpr auto kDma0 = static_cast<size_t>(Engine::kDma0);
constexpr auto kDma1 = static_cast<size_t>(Engine::kDma1);
constexpr auto kVector = static_cast<size_t>(Engine::kVector);

Task Copy(Engine engine, uint64_t from, uint64_t to, uint32_t bytes) {
  DmaTask dma{.source = {Region::kL2, from}, .destination = {Region::kL1, to}, .run = bytes};
  return {.engine = engine, .signal = static_cast<uint8_t>(engine), .payload = dma};
}

Task Table(uint64_t from, uint64_t to) {
  TableTask table{.input = {Region::kL1, from}, .output = {Region::kL1, to}};
  table.height = 1;
  table.width = 1;
  table.channels = 64;
  table.pixel_stride_in = table.pixel_stride_out = 64;
  table.row_stride_in = table.row_stride_out = 64;
  return {.engine = Engine::kVector, .signal = kVector, .payload = table};
}

TEST(DependencyTracker, ReadWaitsForTheWriteItReads) {
  DependencyTracker tracker;
  tracker.Add(Copy(Engine::kDma0, 0, 0, 64));
  tracker.Add(Copy(Engine::kDma0, 0, 4096, 64));
  const EngineCounts after = tracker.Add(Table(0, 1024));
  EXPECT_EQ(after[kDma0], 1U);  // The first copy only.
}

TEST(DependencyTracker, WriteWaitsForReadersOfTheOldData) {
  DependencyTracker tracker;
  tracker.Add(Copy(Engine::kDma0, 0, 0, 64));
  tracker.Add(Table(0, 1024));
  const EngineCounts after = tracker.Add(Copy(Engine::kDma0, 64, 0, 64));
  EXPECT_EQ(after[kVector], 1U);
}

TEST(DependencyTracker, NeighboursDoNotWait) {
  DependencyTracker tracker;
  tracker.Add(Copy(Engine::kDma0, 0, 0, 64));
  EXPECT_EQ(tracker.Add(Table(64, 1024)), EngineCounts{});
}

TEST(DependencyTracker, ImpliedWaitsAreDropped) {
  DependencyTracker tracker;
  tracker.Add(Copy(Engine::kDma0, 0, 0, 64));
  tracker.Add(Table(0, 1024));
  // Overwrites the table's output with data that also needs the first copy: the table's wait
  // already implies it.
  const EngineCounts after = tracker.Add(Copy(Engine::kDma1, 0, 0, 2048));
  EXPECT_EQ(after[kVector], 1U);
  EXPECT_EQ(after[kDma0], 0U);
  EXPECT_EQ(after[kDma1], 0U);
}

TEST(DependencyTracker, OrderForcesAWait) {
  DependencyTracker tracker;
  tracker.Add(Copy(Engine::kDma0, 0, 0, 64));
  tracker.Order(Engine::kVector, Engine::kDma0);
  EXPECT_EQ(tracker.Add(Table(4096, 8192))[kDma0], 1U);
}

}  // namespace
}  // namespace imcc
