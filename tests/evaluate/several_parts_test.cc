// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// A network with operators in the middle that the device cannot run, from the ONNX file to frames:
// whatever the options, the device gives what the integer reference executor and the host parts
// between give, bit for bit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "base/files.h"
#include "evaluate/evaluate.h"
#include "onnx/export.h"
#include "onnx/import.h"
#include "reference/float_executor.h"
#include "runtime/session.h"
#include "runtime/tensor_layout.h"
#include "support/attention_network.h"
#include "support/targets.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;
namespace fs = std::filesystem;

constexpr int64_t kSamples = 6;
const Shape kStored = {1, 18, 18, 3};

/// Values in [-1, 1], NCHW, one sample after another.
std::vector<FloatValues> Images() {
  std::mt19937_64 random(3);
  std::vector<FloatValues> images(kSamples);
  for (FloatValues& image : images)
    for (int64_t i = 0; i < kStored.elements(); ++i)
      image.push_back(static_cast<float>(static_cast<double>(random() >> 11U) * 0x1p-52 - 1));
  return images;
}

class SeveralParts : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              (std::string("several_parts_") +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    const auto bytes = ExportOnnx(testing::AttentionNetwork());
    ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
    ASSERT_TRUE(WriteFile((folder_ / "attention.onnx").string(), *bytes).ok());
    std::string samples;
    for (const FloatValues& image : Images())
      samples.append(reinterpret_cast<const char*>(image.data()), image.size() * sizeof(float));
    ASSERT_TRUE(WriteFile(Data(), samples).ok());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Data() const { return (folder_ / "images_6x3x18x18.f32").string(); }

  CompileRequest Request() const {
    CompileRequest request;
    request.network = NetworkFromModel((folder_ / "attention.onnx").string());
    request.network.dataset = Dataset{.calibration_data = Data(), .validation_data = Data()};
    request.target = testing::ReadTarget("quad512");
    return request;
  }

  static Compilation Compiled(const CompileRequest& request) {
    Result<Compilation> compilation = Compile(request);
    IMCC_CHECK(compilation.ok(), compilation.error().Format());
    return std::move(compilation).value();
  }

  fs::path folder_;
};

TEST_F(SeveralParts, DeviceEqualsReferenceWithHostPartsBetween) {
  for (const char* settings : {"", "tiling_depth=6", "enable_icr=false", "page_memory=false",
                               "cross_layer_equalization=true"}) {
    SCOPED_TRACE(settings);
    CompileRequest request = Request();
    const std::string text = settings;
    const size_t equals = text.find('=');
    if (!text.empty()) {
      ASSERT_TRUE(
          SetOption(request.network.options, text.substr(0, equals), text.substr(equals + 1)).ok());
    }
    const Compilation compilation = Compiled(request);
    ASSERT_EQ(compilation.programs.size(), 2U);
    const auto evaluation = Evaluate(compilation, request.network, {});
    ASSERT_TRUE(evaluation.ok()) << evaluation.error().Format();
    EXPECT_EQ(evaluation->n, kSamples);
    EXPECT_EQ(evaluation->mismatching_frames, 0);
    EXPECT_GT(evaluation->outputs[0].cosine, 0.99);
  }
}

/// The parts as the specification runs them.
NetworkParts ReferenceParts(const QuantizedNetwork& network) {
  NetworkParts parts{
      .parts = {}, .inputs = {{"image", {1, 3, 18, 18}}}, .outputs = {{"result", {1, 64, 12, 12}}}};
  const QuantizedGraph* graph = network.quantized.data();
  for (const Part& part : network.partition.parts) {
    if (!part.on_device) {
      parts.parts.emplace_back(part.graph);
      continue;
    }
    DevicePart device;
    for (const QTensorId id : graph->inputs) device.inputs.push_back(graph->tensor(id));
    for (const QTensorId id : graph->outputs) device.outputs.push_back(graph->tensor(id));
    parts.parts.emplace_back(std::move(device));
    ++graph;
  }
  return parts;
}

