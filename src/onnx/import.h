// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"

/// In: an ONNX file. Out: a Graph with static shapes, feature maps NHWC. Promise: every value of
/// the file was bounds-checked; an error names the node, operator, opset and what to do.
namespace imcc {

struct ImportOptions {
  std::map<std::string, std::vector<int64_t>> input_shapes;  // By input name; "" = the only input.
  bool any_batch = false;   // For the float executor; the device takes one image a frame.
  bool any_inputs = false;  // None too, and outputs that are constants: parts of a network.
};

struct ImportedModel {
  Graph graph;
  int64_t opset = 0;
  std::string producer;
  std::vector<Note> notes;
};

Result<ImportedModel> ImportOnnx(const std::string& path, const ImportOptions& options);

/// Same from the bytes of a ModelProto; `directory` is where external data may lie.
Result<ImportedModel> ImportOnnxBytes(const std::string& bytes, const std::string& directory,
                                      const ImportOptions& options);

/// The files beside the model that hold its external data, as far as they can be opened.
Result<std::vector<std::string>> ExternalDataFiles(const std::string& path);

}  // namespace imcc
