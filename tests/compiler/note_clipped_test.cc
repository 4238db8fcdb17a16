// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/note_clipped.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imcc {
namespace {

using ::testing::HasSubstr;

/// Tensors t0, t1 ... of which calibration clips these shares.
std::optional<Note> NoteOf(const std::vector<double>& shares, Calibration calibration = {}) {
  Graph graph;
  for (size_t i = 0; i < shares.size(); ++i) {
    graph.AddTensor({.name = fmt::format("t{}", i), .shape = Shape({1, 2})});
    calibration.ranges.push_back({.min = 0, .max = 1, .clipped_share = shares[i]});
  }
  return NoteClipped(graph, calibration);
}

TEST(NoteClipped, SilentUpToOnePercent) {
  EXPECT_FALSE(NoteOf({}));
  EXPECT_FALSE(NoteOf({0, 0.01, 0.0099}));
}

TEST(NoteClipped, AWarningOfOneLineWorstFirst) {
  const std::optional<Note> note = NoteOf({0.011, 0, 0.5});
  ASSERT_TRUE(note);
  EXPECT_EQ(note->severity, Note::Severity::kWarning);
  EXPECT_THAT(note->message, HasSubstr("of 't2' (50.0 %), 't0' (1.1 %);"));
  EXPECT_EQ(note->message.find('\n'), std::string::npos);
}

TEST(NoteClipped, NamesFiveAndCountsTheOthers) {
  const std::optional<Note> note = NoteOf({0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08});
  ASSERT_TRUE(note);
  EXPECT_THAT(note->message, HasSubstr("'t6' (8.0 %), 't5' (7.0 %), 't4' (6.0 %), 't3' (5.0 %), "
                                       "'t2' (4.0 %) and 2 more;"));
}

TEST(NoteClipped, ScalesThatTheModelBringsAreItsOwnAffair) {
  EXPECT_FALSE(NoteOf({0.5}, {.given = {Quantization{.scale = {1}, .zero_point = {0}}}}));
}

}  // namespace
}  // namespace imcc
