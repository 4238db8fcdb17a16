// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "config/read_preprocess.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest_name.h"

namespace imcc {
namespace {

using Kind = PreprocessStep::Kind;

constexpr int64_t kMaxSide = 16384;  // Pixels of an image's side.
constexpr size_t kMaxSteps = 64;

/// A step as the file names it.
struct StepRule {
  std::string_view name;
  Kind kind;
  std::vector<std::string> keys;
};

const std::vector<StepRule>& StepRules() {
  static const std::vector<StepRule> rules = {
      {"resize", Kind::kResize, {"size", "width", "height", "interpolation"}},
      {"centercrop", Kind::kCenterCrop, {"width", "height"}},
      {"letterbox", Kind::kLetterbox, {"width", "height", "fill", "pad_val"}},
      {"torch-totensor", Kind::kToTensor, {"scale"}},
      {"normalize", Kind::kNormalize, {"mean", "std"}},
      {"linear-scaling", Kind::kLinearScaling, {"mul", "add", "mean", "shift"}},
      {"contrast-normalize", Kind::kContrastNormalize, {}},
      {"convert-color", Kind::kConvertColor, {"color_format", "format"}},
  };
  return rules;
}

/// Reads the arguments of one step.
class StepReader {
 public:
  StepReader(Reading& reading, const YamlNode& name, const YamlNode& arguments)
      : reading_(reading), name_(name), arguments_(arguments) {}

  Result<PreprocessStep> Read();

 private:
  const YamlEntry* Find(std::string_view key) const { return arguments_.Find(key); }
  Status ReadArguments();
  Status ReadSize(std::string_view key, int64_t& field, bool required);
  Status ReadWidthAndHeight();
  Status ReadResize();
  Status ReadLetterbox();
  Status ReadToTensor();
  Status ReadNormalize();
  Status ReadLinearScaling();
  Status ReadConvertColor();
  Status ReadPair(std::string_view first, std::vector<double>& a, double default_a,
                  std::string_view second, std::vector<double>& b, double default_b);
  Status CheckNoZero(std::string_view key, const std::vector<double>& numbers) const;
  Error ErrorAtStep(const std::string& message, std::string hint) const {
    return reading_.document.ErrorAt(name_, message, std::move(hint));
  }

