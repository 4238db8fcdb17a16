// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "images/images.h"

/// Files that hold many samples.
namespace imcc {

/// A ready input as the file has it.
struct RawTensor {
  std::vector<int64_t> shape;  // Of one sample.
  std::vector<float> values;
};

/// An open file of samples. Not thread-safe.
class SampleFile {
 public:
  virtual ~SampleFile() = default;
  virtual int64_t count() const = 0;
  /// Reads sample `index`, 0 <= index < count().
  virtual Result<std::variant<Image, RawTensor>> Read(int64_t index) = 0;
};

/// True if the name is one of a file of samples (.u8, .f32, .npy, IDX).
bool IsSampleFile(const std::string& path);

/// Opens it, by its name.
Result<std::unique_ptr<SampleFile>> OpenSampleFile(const std::string& path);

bool IsU8Name(const std::string& path);
Result<std::unique_ptr<SampleFile>> OpenU8File(const std::string& path);
/// Labels of all samples; nothing if there is no label file.
Result<std::optional<std::vector<int64_t>>> ReadU8Labels(const std::string& path, int64_t count);

bool IsF32Name(const std::string& path);
Result<std::unique_ptr<SampleFile>> OpenF32File(const std::string& path);

bool IsIdxName(const std::string& path);
Result<std::unique_ptr<SampleFile>> OpenIdxFile(const std::string& path);
Result<std::optional<std::vector<int64_t>>> ReadIdxLabels(const std::string& path, int64_t count);

bool IsNpyName(const std::string& path);
/// The first axis counts samples.
Result<std::unique_ptr<SampleFile>> OpenNpySamples(const std::string& path);

}  // namespace imcc
