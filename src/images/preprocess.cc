// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "images/data_error.h"
#include "images/images.h"
#include "images/resample.h"
#include "images/value_tables.h"

namespace imcc {
namespace {

using Kind = PreprocessStep::Kind;

Error StepError(std::string_view step, std::string message, std::string hint) {
  return Error{.code = ErrorCode::kData,
               .subject = fmt::format("preprocessing step {}", step),
               .message = std::move(message),
               .hint = std::move(hint)};
}

/// Applies steps to one image.
class Preprocessor {
 public:
  Preprocessor(const Image& image, ColorFormat wanted, int64_t model_channels) {
    canvas_ = {.width = image.width, .height = image.height, .channels = image.channels};
    canvas_.values.assign(image.pixels.begin(), image.pixels.end());
    color_ = image.channels == 1 ? ColorFormat::kGray : ColorFormat::kRgb;
    // A grey image for a network of one channel is what it takes, whatever colour was announced.
    if (color_ == ColorFormat::kGray && model_channels == 1) return;
    ConvertColor(wanted);
  }

  Status Apply(const PreprocessStep& step) {
    if (!IsByValue(step.kind)) Settle();
    switch (step.kind) {
      case Kind::kResize:
        return Resize(step);
      case Kind::kCenterCrop:
        return CenterCrop(step.width, step.height);
      case Kind::kLetterbox:
        return Letterbox(step);
      case Kind::kToTensor:
        return ToTensor(step.scale);
      case Kind::kNormalize:
        return Normalize(step);
      case Kind::kLinearScaling:
        return Scale("linear-scaling", step.mul, step.add);
      case Kind::kContrastNormalize:
        return ContrastNormalize();
      case Kind::kConvertColor:
        return ConvertColor(step.color_format), Status();
    }
    IMCC_CHECK(false, "unknown preprocessing step");
  }

  const Canvas& Finish() {
    Settle();
    return canvas_;
  }
  std::vector<float> Take() { return std::move(canvas_.values); }

 private:
  static bool IsByValue(Kind kind) {
    return kind == Kind::kToTensor || kind == Kind::kNormalize || kind == Kind::kLinearScaling;
  }
  /// value = step(value, channel), now or when a step needs to see the pixels.
  template <class Step>
  void ApplyByValue(const Step& step);
  void Settle();
  Status ResizeTo(std::string_view step, int64_t width, int64_t height,
                  Interpolation interpolation);
  Status Resize(const PreprocessStep& step);
  Status CenterCrop(int64_t width, int64_t height);
  Status Letterbox(const PreprocessStep& step);
  Status ToTensor(bool scale);
  Status Normalize(const PreprocessStep& step);
  Status Scale(std::string_view step, const std::vector<double>& mul,
               const std::vector<double>& add);
  Status ContrastNormalize();
  void ConvertColor(ColorFormat wanted);
  Status Place(std::string_view step, int64_t width, int64_t height, int64_t left, int64_t top,
               float fill);