TEST_F(SeveralParts, TheFolderRunsAsTheReferenceDoes) {
  const CompileRequest request = Request();
  const Compilation compilation = Compiled(request);
  const auto path = WriteOutput(compilation, request, (folder_ / "out").string());
  ASSERT_TRUE(path.ok()) << path.error().Format();
  Result<Session> session = Session::Open(*path, {.simulator = {.check = true}});
  ASSERT_TRUE(session.ok()) << session.error().Format();
  std::vector<std::string> files;
  for (const ModelPart& part : session->file().parts)
    files.push_back(fs::path(part.path).filename().string());
  EXPECT_THAT(files, ElementsAre("model.elf", "host1.onnx", "model1.elf"));

  auto reference = FrameRunner::Create(ReferenceParts(compilation.network), 1);
  ASSERT_TRUE(reference.ok()) << reference.error().Format();
  for (const FloatValues& image : Images()) {
    const auto frame = session->Run({image});
    ASSERT_TRUE(frame.ok()) << frame.error().Format();
    const auto expected =
        reference->Run({image}, [&](size_t part, const std::vector<Int8Values>& inputs) {
          return ExecuteInteger(compilation.network.quantized[part], inputs);
        });
    ASSERT_TRUE(expected.ok()) << expected.error().Format();
    EXPECT_EQ(frame->device_outputs, expected->device_outputs);
    EXPECT_EQ(frame->outputs, expected->outputs);
  }
  EXPECT_FALSE(session->RunInt8({Int8Values(972, 0)}).ok());
}

TEST_F(SeveralParts, TheReportAddsUp) {
  const CompileRequest request = Request();
  const Compilation compilation = Compiled(request);
  const Report& report = compilation.report;
  const Report& first = compilation.programs[0].report;
  const Report& second = compilation.programs[1].report;
  EXPECT_EQ(report.cycles, first.cycles + second.cycles);
  EXPECT_EQ(report.macs, first.macs + second.macs);
  EXPECT_EQ(report.planned_ddr_bytes, report.ddr_bytes);
  EXPECT_EQ(report.planned_l2_bytes, report.l2_bytes);
  EXPECT_EQ(report.layers.size(), first.layers.size() + second.layers.size());
  EXPECT_EQ(report.layers.front().part, 0U);
  EXPECT_EQ(report.layers.back().part, 2U);
  EXPECT_EQ(report.memory.levels[0].live.size(), report.layers.size());
  EXPECT_EQ(report.launches, 2);
  ASSERT_EQ(report.parts.size(), 3U);
  EXPECT_EQ(report.host_link_bytes,
            report.parts[0].host_link_bytes + report.parts[2].host_link_bytes);
  EXPECT_EQ(report.reload_bytes, report.parts[0].reload_bytes + report.parts[2].reload_bytes);
  EXPECT_GT(report.reload_bytes, Bytes(0));
  EXPECT_NEAR(report.frame_seconds,
              first.frame_seconds + second.frame_seconds + report.reload_seconds, 1e-12);
  EXPECT_NEAR(report.latency_seconds,
              first.latency_seconds + second.latency_seconds + report.reload_seconds, 1e-12);
  EXPECT_NEAR(report.frames_per_second, 1 / report.latency_seconds, 1e-6);
  double share = 0;
  for (const HostNodeReport& node : report.host_nodes) share += node.mac_share;
  EXPECT_NEAR(share, 1 - report.device_mac_share, 1e-12);
}

TEST_F(SeveralParts, ThreadsChangeNoByte) {
  CompileRequest request = Request();
  request.threads = 1;
  const Compilation one = Compiled(request);
  request.threads = 3;
  const Compilation three = Compiled(request);
  for (size_t i = 0; i < one.programs.size(); ++i)
    EXPECT_TRUE(one.programs[i].elf == three.programs[i].elf);
}

