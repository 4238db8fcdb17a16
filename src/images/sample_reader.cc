// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <mutex>

#include "images/data_error.h"
#include "images/sample_file.h"

namespace imcc {
namespace {

/// A ready input in stored (NHWC) order.
Result<std::vector<float>> ToStored(RawTensor tensor, const SampleRef& sample, InputLayout layout,
                                    int64_t height, int64_t width, int64_t channels) {
  const std::vector<int64_t>& shape = tensor.shape;
  const std::vector<int64_t> planar = {channels, height, width};
  const std::vector<int64_t> interleaved = {height, width, channels};
  const auto expected = static_cast<size_t>(height * width * channels);
  const bool is_map = shape.size() == 3;
  if (tensor.values.size() != expected || (is_map && shape != planar && shape != interleaved))
    return DataError(
        sample.path,
        fmt::format("a sample has shape {} and the model takes {} x {} x {} (C x H x W)",
                    fmt::join(shape, " x "), channels, height, width),
        "save inputs after preprocessing, or images as uint8");
  const bool ambiguous = planar == interleaved;
  if (!is_map || (ambiguous ? layout == InputLayout::kNhwc : shape == interleaved))
    return std::move(tensor.values);
  std::vector<float> stored(expected);
  const int64_t pixels = height * width;
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t i = 0; i < pixels; ++i)
      stored[static_cast<size_t>(i * channels + c)] =
          tensor.values[static_cast<size_t>(c * pixels + i)];
  }
  return stored;
}

/// Says which file an error without a place is about.
Error About(Error error, const SampleRef& sample) {
  if (error.place.file.empty()) error.place.file = sample.path;
  return error;
}

Result<std::vector<float>> PreprocessSample(const Image& image, const SampleRef& sample,
                                            const Network& network, int64_t height, int64_t width,
                                            int64_t channels) {
  Result<std::vector<float>> values = Preprocess(image, network, height, width, channels);
  if (!values.ok()) return About(values.error(), sample);
  return values;
}

}  // namespace

struct SampleReader::Impl {
  Result<std::variant<Image, RawTensor>> Read(const SampleRef& sample) {
    if (sample.index < 0) {
      IMCC_ASSIGN(Image image, ReadImage(sample.path));
      return std::variant<Image, RawTensor>(std::move(image));
    }
    const std::lock_guard lock(mutex);
    std::unique_ptr<SampleFile>& file = files[sample.path];
    if (file == nullptr) {
      IMCC_ASSIGN(file, OpenSampleFile(sample.path));
    }
    if (sample.index >= file->count())
      return DataError(sample.path, fmt::format("has {} samples; number {} was asked for",
                                                file->count(), sample.index));
    return file->Read(sample.index);
  }

  std::mutex mutex;
  std::map<std::string, std::unique_ptr<SampleFile>> files;
};

SampleReader::SampleReader() : impl_(std::make_unique<Impl>()) {}
SampleReader::SampleReader(SampleReader&&) noexcept = default;
SampleReader& SampleReader::operator=(SampleReader&&) noexcept = default;
SampleReader::~SampleReader() = default;

Result<std::vector<float>> SampleReader::Load(const SampleRef& sample, const Network& network,
                                              int64_t height, int64_t width, int64_t channels) {
  IMCC_ASSIGN(auto raw, impl_->Read(sample));
  if (const Image* image = std::get_if<Image>(&raw))
    return PreprocessSample(*image, sample, network, height, width, channels);
  return ToStored(std::get<RawTensor>(std::move(raw)), sample, network.input_layout, height, width,
                  channels);
}

Result<std::vector<float>> LoadSample(const SampleRef& sample, const Network& network,
                                      int64_t height, int64_t width, int64_t channels) {
  return SampleReader().Load(sample, network, height, width, channels);
}

}  // namespace imcc
