// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// docs/walkthrough.md shows one small network after every stage. What stands between
// "<!-- dump NAME -->" and "<!-- end -->" there is what --dump-after=NAME prints; this test makes
// it. IMCC_BLESS=1 rewrites the blocks and leaves the words between them alone.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "base/files.h"
#include "compiler/compile.h"
#include "images/images.h"
#include "onnx/tiny_model.h"
#include "support/targets.h"

namespace imcc {
namespace {

constexpr const char* kDocument = IMCC_SOURCE_DIR "/docs/walkthrough.md";
constexpr std::string_view kLastRewrite = "remove-dead-code";
constexpr Bytes kMaxText(1 << 20);
constexpr int64_t kSide = 16;
constexpr int64_t kChannels = 32;
constexpr int64_t kClasses = 10;
constexpr int64_t kCalibrationSamples = 40;

/// Multiples of 1/4 between -1/2 and 1/2, shuffled. Every value of the network then has few binary
/// digits, so float sums are exact in any order, and the ranges, scales and dumps that follow from
/// them are the same on every CPU.
std::vector<float> Quarters(int64_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(random() % 5) / 4 - 0.5F;
  return values;
}

/// Folds into the weights without rounding: the variance is 4 and epsilon 0.
void AddBatchNorm(TinyModel& m, const std::string& input, const std::string& output) {
  m.Floats("stem.gamma", {kChannels}, std::vector<float>(kChannels, 1));
  m.Floats("stem.beta", {kChannels}, Quarters(kChannels, 3));
  m.Floats("stem.mean", {kChannels}, Quarters(kChannels, 4));
  m.Floats("stem.var", {kChannels}, std::vector<float>(kChannels, 4));
  onnx::NodeProto& node = m.Node(
      "BatchNormalization", {input, "stem.gamma", "stem.beta", "stem.mean", "stem.var"}, output);
  auto* epsilon = node.add_attribute();
  epsilon->set_name("epsilon");
  epsilon->set_type(onnx::AttributeProto::FLOAT);
  epsilon->set_f(0);
}

/// A convolution, a residual block, and a classifier whose Softmax the device lacks.
TinyModel Model() {
  TinyModel m;
  m.graph().set_name("walkthrough");
  m.Input("image", {1, 3, kSide, kSide});
  m.Floats("stem.weight", {kChannels, 3, 3, 3}, Quarters(kChannels * 27, 1));
  TinyModel::SetInts(m.Node("Conv", {"image", "stem.weight"}, "stem_conv"), "pads", {1, 1, 1, 1});
  AddBatchNorm(m, "stem_conv", "stem_norm");
  m.Node("Relu", {"stem_norm"}, "stem");
  m.Floats("branch.weight", {kChannels, kChannels, 1, 1}, Quarters(kChannels * kChannels, 2));
  m.Node("Conv", {"stem", "branch.weight"}, "branch");
  m.Node("Add", {"branch", "stem"}, "sum");
  m.Node("Relu", {"sum"}, "block");
  m.Node("GlobalAveragePool", {"block"}, "pooled");
  m.Node("Flatten", {"pooled"}, "features");
  m.Floats("fc.weight", {kChannels, kClasses}, Quarters(kChannels * kClasses, 5));
  m.Floats("fc.bias", {kClasses}, Quarters(kClasses, 6));
  m.Node("Gemm", {"features", "fc.weight", "fc.bias"}, "logits");
  m.Node("Softmax", {"logits"}, "scores");
  m.Output("scores");
  for (auto& node : *m.graph().mutable_node()) node.set_name(node.output(0));
  return m;
}

/// The model and its calibration data as files.
class Walkthrough : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_);
    ASSERT_TRUE(WriteFile(Path("walkthrough.onnx"), Model().proto.SerializeAsString()).ok());
    const NpyArray samples{{kCalibrationSamples, 3, kSide, kSide},
                           Quarters(kCalibrationSamples * 3 * kSide * kSide, 7)};
    ASSERT_TRUE(WriteNpy(Path("samples.npy"), samples).ok());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  CompileRequest Request() const {
    CompileRequest request;
    request.network = NetworkFromModel(Path("walkthrough.onnx"));
    request.network.dataset = Dataset{.calibration_data = Path("samples.npy")};
    request.target = testing::ReadTarget("tiny");
    return request;
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / fmt::format("imcc_walkthrough_{}", getpid());
};

using Dumps = std::vector<std::pair<std::string, std::string>>;  // Pass, text; in order.

/// The names of the rewrites that changed the graph, one a line.
std::string EffectiveRewrites(const Dumps& dumps) {
  std::string names;
  for (size_t i = 1; i < dumps.size() && dumps[i - 1].first != kLastRewrite; ++i)
    if (dumps[i].second != dumps[i - 1].second) names += dumps[i].first + "\n";
  return names;
}

/// What the document has to show: every dump after the rewrites, and these before.
std::map<std::string, std::string> BlocksOf(const Dumps& dumps, const Report& report) {
  std::map<std::string, std::string> blocks = {{"import-onnx", dumps.front().second},
                                               {"rewrites", EffectiveRewrites(dumps)},
                                               {"report", RenderText(report, 120)}};
  auto last = std::find_if(dumps.begin(), dumps.end(),
                           [](const auto& dump) { return dump.first == kLastRewrite; });
  // Rewrites of the int8 graph that leave it as quantisation made it are not shown.
  const auto is_int8_graph = [](const auto& dump) { return dump.first == "quantize"; };
  const auto int8_graph = std::find_if(last, dumps.end(), is_int8_graph);
  for (; last != dumps.end(); ++last)
    if (last <= int8_graph || last->second != int8_graph->second)
      blocks[last->first] = last->second;
  return blocks;
}

/// The document with every block replaced; takes the blocks it finds out of `blocks`.
std::string Refill(const std::string& document, std::map<std::string, std::string>& blocks) {
  static constexpr std::string_view kBegin = "<!-- dump ";
  static constexpr std::string_view kClose = " -->\n";
  static constexpr std::string_view kEnd = "<!-- end -->\n";
  std::string filled;
  size_t copied = 0;
  for (size_t begin = 0; (begin = document.find(kBegin, copied)) != std::string::npos;) {
    const size_t name = begin + kBegin.size();
    const size_t close = document.find(kClose, name);
    const size_t end = document.find(kEnd, name);
    if (close == std::string::npos || end == std::string::npos) break;
    const std::string key = document.substr(name, close - name);
    EXPECT_TRUE(blocks.contains(key)) << "no pass \"" << key << "\" prints a dump (any more)";
    filled += document.substr(copied, close + kClose.size() - copied) +
              fmt::format("```text\n{}```\n", blocks[key]) + std::string(kEnd);
    blocks.erase(key);
    copied = end + kEnd.size();
  }
  return filled + document.substr(copied);
}

TEST_F(Walkthrough, DocumentIsNotStale) {
  Dumps dumps;
  CompileRequest request = Request();
  request.passes.dump_after = {"all"};
  request.passes.dump_sink = [&](const std::string& name, const std::string& text) {
    dumps.emplace_back(name, text);
  };
  const auto compilation = Compile(request);
  ASSERT_TRUE(compilation.ok()) << compilation.error().Format();
  const auto document = ReadFile(kDocument, kMaxText);
  ASSERT_TRUE(document.ok()) << document.error().Format();

  auto blocks = BlocksOf(dumps, compilation->report);
  const std::string expected = Refill(*document, blocks);
  for (const auto& [name, text] : blocks)
    ADD_FAILURE() << "docs/walkthrough.md does not show " << name
                  << ": add a paragraph, \"<!-- dump " << name << " -->\" and \"<!-- end -->\"";
  if (std::getenv("IMCC_BLESS") != nullptr) {
    ASSERT_TRUE(WriteFile(kDocument, expected).ok());
  } else {
    EXPECT_EQ(*document, expected) << "run IMCC_BLESS=1 ctest --preset release -R walkthrough";
  }
}

}  // namespace
}  // namespace imcc
