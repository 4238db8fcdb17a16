// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "ir/shape.h"

namespace imcc {

/// An input or output as the ONNX model has it.
struct ExternalTensor {
  std::string name;
  Shape shape;
  bool is_int8 = false;  // Frames hold it as the device does (remove_io_quantization).
};

/// A run of the network on one side.
struct ModelPart {
  bool on_device = false;
  std::string path;  // An ELF or an ONNX model, in the folder of model.json.
};

/// A model.json, checked; docs/runtime.md describes the file.
struct ModelFile {
  std::string path;  // Of the model.json itself.
  std::string text;  // Its contents.
  std::string network, model;
  std::vector<ModelPart> parts;                 // In the order they run; at least one.
  std::vector<ExternalTensor> inputs, outputs;  // In the order of the ONNX model.
};

/// `path` is a model.json or the folder it is in. The file may be hostile: a name that leads out
/// of its folder, a wrong type or an impossible shape is an error.
Result<ModelFile> ReadModelFile(const std::string& path);

}  // namespace imcc
