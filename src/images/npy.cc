// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.h"
#include "base/units.h"
#include "images/data_error.h"
#include "images/npy_file.h"
#include "images/sample_file.h"

namespace imcc {
namespace {

bool IsColorCount(int64_t dim) { return dim == 1 || dim == 3; }

/// Samples along the first axis of a .npy array.
class NpySamples : public SampleFile {
 public:
  explicit NpySamples(NpyFile file) : file_(std::move(file)) {
    shape_.assign(file_.shape().begin() + 1, file_.shape().end());
  }

  int64_t count() const override { return file_.shape()[0]; }

  Result<std::variant<Image, RawTensor>> Read(int64_t index) override {
    const int64_t size = file_.elements() / count();
    IMCC_ASSIGN(std::vector<float> values, file_.Read(index * size, size));
    if (file_.is_u8() && (shape_.size() == 2 || shape_.size() == 3)) {
      if (shape_.size() == 2) return ToImage(values, shape_[0], shape_[1], 1, false);
      // Channels first, as in ONNX, unless only the last axis can be them.
      if (IsColorCount(shape_[0])) return ToImage(values, shape_[1], shape_[2], shape_[0], true);
      if (IsColorCount(shape_[2])) return ToImage(values, shape_[0], shape_[1], shape_[2], false);
    }
    return std::variant<Image, RawTensor>(RawTensor{shape_, std::move(values)});
  }

 private:
  static std::variant<Image, RawTensor> ToImage(const std::vector<float>& values, int64_t height,
                                                int64_t width, int64_t channels, bool planar) {
    Image image{.width = width, .height = height, .channels = channels};
    image.pixels.reserve(values.size());
    const int64_t pixels = height * width;
    for (int64_t i = 0; i < pixels; ++i) {
      for (int64_t c = 0; c < channels; ++c) {
        const int64_t at = planar ? c * pixels + i : i * channels + c;
        image.pixels.push_back(static_cast<uint8_t>(values[static_cast<size_t>(at)]));
      }
    }
    return image;
  }

  NpyFile file_;
  std::vector<int64_t> shape_;  // Of one sample.
};

}  // namespace

Result<NpyArray> ReadNpy(const std::string& path) {
  IMCC_ASSIGN(NpyFile file, NpyFile::Open(path));
  NpyArray array{.shape = file.shape(), .values = {}, .is_int8 = file.is_int8()};
  IMCC_ASSIGN(array.values, file.Read(0, file.elements()));
  return array;
}

Status WriteNpy(const std::string& path, const NpyArray& array) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                   array.is_int8 ? "|i1" : "<f4", fmt::join(array.shape, ", "),
                                   array.shape.size() == 1 ? "," : "");
  // The format wants data at a multiple of 64 bytes and a newline before it.
  const auto length = RoundUp(static_cast<int64_t>(header.size()) + 11, 64) - 10;
  header.resize(static_cast<size_t>(length) - 1, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(length & 0xff);
  bytes += static_cast<char>(length >> 8);
  bytes += header;
  if (array.is_int8) {
    for (const float value : array.values) bytes += static_cast<char>(static_cast<int8_t>(value));
  } else {
    bytes.append(reinterpret_cast<const char*>(array.values.data()),
                 array.values.size() * sizeof(float));
  }
  return WriteFile(path, bytes);
}

bool IsNpyName(const std::string& path) { return path.ends_with(".npy"); }

Result<std::unique_ptr<SampleFile>> OpenNpySamples(const std::string& path) {
  IMCC_ASSIGN(NpyFile file, NpyFile::Open(path));
  if (file.shape().empty())
    return DataError(path, "is a single number", "its first axis must count the samples");
  return std::unique_ptr<SampleFile>(std::make_unique<NpySamples>(std::move(file)));
}

}  // namespace imcc
