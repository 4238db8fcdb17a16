// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace imcc::testing {

using Batches = std::vector<std::vector<float>>;

/// Asks PyTorch's observers and a model of them (torch_observers.py) for the ranges of any number
/// of cases.
class TorchWitness {
 public:
  /// `name` is that of a folder of its own.
  explicit TorchWitness(const std::string& name)
      : folder_(std::filesystem::path(::testing::TempDir()) / ("imcc_torch_" + name)) {
    std::filesystem::create_directories(folder_);
    values_.open(folder_ / "values.f32", std::ios::binary);
    batches_.open(folder_ / "batches.txt");
  }
  TorchWitness(const TorchWitness&) = delete;
  TorchWitness& operator=(const TorchWitness&) = delete;
  ~TorchWitness() { std::filesystem::remove_all(folder_); }

  /// Names hold no spaces; all batches of a case have `channels`, the innermost axis.
  void Add(const std::string& name, const float* values, int64_t count, int64_t channels) {
    batches_ << name << " " << count << " " << channels << "\n";
    values_.write(reinterpret_cast<const char*>(values),
                  static_cast<std::streamsize>(static_cast<size_t>(count) * sizeof(float)));
  }

  struct Range {
    std::string name;
    std::string scheme;  // search, min_max, or the channel's number.
    float min = 0;
    float max = 0;
  };

  /// The exit code; 77 or 127 where there is no torch.
  int Ask() {
    values_.close();
    batches_.close();
    const int status = std::system(
        fmt::format("/usr/bin/python3 -B {}/tests/quantize/torch_observers.py {} 2>{}/errors.txt",
                    IMCC_SOURCE_DIR, folder_.string(), folder_.string())
            .c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  }

  std::vector<Range> Ranges() const {
    std::ifstream file(folder_ / "ranges.txt");
    std::vector<Range> ranges;
    Range range;
    while (file >> range.name >> range.scheme >> range.min >> range.max) ranges.push_back(range);
    return ranges;
  }

  std::string Errors() const {
    std::ifstream file(folder_ / "errors.txt");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path folder_;
  std::ofstream values_;
  std::ofstream batches_;
};

}  // namespace imcc::testing