  Canvas canvas_;
  bool has_bytes_ = true;              // While is_u8 is set: padding may be of any value.
  std::optional<ValueTables> tables_;  // Steps that the canvas has yet to go through.
  ColorFormat color_ = ColorFormat::kRgb;
};

template <class Step>
void Preprocessor::ApplyByValue(const Step& step) {
  if (canvas_.is_u8 && has_bytes_) tables_.emplace(canvas_.channels);
  canvas_.is_u8 = false;
  if (tables_) return tables_->Apply(step);
  const auto channels = static_cast<size_t>(canvas_.channels);
  for (size_t i = 0; i < canvas_.values.size(); ++i)
    canvas_.values[i] = step(canvas_.values[i], i % channels);
}

void Preprocessor::Settle() {
  if (tables_) tables_->Map(canvas_);
  tables_.reset();
}

Status CheckStepSize(std::string_view step, int64_t width, int64_t height) {
  if (width >= 1 && height >= 1 && width <= kMaxPixels && height <= kMaxPixels / width) return {};
  return StepError(step, fmt::format("the image would be {} x {} pixels", width, height),
                   "the limit is 2^26 pixels in all");
}

Status Preprocessor::ResizeTo(std::string_view step, int64_t width, int64_t height,
                              Interpolation interpolation) {
  IMCC_TRY(CheckStepSize(step, width, height));
  // The image between the two passes.
  IMCC_TRY(CheckStepSize(step, width, canvas_.height));
  canvas_ = Resample(canvas_, width, height, interpolation);
  return {};
}

Status Preprocessor::Resize(const PreprocessStep& step) {
  if (step.size == 0) return ResizeTo("resize", step.width, step.height, step.interpolation);
  // torchvision: the short side becomes `size`, the long one keeps the aspect, cut to an integer.
  const int64_t shorter = std::min(canvas_.width, canvas_.height);
  if (shorter == step.size) return {};
  const int64_t width = step.size * canvas_.width / shorter;
  const int64_t height = step.size * canvas_.height / shorter;
  return ResizeTo("resize", width, height, step.interpolation);
}

/// The image at (left, top) of a plane of the given size; what sticks out is cut off.
Status Preprocessor::Place(std::string_view step, int64_t width, int64_t height, int64_t left,
                           int64_t top, float fill) {
  IMCC_TRY(CheckStepSize(step, width, height));
  Canvas out{
      .width = width, .height = height, .channels = canvas_.channels, .is_u8 = canvas_.is_u8};
  out.values.assign(static_cast<size_t>(width * height * canvas_.channels), fill);
  const int64_t first = std::max<int64_t>(left, 0);
  const int64_t end = std::min(left + canvas_.width, width);
  for (int64_t row = std::max<int64_t>(top, 0); row < std::min(top + canvas_.height, height);
       ++row) {
    if (first < end)
      std::copy_n(canvas_.at(row - top, first - left), (end - first) * canvas_.channels,
                  out.at(row, first));
  }
  canvas_ = std::move(out);
  has_bytes_ = has_bytes_ && fill >= 0 && fill <= 255 && fill == std::floor(fill);
  return {};
}

Status Preprocessor::CenterCrop(int64_t width, int64_t height) {
  // torchvision: small images are padded with 0 first, (missing) / 2 before; then cropped at
  // round((size - crop) / 2), half to even.
  const auto start = [](int64_t have, int64_t want) {
    if (have < want) return (want - have) / 2;
    return -static_cast<int64_t>(std::nearbyint(static_cast<double>(have - want) / 2));
  };
  return Place("centercrop", width, height, start(canvas_.width, width),
               start(canvas_.height, height), 0);
}

Status Preprocessor::Letterbox(const PreprocessStep& step) {
  const double scale =
      std::min(static_cast<double>(step.width) / static_cast<double>(canvas_.width),
               static_cast<double>(step.height) / static_cast<double>(canvas_.height));
  const auto scaled = [scale](int64_t length) {
    return std::max<int64_t>(std::llround(static_cast<double>(length) * scale), 1);
  };
  IMCC_TRY(
      ResizeTo("letterbox", scaled(canvas_.width), scaled(canvas_.height), step.interpolation));
  return Place("letterbox", step.width, step.height, (step.width - canvas_.width) / 2,
               (step.height - canvas_.height) / 2, static_cast<float>(step.fill));
}

Status Preprocessor::ToTensor(bool scale) {
  ApplyByValue([scale](float value, size_t) { return scale ? value / 255.0F : value; });
  return {};
}

Status Preprocessor::Normalize(const PreprocessStep& step) {
  std::vector<double> mul;
  std::vector<double> add;
  for (size_t i = 0; i < std::min(step.mean.size(), step.std.size()); ++i) {
    mul.push_back(1 / step.std[i]);
    add.push_back(-step.mean[i] / step.std[i]);
  }
  return Scale("normalize", mul, add);
}

Status Preprocessor::Scale(std::string_view step, const std::vector<double>& mul,
                           const std::vector<double>& add) {
  const auto channels = static_cast<size_t>(canvas_.channels);
  if (mul.empty() || mul.size() != add.size() || (mul.size() != 1 && mul.size() != channels)) {
    return StepError(
        step,
        fmt::format("it has numbers for {} channels and the image has {}", mul.size(), channels),
        "give one number per channel, or one for all");
  }
  ApplyByValue([&](float value, size_t channel) {
    const size_t c = mul.size() == 1 ? 0 : channel;
    return static_cast<float>(static_cast<double>(value) * mul[c] + add[c]);
  });
  return {};
}

Status Preprocessor::ContrastNormalize() {
  canvas_.is_u8 = false;
  const auto [low, high] = std::minmax_element(canvas_.values.begin(), canvas_.values.end());
  const float offset = *low;
  const float range = *high - *low;
  for (float& value : canvas_.values) value = range > 0 ? (value - offset) / range : 0.0F;
  return {};
}

void Preprocessor::ConvertColor(ColorFormat wanted) {
  if (color_ == wanted) return;
  if (color_ == ColorFormat::kGray) {
    std::vector<float> values;
    values.reserve(3 * canvas_.values.size());
    for (const float value : canvas_.values) values.insert(values.end(), 3, value);
    canvas_.values = std::move(values);
    canvas_.channels = 3;
  } else if (wanted == ColorFormat::kGray) {
    const size_t red = color_ == ColorFormat::kBgr ? 2 : 0;
    const size_t pixels = canvas_.values.size() / 3;
    for (size_t i = 0; i < pixels; ++i) {
      const float* p = canvas_.values.data() + 3 * i;
      // Pillow's convert("L"): ITU-R 601-2 luma, rounded, in 16-bit fixed point.
      const double luma = 19595.0 * static_cast<double>(p[red]) +
                          38470.0 * static_cast<double>(p[1]) +
                          7471.0 * static_cast<double>(p[2 - red]);
      canvas_.values[i] = static_cast<float>(canvas_.is_u8 ? std::floor((luma + 0x8000) / 0x10000)
                                                           : luma / 0x10000);
    }
    canvas_.values.resize(pixels);
    canvas_.channels = 1;
  } else {
    for (size_t i = 0; i < canvas_.values.size(); i += 3)
      std::swap(canvas_.values[i], canvas_.values[i + 2]);
  }
  color_ = wanted;
}

Error SizeMismatch(const Canvas& canvas, int64_t height, int64_t width, int64_t channels) {
  if (canvas.channels != channels) {
    return Error{
        .code = ErrorCode::kData,
        .subject = "preprocessing",
        .message = fmt::format("the image has {} channels and the model takes {}", canvas.channels,
                               channels),
        .hint = channels == 1 || channels == 3
                    ? fmt::format("add the step \"convert-color: {{color_format: {}}}\"",
                                  channels == 1 ? "GRAY" : "RGB")
                    : "images feed inputs of 1 or 3 channels; give calibration data as .npy"};
  }
  const bool larger = canvas.width >= width && canvas.height >= height;
  return Error{.code = ErrorCode::kData,
               .subject = "preprocessing",
               .message = fmt::format("the image is {} x {} pixels (width x height) and the model "
                                      "takes {} x {}",
                                      canvas.width, canvas.height, width, height),
               .hint = fmt::format("add the step \"{}: {{width: {}, height: {}}}\"",
                                   larger ? "centercrop" : "resize", width, height)};
}

}  // namespace

Result<std::vector<float>> Preprocess(const Image& image, const Network& network, int64_t height,
                                      int64_t width, int64_t channels) {
  Preprocessor preprocessor(image, network.input_color, channels);
  for (const PreprocessStep& step : network.preprocess) IMCC_TRY(preprocessor.Apply(step));
  const Canvas& canvas = preprocessor.Finish();
  if (canvas.height != height || canvas.width != width || canvas.channels != channels)
    return SizeMismatch(canvas, height, width, channels);
  return preprocessor.Take();
}

}  // namespace imcc
