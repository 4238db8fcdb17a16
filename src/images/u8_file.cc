// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/files.h"
#include "images/data_error.h"
#include "images/raw_name.h"
#include "images/sample_file.h"

namespace imcc {
namespace {

constexpr Bytes kMaxLabelFile(int64_t{1} << 26);

/// Raw uint8 images, each planar.
class U8File : public SampleFile {
 public:
  U8File(std::string path, std::array<int64_t, 4> dims)
      : path_(std::move(path)), dims_(dims), stream_(path_, std::ios::binary) {}

  int64_t count() const override { return dims_[0]; }

  Result<std::variant<Image, RawTensor>> Read(int64_t index) override {
    const auto [count, channels, height, width] = dims_;
    const int64_t pixels = height * width;
    std::string planes(static_cast<size_t>(channels * pixels), '\0');
    stream_.clear();
    stream_.seekg(index * channels * pixels);
    if (!stream_.read(planes.data(), static_cast<std::streamsize>(planes.size())))
      return DataError(path_, fmt::format("sample {} cannot be read", index));
    Image image{.width = width, .height = height, .channels = channels};
    image.pixels.reserve(planes.size());
    for (int64_t i = 0; i < pixels; ++i) {
      for (int64_t c = 0; c < channels; ++c)
        image.pixels.push_back(static_cast<uint8_t>(planes[static_cast<size_t>(c * pixels + i)]));
    }
    return std::variant<Image, RawTensor>(std::move(image));
  }

 private:
  std::string path_;
  std::array<int64_t, 4> dims_;
  std::ifstream stream_;
};

}  // namespace

bool IsU8Name(const std::string& path) { return path.ends_with(".u8"); }

Result<std::unique_ptr<SampleFile>> OpenU8File(const std::string& path) {
  IMCC_ASSIGN(const RawName name,
              ReadRawName(path, "NAME_NxCxHxW.u8, for example photos_100x3x224x224.u8"));
  const auto [count, channels, height, width] = name.dims;
  IMCC_TRY(CheckImageSize(path, width, height));
  if (channels != 1 && channels != 3)
    return DataError(path, fmt::format("its images have {} channels", channels),
                     "raw images have 1 or 3; give other inputs as .npy");
  IMCC_TRY(CheckRawSize(path, name, channels * height * width, ""));
  return std::unique_ptr<SampleFile>(std::make_unique<U8File>(path, name.dims));
}

Result<std::optional<std::vector<int64_t>>> ReadU8Labels(const std::string& path, int64_t count) {
  const auto name = ParseRawName(path);
  if (!name) return std::optional<std::vector<int64_t>>();
  for (const std::string& stem :
       {fmt::format("{}_{}", name->before_dims, name->dims[0]), name->before_dims}) {
    const std::string file = stem + "_labels.u8";
    std::error_code failure;
    if (!std::filesystem::exists(file, failure)) continue;
    IMCC_ASSIGN(const std::string bytes, ReadFile(file, kMaxLabelFile, ErrorCode::kData));
    if (static_cast<int64_t>(bytes.size()) != count)
      return DataError(file, fmt::format("has {} labels for {} images", bytes.size(), count));
    std::vector<int64_t> labels;
    for (const char c : bytes) labels.push_back(static_cast<unsigned char>(c));
    return std::optional(std::move(labels));
  }
  return std::optional<std::vector<int64_t>>();
}

}  // namespace imcc
