// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/frame_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>

#include "base/files.h"
#include "compiler/preprocess_json.h"
#include "images/images.h"
#include "runtime/tensor_layout.h"

namespace imcc {
namespace {

Error DataError(const std::string& file, const std::string& message, const std::string& hint) {
  return Error{.code = ErrorCode::kData, .place = {.file = file}, .message = message, .hint = hint};
}

Error WrongSize(const std::string& file, size_t count, const ExternalTensor& tensor) {
  return DataError(file,
                   fmt::format("has {} values, and input \"{}\" takes {} ({})", count, tensor.name,
                               tensor.shape.elements(), tensor.shape.ToString()),
                   "give one frame of that shape, NCHW");
}

/// An int8 input takes int8 files: the caller has quantised.
Error NotInt8(const std::string& file, const ExternalTensor& tensor, const QTensor& device) {
  return DataError(file, fmt::format("is not int8, and input \"{}\" is", tensor.name),
                   fmt::format("quantise it: q = x / {} + {}, rounded, -128 to 127",
                               device.quantization.scale[0], device.quantization.zero_point[0]));
}

Result<FloatValues> ReadNpyTensor(const std::string& file, const ExternalTensor& tensor,
                                  const QTensor* device) {
  IMCC_ASSIGN(NpyArray array, ReadNpy(file));
  if (tensor.is_int8 && !array.is_int8) return NotInt8(file, tensor, *device);
  if (static_cast<int64_t>(array.values.size()) != tensor.shape.elements())
    return WrongSize(file, array.values.size(), tensor);
  if (!tensor.is_int8) return std::move(array.values);
  return Session::ToReal(Int8Values(array.values.begin(), array.values.end()), *device);
}

Result<FloatValues> ReadRawTensor(const std::string& file, const ExternalTensor& tensor,
                                  const QTensor* device) {
  const size_t size = tensor.is_int8 ? sizeof(int8_t) : sizeof(float);
  const auto needed = static_cast<size_t>(tensor.shape.elements()) * size;
  IMCC_ASSIGN(const std::string bytes,
              ReadFile(file, Bytes(static_cast<int64_t>(needed)), ErrorCode::kData));
  if (bytes.size() != needed) return WrongSize(file, bytes.size() / size, tensor);
  if (tensor.is_int8) return Session::ToReal(Int8Values(bytes.begin(), bytes.end()), *device);
  FloatValues values(static_cast<size_t>(tensor.shape.elements()));
  std::memcpy(values.data(), bytes.data(), needed);
  return values;
}

Result<FloatValues> ReadImageTensor(const std::string& file, const ExternalTensor& tensor,
                                    const Network& network) {
  const Shape& shape = tensor.shape;
  if (shape.rank() != 4 || shape[0] != 1)
    return DataError(
        file, fmt::format("input \"{}\" ({}) is not an image", tensor.name, shape.ToString()),
        "give a .npy or raw float32 file");
  const Shape stored{1, shape[2], shape[3], shape[1]};
  IMCC_ASSIGN(const FloatValues values,
              LoadSample({.path = file}, network, stored[1], stored[2], stored[3]));
  return ToExternal(values, stored, Layout::kChannelsLast);
}

/// int8 says neither NaN nor infinity.
Status CheckFinite(const std::string& file, const FloatValues& values) {
  const auto bad =
      std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  if (bad == values.end()) return {};
  return DataError(file, fmt::format("value {} is {}", bad - values.begin(), *bad),
                   "give finite values; positions count from 0, in the order of the file");
}

Result<FloatValues> ReadAnyTensor(const std::string& file, const ExternalTensor& tensor,
                                  const QTensor* device, const Network& network) {
  const std::string extension = std::filesystem::path(file).extension().string();
  if (extension == ".npy") return ReadNpyTensor(file, tensor, device);
  if (extension == ".raw" || extension == ".bin" || extension == (tensor.is_int8 ? ".i8" : ".f32"))
    return ReadRawTensor(file, tensor, device);
  return ReadImageTensor(file, tensor, network);
}

Result<FloatValues> ReadTensor(const std::string& file, const ExternalTensor& tensor,
                               const QTensor* device, const Network& network) {
  IMCC_ASSIGN(FloatValues values, ReadAnyTensor(file, tensor, device, network));
  IMCC_TRY(CheckFinite(file, values));
  return values;
}

}  // namespace

Result<std::vector<FrameInputs>> ReadFrameInputs(const Session& session,
                                                 const std::vector<std::string>& files) {
  const size_t inputs = session.inputs().size();
  if (files.size() % inputs != 0)
    return Error{.code = ErrorCode::kUsage,
                 .subject = "--input",
                 .message = fmt::format("{} files given, and the network has {} inputs",
                                        files.size(), inputs),
                 .hint = "give one file for each input of each frame"};
  IMCC_ASSIGN(const Network network,
              ParseInputProcessing(session.file().text, session.file().path));
  std::vector<FrameInputs> frames;
  for (size_t i = 0; i < files.size(); ++i) {
    if (i % inputs == 0) frames.emplace_back();
    const ExternalTensor& tensor = session.inputs()[i % inputs];
    IMCC_ASSIGN(FloatValues values,
                ReadTensor(files[i], tensor, session.DeviceInput(tensor.name), network));
    frames.back().push_back(std::move(values));
  }
  return frames;
}

FrameInputs RandomFrameInputs(const Session& session, uint64_t seed) {
  std::mt19937_64 engine(seed);
  FrameInputs inputs;
  for (const ExternalTensor& tensor : session.inputs()) {
    // The range int8 can hold; unit range where a host part comes first.
    const QTensor* device = session.DeviceInput(tensor.name);
    const float scale = device != nullptr ? device->quantization.scale[0] : 1.0F / 128;
    const int32_t zero = device != nullptr ? device->quantization.zero_point[0] : 0;
    FloatValues values(static_cast<size_t>(tensor.shape.elements()));
    for (float& value : values)
      value = scale * static_cast<float>(static_cast<int32_t>(engine() % 256) - 128 - zero);
    inputs.push_back(std::move(values));
  }
  return inputs;
}

}  // namespace imcc
