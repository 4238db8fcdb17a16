// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "isa/parameters.h"

#include "isa/byte_codec.h"

namespace imcc {

namespace {

template <class T>
std::vector<T> GetMany(ByteReader& reader, int64_t count) {
  std::vector<T> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(reader.Get<T>());
  return values;
}

bool HasChannelZeroPoints(const WindowTask& task) {
  return (task.flags & WindowTask::kChannelZeroPoints) != 0;
}

int64_t RequantizerCount(const WindowTask& task) {
  switch (task.kind) {
    case WindowTask::kAverage:
      return int64_t{task.kernel_h} * task.kernel_w;
    case WindowTask::kGlobalAverage:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::vector<uint8_t> EncodeChannelParameters(const std::vector<int32_t>& bias,
                                             const std::vector<uint32_t>& requantizers) {
  ByteWriter writer;
  for (size_t i = 0; i < bias.size(); ++i) {
    writer.Put(bias[i]);
    writer.Put(requantizers[i]);
  }
  return std::move(writer).Take();
}

std::vector<uint8_t> EncodeElementwiseParameters(const ElementwiseParameters& p) {
  ByteWriter writer;
  for (const int32_t value : {p.multiplier_a, p.multiplier_b, p.shift}) writer.Put(value);
  writer.Put(p.product);
  for (const int8_t value : {p.zero_point_a, p.zero_point_b, p.zero_point_out, p.lo, p.hi})
    writer.Put(value);
  while (writer.bytes().size() < kElementwiseParameterBytes) writer.Put(uint8_t{0});
  return std::move(writer).Take();
}

ElementwiseParameters DecodeElementwiseParameters(const uint8_t* bytes) {
  ByteReader reader(bytes);
  ElementwiseParameters p;
  for (int32_t* value : {&p.multiplier_a, &p.multiplier_b, &p.shift})
    *value = reader.Get<int32_t>();
  p.product = reader.Get<uint32_t>();
  for (int8_t* value : {&p.zero_point_a, &p.zero_point_b, &p.zero_point_out, &p.lo, &p.hi})
    *value = reader.Get<int8_t>();
  return p;
}

int64_t ElementwiseTableBytes(uint8_t kind) {
  if (kind == ElementwiseTask::kDiv) return kTableBytes * static_cast<int64_t>(sizeof(uint32_t));
  return kind == ElementwiseTask::kMax || kind == ElementwiseTask::kMin ? 2 * kTableBytes : 0;
}

std::vector<uint8_t> EncodeWindowParameters(WindowTask::Kind kind, const WindowParameters& p) {
  ByteWriter writer;
  for (const int8_t value : {p.zero_point_in, p.zero_point_out, p.lo, p.hi, p.pad_value})
    writer.Put(value);
  writer.Put(static_cast<uint8_t>(p.count_include_pad ? 1 : 0));
  while (writer.bytes().size() < kWindowHeaderBytes) writer.Put(uint8_t{0});
  for (size_t i = 0; i < p.requantizers.size(); ++i) {
    if (kind == WindowTask::kDepthwise) writer.Put(p.bias[i]);
    writer.Put(p.requantizers[i]);
  }
  for (const int8_t weight : p.weights) writer.Put(weight);
  for (const int8_t zero : p.zero_points) writer.Put(zero);
  return std::move(writer).Take();
}

int64_t WindowParameterBytes(const WindowTask& task) {
  if (task.kind != WindowTask::kDepthwise) return kWindowHeaderBytes + 4 * RequantizerCount(task);
  const int64_t taps = int64_t{task.kernel_h} * task.kernel_w;
  return kWindowHeaderBytes +
         task.channels * (kChannelParameterBytes + taps + (HasChannelZeroPoints(task) ? 1 : 0));
}

WindowParameters DecodeWindowParameters(const WindowTask& task, const uint8_t* bytes) {
  WindowParameters p;
  ByteReader header(bytes);
  for (int8_t* value : {&p.zero_point_in, &p.zero_point_out, &p.lo, &p.hi, &p.pad_value})
    *value = header.Get<int8_t>();
  p.count_include_pad = header.Get<uint8_t>() != 0;
  ByteReader reader(bytes + kWindowHeaderBytes);
  if (task.kind != WindowTask::kDepthwise) {
    p.requantizers = GetMany<uint32_t>(reader, RequantizerCount(task));
    return p;
  }
  for (int c = 0; c < task.channels; ++c) {
    p.bias.push_back(reader.Get<int32_t>());
    p.requantizers.push_back(reader.Get<uint32_t>());
  }
  p.weights = GetMany<int8_t>(reader, int64_t{task.kernel_h} * task.kernel_w * task.channels);
  if (HasChannelZeroPoints(task)) p.zero_points = GetMany<int8_t>(reader, task.channels);
  return p;
}

std::vector<uint8_t> EncodeResizeParameters(const std::vector<ResizeTap>& rows,
                                            const std::vector<ResizeTap>& columns) {
  ByteWriter writer;
  writer.Put(static_cast<uint16_t>(rows.size()));
  writer.Put(static_cast<uint16_t>(columns.size()));
  for (const auto* taps : {&rows, &columns})
    for (const ResizeTap& tap : *taps)
      for (const uint16_t value : {tap.lo, tap.hi, tap.weight}) writer.Put(value);
  return std::move(writer).Take();
}

ResizeTap DecodeResizeTap(const uint8_t* bytes) {
  ByteReader reader(bytes);
  ResizeTap tap;
  for (uint16_t* value : {&tap.lo, &tap.hi, &tap.weight}) *value = reader.Get<uint16_t>();
  return tap;
}

std::vector<uint8_t> EncodeSoftmax(const SoftmaxParameters& p) {
  ByteWriter writer;
  writer.Put(p.zero_point);
  for (int i = 0; i < 3; ++i) writer.Put(uint8_t{0});
  writer.Put(Pack(p.inverse_scale));
  for (const uint32_t value : p.exponentials) writer.Put(value);
  return std::move(writer).Take();
}

SoftmaxParameters DecodeSoftmax(const uint8_t* bytes) {
  ByteReader reader(bytes);
  SoftmaxParameters p;
  p.zero_point = reader.Get<int8_t>();
  for (int i = 0; i < 3; ++i) reader.Get<uint8_t>();
  p.inverse_scale = UnpackRequantizer(reader.Get<uint32_t>());
  for (uint32_t& value : p.exponentials) value = reader.Get<uint32_t>();
  return p;
}

std::vector<uint8_t> EncodeNormalize(const NormalizeParameters& p) {
  ByteWriter writer;
  for (const int8_t value : {p.zero_point_x, p.zero_point_y, p.clamp.lo, p.clamp.hi})
    writer.Put(value);
  writer.Put(p.shift);
  writer.Put(p.epsilon);
  for (const int64_t value : p.offset) writer.Put(value);
  for (const int32_t value : p.gain) writer.Put(value);
  return std::move(writer).Take();
}

NormalizeParameters DecodeNormalize(const uint8_t* bytes, int64_t channels) {
  ByteReader reader(bytes);
  NormalizeParameters p;
  for (int8_t* value : {&p.zero_point_x, &p.zero_point_y, &p.clamp.lo, &p.clamp.hi})
    *value = reader.Get<int8_t>();
  p.shift = reader.Get<int32_t>();
  p.epsilon = reader.Get<int64_t>();
  p.offset = GetMany<int64_t>(reader, channels);
  p.gain = GetMany<int32_t>(reader, channels);
  return p;
}

int64_t AcrossParameterBytes(const AcrossTask& task) {
  switch (task.kind) {
    case AcrossTask::kSoftmax:
      return 8 + 4 * kTableBytes;
    case AcrossTask::kLayerNorm:
      return 16 + int64_t{12} * task.channels;
    case AcrossTask::kLargest:
    case AcrossTask::kSmallest:
      return kTableBytes;
    default:
      return 4;
  }
}

}  // namespace imcc
