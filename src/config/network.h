// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "config/options.h"

/// In: a network YAML file. Out: a Network with typed options, or an Error pointing at the line.
namespace imcc {

enum class ColorFormat { kRgb, kBgr, kGray };
enum class InputLayout { kNchw, kNhwc };
enum class Interpolation { kBilinear, kNearest, kBicubic };

/// One preprocessing step, in file order.
struct PreprocessStep {
  enum class Kind {
    kResize,             // size (short side), or width and height
    kCenterCrop,         // width, height
    kLetterbox,          // width, height, fill value
    kToTensor,           // HWC u8 -> CHW float; scale divides by 255
    kNormalize,          // (x - mean) / std per channel
    kLinearScaling,      // x * mul + add per channel
    kContrastNormalize,  // stretch to [0, 1] by the image's own min and max
    kConvertColor,       // to color_format
  };
  Kind kind = Kind::kToTensor;
  int64_t size = 0;
  int64_t width = 0;
  int64_t height = 0;
  Interpolation interpolation = Interpolation::kBilinear;
  bool scale = true;
  std::vector<double> mean, std;  // Normalize.
  std::vector<double> mul, add;   // LinearScaling.
  double fill = 114;              // Letterbox.
  ColorFormat color_format = ColorFormat::kRgb;
};

struct Dataset {
  std::string name;
  std::string calibration_dir;   // repr_imgs_dir_path, absolute; empty if not given.
  std::string calibration_data;  // cal_data: .npy, raw file, folder or list; absolute.
  std::string validation_data;   // val_data: csv of path,label, or a folder per class; absolute.
  std::string labels_path;       // One class name a line; absolute.
};

/// A network: one model with its preprocessing, data and options.
struct Network {
  std::string name;         // Top-level name.
  std::string model_name;   // Key under models:.
  std::string yaml_path;    // Empty when built from flags.
  std::string weight_path;  // ONNX file, absolute.
  std::string weight_md5;   // Lower-case hex, or empty. Checked when the model is read.
  SourcePlace weight_place;
  InputLayout input_layout = InputLayout::kNchw;
  std::vector<int64_t> input_shape;  // As in the YAML; empty = the model's own.
  ColorFormat input_color = ColorFormat::kRgb;
  int64_t num_classes = 0;  // 0 = not a classifier.
  std::vector<PreprocessStep> preprocess;
  int64_t topk = 5;
  std::optional<Dataset> dataset;
  CompilationOptions options;
};

struct LoadedNetwork {
  Network network;
  std::vector<Note> notes;  // Keys accepted but not used by the compiler, and the like.
};

/// Reads and validates; `model` picks one entry of models: (empty = the only one).
Result<LoadedNetwork> LoadNetwork(const std::string& yaml_path, const std::string& model = "");

/// Same from text, for tests; relative paths are taken from the folder of `yaml_path`.
Result<LoadedNetwork> ParseNetwork(const std::string& text, const std::string& yaml_path,
                                   const std::string& model = "");

/// Preprocessing steps from flags, each as one item of the YAML list: "torch-totensor" or
/// "resize: {size: 256}". Errors point into the texts, a line a step.
Result<std::vector<PreprocessStep>> ParsePreprocess(const std::vector<std::string>& steps);

/// A network without a YAML file: only the model and default options.
Network NetworkFromModel(const std::string& onnx_path);

}  // namespace imcc
