// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <bit>
#include <fstream>
#include <optional>

#include "images/data_error.h"
#include "images/raw_name.h"
#include "images/sample_file.h"

namespace imcc {
namespace {

static_assert(std::endian::native == std::endian::little, "values are read as they are");

constexpr int64_t kMaxSampleValues = int64_t{1} << 28;

/// Ready inputs of the network as raw little-endian float32, each C x H x W.
class F32File : public SampleFile {
 public:
  F32File(std::string path, std::array<int64_t, 4> dims)
      : path_(std::move(path)), dims_(dims), stream_(path_, std::ios::binary) {}

  int64_t count() const override { return dims_[0]; }

  Result<std::variant<Image, RawTensor>> Read(int64_t index) override {
    const auto [count, channels, height, width] = dims_;
    RawTensor tensor{.shape = {channels, height, width}, .values = {}};
    tensor.values.resize(static_cast<size_t>(channels * height * width));
    const auto bytes = static_cast<std::streamsize>(tensor.values.size() * sizeof(float));
    stream_.clear();
    stream_.seekg(index * bytes);
    if (!stream_.read(reinterpret_cast<char*>(tensor.values.data()), bytes))
      return DataError(path_, fmt::format("sample {} cannot be read", index));
    return std::variant<Image, RawTensor>(std::move(tensor));
  }

 private:
  std::string path_;
  std::array<int64_t, 4> dims_;
  std::ifstream stream_;
};

/// Of one sample; nothing if its values are too many for any network.
std::optional<int64_t> SampleBytes(const std::array<int64_t, 4>& dims) {
  int64_t values = 1;
  for (size_t axis = 1; axis < 4; ++axis) {
    if (dims[axis] > kMaxSampleValues / values) return {};
    values *= dims[axis];
  }
  return values * static_cast<int64_t>(sizeof(float));
}

}  // namespace

bool IsF32Name(const std::string& path) { return path.ends_with(".f32"); }

Result<std::unique_ptr<SampleFile>> OpenF32File(const std::string& path) {
  IMCC_ASSIGN(const RawName name,
              ReadRawName(path, "NAME_NxCxHxW.f32, for example inputs_100x3x224x224.f32"));
  IMCC_TRY(CheckRawSize(path, name, SampleBytes(name.dims), " float32"));
  return std::unique_ptr<SampleFile>(std::make_unique<F32File>(path, name.dims));
}

}  // namespace imcc
