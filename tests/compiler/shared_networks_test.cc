// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// The trained networks of ../shared: the simulated ELF equals the integer reference executor in
// every bit, in list order and in random legal orders, with the checker silent. IMCC_WITNESS=full
// runs five inputs in four orders under the checker; the default keeps CI short. IMCC_ZOO names a
// folder made by benchmarks/zoo/export.py to run its networks too.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "compiler/compile.h"
#include "reference/integer_executor.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

struct SharedNetwork {
  std::string file;
  bool large = false;  // Too slow to run under the checker more than once in CI.
  bool zoo = false;    // In $IMCC_ZOO, not in ../shared.
};

/// Path of the model; empty if its folder is not at hand.
std::string PathOf(const SharedNetwork& network) {
  std::string folder = std::string(IMCC_SOURCE_DIR) + "/../shared/models";
  if (network.zoo) {
    const char* zoo = std::getenv("IMCC_ZOO");
    folder = zoo != nullptr ? zoo : "";
  }
  return std::filesystem::exists(folder + "/" + network.file) ? folder + "/" + network.file : "";
}

void PrintTo(const SharedNetwork& network, std::ostream* os) { *os << network.file; }

class SharedNetworks : public ::testing::TestWithParam<SharedNetwork> {};

bool Full() {
  const char* witness = std::getenv("IMCC_WITNESS");
  return witness != nullptr && std::string(witness) == "full";
}

/// The orders one input is run in.
std::vector<FunctionalOptions> Orders(bool checked_random) {
  std::vector<FunctionalOptions> orders = {{.check = true}};
  for (uint64_t seed = 1; seed <= 3; ++seed)
    orders.push_back({.check = checked_random, .random_order = seed});
  return orders;
}

TEST_P(SharedNetworks, SimulatorEqualsReferenceInEveryBit) {
  const std::string path = PathOf(GetParam());
  if (path.empty()) GTEST_SKIP() << GetParam().file << " is not at hand";
  CompileRequest request;
  request.network = NetworkFromModel(path);
  request.target = testing::ReadTarget("quad512");
  request.random_calibration = true;
  const auto compilation = Compile(request);
  ASSERT_TRUE(compilation.ok()) << compilation.error().Format();
  auto simulator = Simulator::Load(compilation->programs[0].elf);
  ASSERT_TRUE(simulator.ok()) << simulator.error().Format();

  const QuantizedGraph& graph = compilation->network.quantized[0];
  const int inputs = Full() ? 5 : GetParam().large ? 1 : 2;
  std::vector<FunctionalOptions> orders = Orders(Full() || !GetParam().large);
  if (!Full() && GetParam().large) orders.resize(2);
  for (int i = 0; i < inputs; ++i) {
    const auto input = testing::RandomInputs(graph, static_cast<uint64_t>(i));
    const auto expected = ExecuteInteger(graph, input);
    ASSERT_TRUE(expected.ok()) << expected.error().Format();
    for (const FunctionalOptions& order : orders) {
      const auto actual = simulator->RunFrame(input, order);
      ASSERT_TRUE(actual.ok()) << actual.error().Format();
      EXPECT_TRUE(*actual == *expected) << "input " << i;
    }
  }
  const Report& report = compilation->report;
  EXPECT_EQ(report.planned_ddr_bytes, report.ddr_bytes);
  EXPECT_EQ(report.planned_l2_bytes, report.l2_bytes);
  EXPECT_GE(report.cycles, report.lower_bound_cycles);
}

INSTANTIATE_TEST_SUITE_P(Shared, SharedNetworks,
                         ::testing::Values(SharedNetwork{"resnet8_cifar10.onnx"},
                                           SharedNetwork{"resnet20_cifar10_jpeg.onnx"},
                                           SharedNetwork{"squeezenet1.1.onnx"},
                                           SharedNetwork{"mobilenetv2_1.0_224.onnx"},
                                           SharedNetwork{"ultraface_RFB-320_simplified.onnx"},
                                           SharedNetwork{"deeplabv3_mnv2_voc_513.onnx", true},
                                           SharedNetwork{"resnet18.onnx", true, true},
                                           SharedNetwork{"resnet50.onnx", true, true},
                                           SharedNetwork{"shufflenet_v2_x1_0.onnx", true, true},
                                           SharedNetwork{"yolov8n.onnx", true, true}));

}  // namespace
}  // namespace imcc