TEST_F(SeveralParts, QuantizedOnnxIsTheWholeNetwork) {
  const Compilation compilation = Compiled(Request());
  const auto bytes = QuantizedOnnx(compilation.network);
  ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
  const std::string path = (folder_ / "quantized.onnx").string();
  ASSERT_TRUE(WriteFile(path, *bytes).ok());
  auto model = ImportOnnx(path, {});
  ASSERT_TRUE(model.ok()) << model.error().Format();
  auto executor = FloatExecutor::Create(model->graph);
  ASSERT_TRUE(executor.ok()) << executor.error().Format();
  auto reference = FrameRunner::Create(ReferenceParts(compilation.network), 1);
  const float step = compilation.network.quantized.back().tensors.back().quantization.scale[0];
  for (const FloatValues& image : Images()) {
    const auto expected =
        reference->Run({image}, [&](size_t part, const std::vector<Int8Values>& inputs) {
          return ExecuteInteger(compilation.network.quantized[part], inputs);
        });
    const auto actual = executor->Run({ToStored(image, kStored, Layout::kChannelsLast)});
    ASSERT_TRUE(actual.ok()) << actual.error().Format();
    const FloatValues result = ToExternal(actual->at(0), {1, 12, 12, 64}, Layout::kChannelsLast);
    // Ties at a rounding go either way, and on from there.
    for (size_t i = 0; i < result.size(); ++i)
      EXPECT_NEAR(result[i], expected->outputs[0][i], 2.01F * step);
  }
}

TEST_F(SeveralParts, QuantizedOnnxCompiledAgainGivesTheSameBits) {
  const Compilation compilation = Compiled(Request());
  const auto bytes = QuantizedOnnx(compilation.network);
  ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
  ASSERT_TRUE(WriteFile((folder_ / "attention.onnx").string(), *bytes).ok());
  const Compilation again = Compiled(Request());
  ASSERT_EQ(again.programs.size(), 2U);
  for (const Note& note : again.report.notes)
    EXPECT_EQ(note.message.find("are calibrated"), std::string::npos) << note.message;
  auto first = FrameRunner::Create(ReferenceParts(compilation.network), 1);
  auto second = FrameRunner::Create(ReferenceParts(again.network), 1);
  const auto run = [](FrameRunner& runner, const Compilation& of, const FloatValues& image) {
    const auto frame = runner.Run({image}, [&](size_t part, const std::vector<Int8Values>& inputs) {
      return ExecuteInteger(of.network.quantized[part], inputs);
    });
    return frame.value().outputs;
  };
  for (const FloatValues& image : Images())
    EXPECT_EQ(run(*second, again, image), run(*first, compilation, image));
}

TEST_F(SeveralParts, ANetworkOfHostOperatorsRunsWithoutADevice) {
  SmallGraph g;
  const TensorId x = g.Input("x", {10, 1});
  g.Output(g.Add("y", OpKind::kPow, {x, x}));
  ASSERT_TRUE(WriteFile((folder_ / "attention.onnx").string(), *ExportOnnx(g.graph)).ok());
  const CompileRequest request = Request();
  const Compilation compilation = Compiled(request);
  EXPECT_TRUE(compilation.programs.empty());
  EXPECT_THAT(compilation.report.notes[0].message, ::testing::HasSubstr("nothing is left"));
  const auto path = WriteOutput(compilation, request, (folder_ / "out").string());
  ASSERT_TRUE(path.ok()) << path.error().Format();
  Result<Session> session = Session::Open(*path);
  ASSERT_TRUE(session.ok()) << session.error().Format();
  const auto frame = session->Run({FloatValues(10, 3.0F)});
  ASSERT_TRUE(frame.ok()) << frame.error().Format();
  EXPECT_NEAR(frame->outputs[0][3], 27.0F, 1e-5F);
  const auto timings = session->TimingOfPrograms();
  ASSERT_TRUE(timings.ok());
  EXPECT_EQ(session->Join(*timings).cycles, Cycles(0));
}

}  // namespace
}  // namespace imcc
