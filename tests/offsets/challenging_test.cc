// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "offsets/buffer_csv.h"

namespace imcc {
namespace {

/// Files are named NAME.CAPACITY.csv.
Bytes CapacityOf(const std::filesystem::path& file) {
  return Bytes(std::stoll(file.stem().extension().string().substr(1)));
}

/// The instances of the MiniMalloc paper that lie beside the checkout.
class Challenging : public ::testing::TestWithParam<const char*> {};

TEST_P(Challenging, AllFitTheirCapacity) {
  const auto folder = std::filesystem::path(IMCC_SOURCE_DIR "/../shared/reference") / GetParam();
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is absent";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    const auto text = ReadFile(entry.path().string(), Bytes(1 << 20));
    ASSERT_TRUE(text.ok());
    const auto table = ParseBufferCsv(*text, entry.path().string());
    ASSERT_TRUE(table.ok()) << table.error().Format();
    const OffsetPlan plan = PlanOffsets(table->buffers, CapacityOf(entry.path()));
    EXPECT_EQ(plan.verdict, OffsetPlan::Verdict::kFits) << entry.path();
    EXPECT_LE(plan.peak, CapacityOf(entry.path())) << entry.path();
    EXPECT_TRUE(Verify(table->buffers, plan).ok()) << entry.path();
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, Challenging, ::testing::Values("minimalloc", "minimalloc-more"));

}  // namespace
}  // namespace imcc
