// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/part_samples.h"

#include <utility>

namespace imcc {
namespace {

using Values = std::map<std::string, FloatValues>;

void AddNamed(const Graph& graph, const std::vector<TensorId>& ids, std::vector<FloatValues> values,
              Values& named) {
  for (size_t i = 0; i < ids.size(); ++i) named[graph.tensor(ids[i]).name] = std::move(values[i]);
}

std::vector<FloatValues> PickInputs(const Graph& graph, const Values& named) {
  std::vector<FloatValues> inputs;
  for (const TensorId id : graph.inputs) inputs.push_back(named.at(graph.tensor(id).name));
  return inputs;
}

}  // namespace

PartSamples::PartSamples(const Graph& network, const Partition& partition,
                         const SampleSource& source, int64_t samples)
    : network_(network),
      partition_(partition),
      source_(source),
      progress_(static_cast<size_t>(samples)) {
  for (const size_t part : partition.DeviceParts()) last_device_ = part;
  for (size_t part = 0; part <= last_device_; ++part) {
    const Graph& graph = partition.parts[part].graph;
    for (const TensorId id : graph.inputs) last_reader_[graph.tensor(id).name] = part;
  }
}

bool PartSamples::IsReadFrom(const std::string& name, size_t part) const {
  const auto reader = last_reader_.find(name);
  return reader != last_reader_.end() && reader->second >= part;
}

Status PartSamples::RunPart(const Graph& graph, Values& values) {
  IMCC_ASSIGN(FloatExecutor executor, FloatExecutor::Create(graph, 1));
  IMCC_ASSIGN(std::vector<FloatValues> made, executor.Run(PickInputs(graph, values)));
  AddNamed(graph, graph.outputs, std::move(made), values);
  return {};
}

void PartSamples::KeepProgress(size_t next, int64_t sample, Values values) {
  for (auto it = values.begin(); it != values.end();)
    it = IsReadFrom(it->first, next) ? std::next(it) : values.erase(it);
  progress_[static_cast<size_t>(sample)] = {true, next, std::move(values)};
}

Result<std::vector<FloatValues>> PartSamples::Run(size_t part, int64_t sample) {
  const Progress& progress = progress_[static_cast<size_t>(sample)];
  Values values = progress.values;
  if (!progress.started) {
    IMCC_ASSIGN(std::vector<FloatValues> inputs, source_(sample));
    AddNamed(network_, network_.inputs, std::move(inputs), values);
  }
  for (size_t before = progress.next; before < part; ++before)
    IMCC_TRY(RunPart(partition_.parts[before].graph, values));
  std::vector<FloatValues> inputs = PickInputs(partition_.parts[part].graph, values);
  if (part < last_device_) KeepProgress(part, sample, std::move(values));
  return inputs;
}

SampleSource PartSamples::Of(size_t part) {
  return [this, part](int64_t sample) { return Run(part, sample); };
}

void PartSamples::Keep(size_t part, int64_t sample, std::vector<FloatValues> outputs) {
  if (part >= last_device_) return;
  Values values = std::move(progress_[static_cast<size_t>(sample)].values);
  const Graph& graph = partition_.parts[part].graph;
  AddNamed(graph, graph.outputs, std::move(outputs), values);
  KeepProgress(part + 1, sample, std::move(values));
}

}  // namespace imcc
