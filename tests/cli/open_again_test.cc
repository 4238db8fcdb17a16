// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// What compiles runs: `compile` opens its output before it says so, and host parts may have any
// batch, no inputs and constants for outputs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/run_program.h"
#include "onnx/tiny_model.h"

namespace imcc {
namespace {

using testing::ProgramOutput;
using testing::RunImcc;

class OpenAgain : public testing::ScratchFolder {
 protected:
  ProgramOutput Compile(TinyModel& m) const {
    std::ofstream(Path("m.onnx"), std::ios::binary) << m.proto.SerializeAsString();
    return RunImcc("compile " + Path("m.onnx") + " --random-calibration -o " + Path("out"));
  }
  /// `part`: the file of the host part that the test is about.
  void ExpectRuns(TinyModel& m, const std::string& part) const {
    const ProgramOutput compiled = Compile(m);
    ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
    EXPECT_THAT(compiled.out, ::testing::HasSubstr(part));
    const ProgramOutput run = RunImcc("run " + Path("out/m/m") + " --check");
    EXPECT_EQ(run.exit_code, 0) << run.err;
  }
};

/// Channels that are too many for a batch of the device go to the host, which takes any.
TEST_F(OpenAgain, PadsOfChannels) {
  TinyModel m(13);
  m.Input("x", {1, 3, 32, 32});
  m.Floats("w", {32, 3, 3, 3}).Floats("w0", {36, 32, 3, 3}).Floats("w1", {40, 36, 3, 3});
  m.Ints("pads", {0, 0, 0, 0, 0, 4, 0, 0});
  const auto conv = [&](const std::string& x, const std::string& w, const std::string& y) {
    TinyModel::SetInts(m.Node("Conv", {x, w}, y), "pads", {1, 1, 1, 1});
  };
  conv("x", "w", "a");
  conv("a", "w0", "b0");
  m.Node("Pad", {"a", "pads"}, "p0");
  m.Node("Add", {"p0", "b0"}, "s0");
  conv("s0", "w1", "b1");
  m.Node("Pad", {"s0", "pads"}, "p1");
  m.Node("Add", {"p1", "b1"}, "s1");
  m.Node("Relu", {"s1"}, "y");
  m.Output("y");
  ExpectRuns(m, "host1.onnx");
}

/// Rounded constants that a node makes: the host computes them from nothing.
TEST_F(OpenAgain, PartsWithoutInputs) {
  TinyModel m(13);
  m.Input("x", {1, 2, 8, 8});
  m.Floats("w", {2, 2, 1, 1}).Floats("row", {1, 1, 1, 8}).Floats("scale", {}, {0.0625F});
  m.Ints("shape", {1, 1, 8, 8});
  auto* zero = m.graph().add_initializer();
  zero->set_name("zero");
  zero->set_data_type(onnx::TensorProto::INT8);
  zero->add_int32_data(0);
  const auto round = [&](const std::string& from, const std::string& to) {
    m.Node("QuantizeLinear", {from, "scale", "zero"}, to + "_q");
    m.Node("DequantizeLinear", {to + "_q", "scale", "zero"}, to);
  };
  round("x", "xr");
  m.Node("Conv", {"xr", "w"}, "a");
  round("a", "ar");
  m.Node("Expand", {"row", "shape"}, "grid");
  round("grid", "gr");
  TinyModel::SetInt(m.Node("Concat", {"gr", "gr"}, "pair"), "axis", 1);
  round("pair", "pr");
  m.Node("Add", {"ar", "pr"}, "sum");
  round("sum", "y");
  m.Output("y");
  ExpectRuns(m, "prologue.onnx");
}

TEST_F(OpenAgain, MoreDimensionsThanAFrameHolds) {
  TinyModel m(13);
  m.Input("x", {1, 8, 4, 4});
  m.Ints("shape", {1, 2, 2, 2, 2, 2, 2, 2, 1});
  m.Node("Relu", {"x"}, "r");
  m.Node("Reshape", {"r", "shape"}, "y");
  m.Output("y");
  const ProgramOutput compiled = Compile(m);
  EXPECT_EQ(compiled.exit_code, 5);
  EXPECT_THAT(compiled.err, ::testing::HasSubstr("9 dimensions"));
}

}  // namespace
}  // namespace imcc
