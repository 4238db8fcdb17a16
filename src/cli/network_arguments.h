// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/console.h"
#include "compiler/compile.h"

namespace imcc {

/// The flags of every subcommand that starts from a network.
struct NetworkArguments {
  std::string network;  // network.yaml or model.onnx
  std::string model;
  std::string target;
  std::vector<std::string> settings;      // key=value
  std::vector<std::string> input_shapes;  // [name:]1,3,224,224
  std::string images;
  std::string calibration;
  std::vector<std::string> preprocess;  // Steps, as in the YAML.
  std::string color_format;
  int64_t calibration_limit = 200;
  bool random_calibration = false;
  std::vector<std::string> disabled;
  std::vector<std::string> dump_after;
  int threads = 0;

  void Register(CLI::App& sub);
};

struct NetworkRequest {
  CompileRequest request;
  std::vector<Note> notes;  // About the YAML.
};

/// Loads network and target and applies the flags; progress and dumps go to `console`, which must
/// outlive the request.
Result<NetworkRequest> MakeRequest(const NetworkArguments& arguments, Console& console);

/// "[name:]1,3,224,224" (or 1x3x224x224) into the name and the dimensions.
Result<std::pair<std::string, std::vector<int64_t>>> ParseInputShape(const std::string& text);

}  // namespace imcc
