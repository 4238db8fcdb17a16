// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "target/target.h"

namespace imcc {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

TEST(TargetFiles, Quad512HasThePublishedFigures) {
  const auto target = LoadTarget("quad512");
  ASSERT_TRUE(target.ok()) << target.error().Format();
  EXPECT_EQ(target->name, "quad512");
  EXPECT_EQ(target->cores, 4);
  EXPECT_EQ(target->clock_hz, 800e6);
  EXPECT_EQ(target->pword, 64);
  EXPECT_EQ(target->array.rows, 512);
  EXPECT_EQ(target->array.set_bytes(), Bytes(262144));
  EXPECT_EQ(target->array.mvm_interval, Cycles(8));
  EXPECT_EQ(target->l1.usable(), Bytes(4194304 - 524288));
  EXPECT_EQ(target->l2.usable(), Bytes(33554432 - 1245184));
  EXPECT_EQ(target->ddr.usable(), Bytes(1073741824 - 33554432));
  // 30.8e9 B/s at 800 MHz; 200 ns are 160 cycles.
  EXPECT_DOUBLE_EQ(target->bandwidth.ddr, 38.5);
  EXPECT_DOUBLE_EQ(target->bandwidth.host, 4.875);
  EXPECT_EQ(target->fetch.latency_ddr, Cycles(160));
  EXPECT_EQ(target->fetch.latency_l2, Cycles(40));
  EXPECT_DOUBLE_EQ(target->launch_seconds, 48e-6);
  EXPECT_DOUBLE_EQ(target->mac_joules, 133e-15);
  // The published peak: 209.7 TOPS.
  const double macs_per_cycle = 512.0 * 512 / 8;
  EXPECT_NEAR(2 * macs_per_cycle * 4 * target->clock_hz, 209.7e12, 0.1e12);
}

TEST(TargetFiles, M2DiffersOnlyInDdr) {
  const auto m2 = LoadTarget("quad512-m2");
  const auto card = LoadTarget("quad512");
  ASSERT_TRUE(m2.ok() && card.ok());
  EXPECT_DOUBLE_EQ(m2->bandwidth.ddr, 20);
  const auto facts = *TargetFacts(*m2);
  const auto others = *TargetFacts(*card);
  ASSERT_EQ(facts.size(), others.size());
  for (size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].key == "bandwidth.ddr") continue;
    EXPECT_EQ(facts[i].value, others[i].value) << facts[i].key;
  }
}

TEST(TargetFiles, TinyIsTiny) {
  const auto target = LoadTarget("tiny");
  ASSERT_TRUE(target.ok()) << target.error().Format();
  EXPECT_EQ(target->l1.usable(), Bytes(44 * 1024));
  EXPECT_EQ(target->l2.usable(), Bytes(152 * 1024));
  EXPECT_EQ(target->array.accumulator, Bytes(16384));
}

TEST(TargetFiles, FactsNameOriginAndSource) {
  const auto facts = TargetFacts(*LoadTarget("quad512"));
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->size(), 32U);
  for (const TargetFact& fact : *facts) EXPECT_FALSE(fact.source.empty()) << fact.key;
  EXPECT_EQ(facts->at(0).key, "machine.clock");
  EXPECT_EQ(facts->at(0).value, "800 MHz");
  EXPECT_EQ(facts->at(0).origin, Origin::kPublished);
}

TEST(TargetFiles, ListsAndFindsByNameOrPath) {
  EXPECT_THAT(ListTargets(), IsSupersetOf({"quad512", "quad512-m2", "tiny"}));
  EXPECT_TRUE(LoadTarget(IMCC_SOURCE_DIR "/targets/tiny.yaml").ok());
  const auto missing = LoadTarget("quad521");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kUsage);
  EXPECT_EQ(missing.error().hint, "did you mean \"quad512\"?");
  EXPECT_FALSE(LoadTarget("").ok());
  EXPECT_FALSE(LoadTarget("./nowhere.yaml").ok());
}

TEST(TargetFiles, EnvironmentGoesFirst) {
  ASSERT_EQ(setenv("IMCC_TARGETS", "/no/such/folder:" IMCC_SOURCE_DIR "/tests/target", 1), 0);
  EXPECT_THAT(ListTargets(), testing::Contains("quad512"));
  const auto mine = LoadTarget("other");
  unsetenv("IMCC_TARGETS");
  ASSERT_FALSE(mine.ok()) << "tests/target/other.yaml is empty";
  EXPECT_THAT(mine.error().Format(), HasSubstr("tests/target/other.yaml"));
}

}  // namespace
}  // namespace imcc
