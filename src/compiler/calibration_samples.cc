// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/calibration_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <random>

#include "images/images.h"

namespace imcc {
namespace {

constexpr int64_t kRandomSamples = 32;
constexpr int64_t kFewSamples = 32;

using Sample = std::vector<std::vector<float>>;

Note Warning(std::string message) {
  return {Note::Severity::kWarning, "calibration", std::move(message)};
}

/// Height, width and channels the images of the only input must have.
FeatureMap InputMap(const Graph& graph) {
  return AsFeatureMap(graph.tensor(graph.inputs[0]).shape);
}

/// Standard normal values from the sample's number: the same on every machine and thread.
Sample RandomSample(const Graph& graph, int64_t index) {
  std::mt19937_64 engine(static_cast<uint64_t>(index) + 1);
  Sample sample;
  for (const TensorId id : graph.inputs) {
    std::vector<float> values(static_cast<size_t>(graph.tensor(id).shape.elements()));
    for (float& value : values) {
      // Irwin-Hall: the sum of twelve uniforms, unlike std::normal_distribution the same
      // everywhere.
      double sum = -6;
      for (int i = 0; i < 12; ++i) sum += static_cast<double>(engine() >> 11U) * 0x1p-53;
      value = static_cast<float>(sum);
    }
    sample.push_back(std::move(values));
  }
  return sample;
}

/// The file of a sample, and which of its samples where it holds several.
std::string SampleName(const SampleRef& sample) {
  return sample.index < 0 ? sample.path : fmt::format("{} [{}]", sample.path, sample.index);
}

}  // namespace

Result<CalibrationSamples> FindCalibrationSamples(const CompileRequest& request, const Graph& graph,
                                                  std::vector<Note>& notes) {
  const Network& network = request.network;
  const bool has_data = network.dataset && (!network.dataset->calibration_dir.empty() ||
                                            !network.dataset->calibration_data.empty());
  if (request.random_calibration || !has_data) {
    notes.push_back(
        Warning("NO CALIBRATION DATA: ranges come from random inputs; accuracy is "
                "meaningless, only the timing is. Give images with --images or a "
                "dataset in the YAML"));
    return CalibrationSamples{
        [&graph](int64_t i) { return Result<Sample>(RandomSample(graph, i)); },
        std::min(request.calibration_limit, kRandomSamples),
        {}};
  }
  if (graph.inputs.size() != 1)
    return Error{.code = ErrorCode::kUnsupported,
                 .subject = network.model_name,
                 .message = fmt::format("calibration images feed one input, and the model has {}",
                                        graph.inputs.size()),
                 .hint = "calibrate with --random-calibration"};
  IMCC_ASSIGN(std::vector<SampleRef> listed, ListCalibrationSamples(network));
  const auto refs = std::make_shared<const std::vector<SampleRef>>(std::move(listed));
  const auto count = std::min(request.calibration_limit, static_cast<int64_t>(refs->size()));
  if (count < kFewSamples)
    notes.push_back(Warning(fmt::format("only {} samples; 100 to 400 are advised", count)));
  const FeatureMap map = InputMap(graph);
  // Copies of a std::function share what they read from.
  const auto reader = std::make_shared<SampleReader>();
  SampleSource source = [refs, reader, &network, map](int64_t i) -> Result<Sample> {
    IMCC_ASSIGN(std::vector<float> values, reader->Load((*refs)[static_cast<size_t>(i)], network,
                                                        map.height, map.width, map.channels));
    Sample sample;
    sample.push_back(std::move(values));
    return sample;
  };
  return CalibrationSamples{std::move(source), count, [refs](int64_t i) {
                              return SampleName((*refs)[static_cast<size_t>(i)]);
                            }};
}

}  // namespace imcc
