// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/parse_scalar.h"
#include "images/data_error.h"
#include "images/sample_file.h"
#include "images/sample_list.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxSamples = size_t{1} << 24;

bool IsImageName(const fs::path& path) {
  static constexpr std::array<std::string_view, 6> kEndings = {".jpg", ".jpeg", ".png",
                                                               ".ppm", ".pgm",  ".pnm"};
  std::string ending = path.extension().string();
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

/// The sorted entries of a folder for which `wanted` holds.
template <class Wanted>
Result<std::vector<std::string>> SortedEntries(const std::string& folder, const Wanted& wanted) {
  std::vector<std::string> entries;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (wanted(*it)) entries.push_back(it->path().string());
    if (entries.size() > kMaxSamples) return DataError(folder, "holds more than 2^24 files");
  }
  if (failure) return DataError(folder, "cannot be listed: " + failure.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

Result<std::vector<std::string>> ImagesIn(const std::string& folder) {
  return SortedEntries(folder, [](const fs::directory_entry& entry) {
    std::error_code failure;
    return entry.is_regular_file(failure) && IsImageName(entry.path());
  });
}

Result<std::vector<std::string>> FoldersIn(const std::string& folder) {
  return SortedEntries(folder, [](const fs::directory_entry& entry) {
    std::error_code failure;
    return entry.is_directory(failure) && !entry.path().filename().string().starts_with('.');
  });
}

/// Numbers if all folders are named by them, else their places in the alphabet.
std::vector<int64_t> ClassNumbers(const std::vector<std::string>& folders) {
  std::vector<int64_t> numbers;
  for (const std::string& folder : folders) {
    std::string name = fs::path(folder).filename().string();
    name.erase(0, std::min(name.find_first_not_of('0'), name.size() - 1));
    if (const auto number = ParseInteger(name); number && *number >= 0) numbers.push_back(*number);
  }
  if (numbers.size() == folders.size()) return numbers;
  numbers.clear();
  for (size_t i = 0; i < folders.size(); ++i) numbers.push_back(static_cast<int64_t>(i));
  return numbers;
}

Result<std::vector<SampleRef>> ListFolder(const std::string& folder) {
  std::vector<SampleRef> samples;
  IMCC_ASSIGN(const std::vector<std::string> images, ImagesIn(folder));
  for (const std::string& image : images) samples.push_back({.path = image});
  if (!samples.empty()) return samples;
  IMCC_ASSIGN(const std::vector<std::string> folders, FoldersIn(folder));
  const std::vector<int64_t> numbers = ClassNumbers(folders);
  for (size_t i = 0; i < folders.size(); ++i) {
    IMCC_ASSIGN(const std::vector<std::string> members, ImagesIn(folders[i]));
    for (const std::string& image : members)
      samples.push_back({.path = image, .label = numbers[i]});
  }
  if (samples.empty())
    return DataError(folder, "holds no images", "JPEG, PNG, PPM and PGM files are looked for");
  return samples;
}

Result<std::vector<SampleRef>> ListSampleFile(const std::string& path) {
  IMCC_ASSIGN(const auto file, OpenSampleFile(path));
  const int64_t count = file->count();
  if (count > static_cast<int64_t>(kMaxSamples)) return DataError(path, "holds too many samples");
  std::optional<std::vector<int64_t>> labels;
  if (IsU8Name(path)) {
    IMCC_ASSIGN(labels, ReadU8Labels(path, count));
  } else if (IsIdxName(path)) {
    IMCC_ASSIGN(labels, ReadIdxLabels(path, count));
  }
  std::vector<SampleRef> samples;
  for (int64_t i = 0; i < count; ++i) {
    SampleRef sample{.path = path, .index = i};
    if (labels) sample.label = (*labels)[static_cast<size_t>(i)];
    samples.push_back(std::move(sample));
  }
  return samples;
}

Result<std::vector<SampleRef>> ListAny(const std::string& path) {
  std::error_code failure;
  if (!fs::exists(path, failure))
    return DataError(path, "no such file or folder", "check the path under datasets:");
  if (fs::is_directory(path, failure)) return ListFolder(path);
  if (IsSampleFile(path)) return ListSampleFile(path);
  if (IsListName(path)) return ReadSampleList(path);
  if (IsImageName(path)) return std::vector<SampleRef>{{.path = path}};
  return DataError(path, "is not a kind of data set imcc knows",
                   "use a folder of images, .csv, .u8, .f32, .npy or IDX (images-idx3-ubyte[.gz])");
}

Error NoData(const Network& network, std::string_view key) {
  return Error{.code = ErrorCode::kData,
               .place = {.file = network.yaml_path},
               .subject = network.model_name,
               .message = fmt::format("its data set has no {}", key),
               .hint = fmt::format("add {} under datasets:", key)};
}

Status CheckLabels(const Network& network, const std::string& path,
                   const std::vector<SampleRef>& samples) {
  for (const SampleRef& sample : samples) {
    if (!sample.label)
      return DataError(
          path, fmt::format("no label for {}", sample.path),
          "validation needs a \"path,label\" list, a folder per class, or a label file");
    if (network.num_classes > 0 && *sample.label >= network.num_classes)
      return DataError(path,
                       fmt::format("label {} of {} is not below num_classes {}", *sample.label,
                                   sample.path, network.num_classes),
                       "correct the label or num_classes");
  }
  return {};
}

}  // namespace

bool IsSampleFile(const std::string& path) {
  return IsU8Name(path) || IsF32Name(path) || IsNpyName(path) || IsIdxName(path);
}

Result<std::unique_ptr<SampleFile>> OpenSampleFile(const std::string& path) {
  if (IsU8Name(path)) return OpenU8File(path);
  if (IsF32Name(path)) return OpenF32File(path);
  if (IsNpyName(path)) return OpenNpySamples(path);
  return OpenIdxFile(path);
}

Result<std::vector<SampleRef>> ListCalibrationSamples(const Network& network) {
  if (!network.dataset) return NoData(network, "repr_imgs_dir_path");
  const std::string& folder = network.dataset->calibration_dir;
  const std::string& data = network.dataset->calibration_data;
  if (folder.empty() && data.empty()) return NoData(network, "repr_imgs_dir_path");
  return ListAny(folder.empty() ? data : folder);
}

Result<std::vector<SampleRef>> ListValidationSamples(const Network& network) {
  if (!network.dataset || network.dataset->validation_data.empty())
    return NoData(network, "val_data");
  const std::string& path = network.dataset->validation_data;
  IMCC_ASSIGN(std::vector<SampleRef> samples, ListAny(path));
  IMCC_TRY(CheckLabels(network, path, samples));
  return samples;
}

}  // namespace imcc