  Reading& reading_;
  const YamlNode& name_;
  const YamlNode& arguments_;
  PreprocessStep step_;
};

Result<PreprocessStep> StepReader::Read() {
  const auto& rules = StepRules();
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [&](const StepRule& r) { return r.name == name_.text; });
  if (rule == rules.end()) {
    std::vector<std::string> names(rules.size());
    std::transform(rules.begin(), rules.end(), names.begin(),
                   [](const StepRule& r) { return std::string(r.name); });
    std::string hint = DidYouMean(name_.text, names);
    if (hint.empty()) hint = fmt::format("the steps are {}", fmt::join(names, ", "));
    return ErrorAtStep(fmt::format("unknown preprocessing step {}", Quote(name_.text)), hint);
  }
  step_.kind = rule->kind;
  if (!arguments_.IsNull()) {
    KeyRules keys;
    keys.what = fmt::format("step \"{}\"", rule->name);
    keys.known = rule->keys;
    IMCC_TRY(CheckKeys(reading_, arguments_, keys));
  }
  IMCC_TRY(ReadArguments());
  return step_;
}

Status StepReader::ReadArguments() {
  switch (step_.kind) {
    case Kind::kResize:
      return ReadResize();
    case Kind::kCenterCrop:
      return ReadWidthAndHeight();
    case Kind::kLetterbox:
      return ReadLetterbox();
    case Kind::kToTensor:
      return ReadToTensor();
    case Kind::kNormalize:
      return ReadNormalize();
    case Kind::kLinearScaling:
      return ReadLinearScaling();
    case Kind::kContrastNormalize:
      return {};
    case Kind::kConvertColor:
      return ReadConvertColor();
  }
  return {};
}

Status StepReader::ReadSize(std::string_view key, int64_t& field, bool required) {
  const YamlEntry* entry = Find(key);
  if (entry != nullptr) {
    IMCC_ASSIGN(field, ReadInteger(reading_, *entry, 1, kMaxSide));
    return {};
  }
  if (!required) return {};
  return ErrorAtStep(fmt::format("step \"{}\" lacks \"{}\"", name_.text, key),
                     "give it width and height in pixels");
}

Status StepReader::ReadWidthAndHeight() {
  IMCC_TRY(ReadSize("width", step_.width, true));
  return ReadSize("height", step_.height, true);
}

Status StepReader::ReadResize() {
  const bool both =
      Find("size") != nullptr && (Find("width") != nullptr || Find("height") != nullptr);
  if (both)
    return ErrorAtStep("step \"resize\" has both a size and a width or height",
                       "size scales the short side and keeps the aspect; width and height do not");
  if (const YamlEntry* entry = Find("interpolation")) {
    IMCC_ASSIGN(const size_t choice,
                ReadChoice(reading_, *entry, {"bilinear", "nearest", "bicubic"}));
    step_.interpolation = static_cast<Interpolation>(choice);
  }
  if (Find("size") != nullptr) return ReadSize("size", step_.size, true);
  if (Find("width") == nullptr && Find("height") == nullptr)
    return ErrorAtStep("step \"resize\" lacks \"size\", or \"width\" and \"height\"",
                       "size: 256 scales the short side to 256 pixels");
  return ReadWidthAndHeight();
}

Status StepReader::ReadLetterbox() {
  IMCC_TRY(ReadWidthAndHeight());
  for (const std::string_view key : {"fill", "pad_val"}) {
    const YamlEntry* entry = Find(key);
    if (entry == nullptr) continue;
    IMCC_ASSIGN(step_.fill, ReadNumber(reading_, *entry));
    if (step_.fill < 0 || step_.fill > 255) return WrongType(reading_, *entry, "from 0 to 255");
  }
  return {};
}

Status StepReader::ReadToTensor() {
  if (const YamlEntry* entry = Find("scale")) {
    IMCC_ASSIGN(step_.scale, ReadBool(reading_, *entry));
  }
  return {};
}

Status StepReader::ReadPair(std::string_view first, std::vector<double>& a, double default_a,
                            std::string_view second, std::vector<double>& b, double default_b) {
  a = {default_a};
  b = {default_b};
  if (const YamlEntry* entry = Find(first)) {
    IMCC_ASSIGN(a, ReadNumbers(reading_, *entry));
  }
  if (const YamlEntry* entry = Find(second)) {
    IMCC_ASSIGN(b, ReadNumbers(reading_, *entry));
  }
  if (a.size() == 1) a.resize(b.size(), a[0]);
  if (b.size() == 1) b.resize(a.size(), b[0]);
  if (a.size() == b.size()) return {};
  return ErrorAtStep(fmt::format("step \"{}\" has {} numbers in \"{}\" but {} in \"{}\"",
                                 name_.text, a.size(), first, b.size(), second),
                     "give one number per channel, or one for all");
}

Status StepReader::CheckNoZero(std::string_view key, const std::vector<double>& numbers) const {
  if (std::find(numbers.begin(), numbers.end(), 0.0) == numbers.end()) return {};
  return reading_.document.ErrorAt(Find(key)->value,
                                   fmt::format("\"{}\" holds a 0, which divides", key));
}

Status StepReader::ReadNormalize() {
  if (Find("mean") == nullptr && Find("std") == nullptr)
    return ErrorAtStep("step \"normalize\" lacks \"mean\" and \"std\"",
                       "write {mean: [...], std: [...]}, one number per channel");
  IMCC_TRY(ReadPair("mean", step_.mean, 0, "std", step_.std, 1));
  return CheckNoZero("std", step_.std);
}

Status StepReader::ReadLinearScaling() {
  // Two spellings: x * mul + add, and the zoo's x / mean + shift.
  const bool ours = Find("mul") != nullptr || Find("add") != nullptr;
  const bool zoo = Find("mean") != nullptr || Find("shift") != nullptr;
  if (ours == zoo)
    return ErrorAtStep(
        "step \"linear-scaling\" needs either \"mul\" and \"add\" or \"mean\" and "
        "\"shift\"",
        "x * mul + add; x / mean + shift");
  if (ours) return ReadPair("mul", step_.mul, 1, "add", step_.add, 0);
  IMCC_TRY(ReadPair("mean", step_.mul, 1, "shift", step_.add, 0));
  IMCC_TRY(CheckNoZero("mean", step_.mul));
  for (double& factor : step_.mul) factor = 1 / factor;
  return {};
}

Status StepReader::ReadConvertColor() {
  const YamlEntry* entry = Find("color_format") != nullptr ? Find("color_format") : Find("format");
  if (entry == nullptr)
    return ErrorAtStep("step \"convert-color\" lacks \"color_format\"", "RGB, BGR or GRAY");
  const size_t arrow = entry->value.text.find('2');  // The zoo writes RGB2BGR.
  if (!entry->value.IsScalar() || arrow == std::string::npos) {
    IMCC_ASSIGN(step_.color_format, ReadColorFormat(reading_, *entry));
    return {};
  }
  YamlEntry from = *entry;
  YamlEntry to = *entry;
  from.value.text = entry->value.text.substr(0, arrow);
  to.value.text = entry->value.text.substr(arrow + 1);
  IMCC_ASSIGN([[maybe_unused]] const ColorFormat source, ReadColorFormat(reading_, from));
  IMCC_ASSIGN(step_.color_format, ReadColorFormat(reading_, to));
  return {};
}

/// "- name", "- name:" or "- name: {...}".
Result<PreprocessStep> ReadStep(Reading& reading, const YamlNode& item) {
  const YamlNode nothing;
  if (item.IsScalar()) return StepReader(reading, item, nothing).Read();
  if (!item.IsMap() || item.entries.size() != 1)
    return reading.document.ErrorAt(
        item,
        fmt::format("a preprocessing step must be one name with its arguments, not {}",
                    Describe(item)),
        "write \"- name: {key: value}\"; check the indentation");
  return StepReader(reading, item.entries[0].key, item.entries[0].value).Read();
}

}  // namespace

Result<std::vector<PreprocessStep>> ReadPreprocess(Reading& reading, const YamlEntry& list) {
  std::vector<PreprocessStep> steps;
  if (list.value.IsNull()) return steps;
  if (!list.value.IsSequence())
    return WrongType(reading, list, "a list of steps", "write \"- name: {key: value}\" lines");
  if (list.value.items.size() > kMaxSteps)
    return reading.document.ErrorAt(list.key, fmt::format("more than {} steps", kMaxSteps));
  for (const YamlNode& item : list.value.items) {
    IMCC_ASSIGN(PreprocessStep step, ReadStep(reading, item));
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace imcc
