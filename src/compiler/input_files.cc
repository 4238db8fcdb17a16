// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/input_files.h"

#include "images/images.h"
#include "onnx/import.h"

namespace imcc {
namespace {

void AddSamples(const Result<std::vector<SampleRef>>& samples, std::vector<std::string>& files) {
  if (!samples.ok()) return;
  for (const SampleRef& sample : *samples)
    if (files.empty() || files.back() != sample.path) files.push_back(sample.path);
}

}  // namespace

std::vector<std::string> InputFiles(const CompileRequest& request) {
  const Network& network = request.network;
  std::vector<std::string> files = {network.yaml_path, network.weight_path, request.target.path};
  const Result<std::vector<std::string>> external = ExternalDataFiles(network.weight_path);
  if (external.ok()) files.insert(files.end(), external->begin(), external->end());
  if (!network.dataset) return files;
  const Dataset& data = *network.dataset;
  for (const std::string& path :
       {data.calibration_dir, data.calibration_data, data.validation_data, data.labels_path})
    if (!path.empty()) files.push_back(path);
  AddSamples(ListCalibrationSamples(network), files);
  AddSamples(ListValidationSamples(network), files);
  return files;
}

}  // namespace imcc
