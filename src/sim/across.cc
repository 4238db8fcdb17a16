// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "isa/parameters.h"
#include "sim/core.h"

namespace imcc {
namespace {

/// What one AcrossTask does to one pixel.
class PixelFunction {
 public:
  PixelFunction(const AcrossTask& task, const uint8_t* parameters)
      : task_(task), parameters_(parameters) {
    if (task.kind == AcrossTask::kSoftmax) softmax_ = DecodeSoftmax(parameters);
    if (task.kind == AcrossTask::kLayerNorm)
      normalize_ = DecodeNormalize(parameters, task.channels);
  }

  /// What is wrong with the parameters, which a damaged program may hold; null if nothing is.
  const char* Complaint() const {
    if (task_.kind == AcrossTask::kSoftmax && !AreValid(softmax_))
      return "the parameters of a softmax are out of range";
    if (task_.kind == AcrossTask::kLayerNorm && !AreValid(normalize_))
      return "the parameters of a normalisation are out of range";
    return nullptr;
  }

  void Run(const int8_t* in, int8_t* out) const {
    const bool smallest =
        task_.kind == AcrossTask::kSmallest || task_.kind == AcrossTask::kIndexOfSmallest;
    switch (task_.kind) {
      case AcrossTask::kSoftmax:
        SoftmaxRow(in, task_.channels, softmax_, out);
        break;
      case AcrossTask::kLayerNorm:
        NormalizeRow(in, task_.channels, normalize_, out);
        break;
      case AcrossTask::kLargest:
      case AcrossTask::kSmallest: {
        const int8_t value = in[ExtremeIndex(in, task_.channels, smallest, false)];
        *out = static_cast<int8_t>(parameters_[value + 128]);
        break;
      }
      default: {
        const bool last = (task_.flags & AcrossTask::kLast) != 0;
        const int64_t index = ExtremeIndex(in, task_.channels, smallest, last);
        *out = static_cast<int8_t>(index + static_cast<int8_t>(parameters_[0]));
        break;
      }
    }
  }

 private:
  const AcrossTask& task_;
  const uint8_t* parameters_;
  SoftmaxParameters softmax_;
  NormalizeParameters normalize_;
};

}  // namespace

Status Core::Run(const AcrossTask& t) {
  const PixelFunction function(t, memory_.At(index_, t.parameters));
  if (const char* complaint = function.Complaint())
    return Error{.code = ErrorCode::kSimulation, .message = complaint};
  for (int64_t y = 0; y < t.height; ++y)
    for (int64_t x = 0; x < t.width; ++x)
      function.Run(Bytes8(t.input) + y * t.row_stride_in + x * t.pixel_stride_in,
                   Bytes8(t.output) + y * t.row_stride_out + x * t.pixel_stride_out);
  return {};
}

}  // namespace imcc
