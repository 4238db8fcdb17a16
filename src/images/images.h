// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/network.h"

/// In: image files and the preprocessing of a Network. Out: model input tensors and labels.
namespace imcc {

/// 8-bit interleaved pixels, row major.
struct Image {
  int64_t width = 0, height = 0, channels = 0;  // 1 or 3 channels, RGB.
  std::vector<uint8_t> pixels;
};

/// JPEG, PNG, PPM/PGM, whatever the file's name says. An alpha channel is dropped. Refuses files
/// that claim more than 2^26 pixels.
Result<Image> ReadImage(const std::string& path);

/// Runs the preprocessing steps. Result: float values of the input in stored (NHWC) order;
/// `height`, `width`, `channels` are what the model expects, a mismatch is an error that names the
/// step to add. With no steps at all the raw 0..255 values are used.
Result<std::vector<float>> Preprocess(const Image& image, const Network& network, int64_t height,
                                      int64_t width, int64_t channels);

/// One thing to feed the network: an image file, or sample `index` of a raw/.npy/IDX file.
struct SampleRef {
  std::string path;
  int64_t index = -1;            // -1: `path` is an image file.
  std::optional<int64_t> label;  // Class, where the data set knows it.
};

/// Where data sets come from, for calibration and validation alike:
///   a folder of images (sorted), or of folders with images (one a class, sorted or numbered);
///   .csv/.txt: "path,label" lines, or columns named in a header; paths relative to the file, or to
///     the folder X beside X_labels.csv;
///   NAME_NxCxHxW.u8: raw uint8 images, labels in NAME_N_labels.u8 or NAME_labels.u8;
///   NAME_NxCxHxW.f32: raw float32 = ready inputs, without labels;
///   IDX (MNIST), gzipped or not: ...images-idx3-ubyte, labels in ...labels-idx1-ubyte;
///   .npy: uint8 = images, which are preprocessed; numbers of another type = ready inputs.

/// Calibration samples of the network; labels are not needed.
Result<std::vector<SampleRef>> ListCalibrationSamples(const Network& network);
/// Validation samples of the network, every one with its label.
Result<std::vector<SampleRef>> ListValidationSamples(const Network& network);

/// Reads and preprocesses samples, keeping the files that hold many of them open: reading one reads
/// its bytes only (gzipped files are unpacked once). Thread-safe.
class SampleReader {
 public:
  SampleReader();
  SampleReader(SampleReader&&) noexcept;
  SampleReader& operator=(SampleReader&&) noexcept;
  ~SampleReader();

  Result<std::vector<float>> Load(const SampleRef& sample, const Network& network, int64_t height,
                                  int64_t width, int64_t channels);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One sample with a SampleReader of its own; for many of one file use a SampleReader.
Result<std::vector<float>> LoadSample(const SampleRef& sample, const Network& network,
                                      int64_t height, int64_t width, int64_t channels);

/// A small .npy reader: C-order f4, f8, u1, i1, i4, i8; refuses shapes larger than the file.
struct NpyArray {
  std::vector<int64_t> shape;
  std::vector<float> values;
  bool is_int8 = false;  // How the file holds them; they are whole numbers then.
};
Result<NpyArray> ReadNpy(const std::string& path);
Status WriteNpy(const std::string& path, const NpyArray& array);

}  // namespace imcc
