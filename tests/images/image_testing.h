// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "images/images.h"

namespace imcc::testing {

/// The images Pillow wrote; see make_data.py there.
inline std::string DataPath(const std::string& name) {
  return std::string(IMCC_SOURCE_DIR) + "/tests/images/data/" + name;
}

/// make_data.py's pattern.
inline uint8_t PatternAt(int64_t i, int64_t j, int64_t c) {
  return static_cast<uint8_t>((i * 37 + j * 91 + c * 53 + i * j * 7) % 256);
}

inline Image Pattern(int64_t height, int64_t width, int64_t channels) {
  Image image{.width = width, .height = height, .channels = channels};
  for (int64_t i = 0; i < height; ++i)
    for (int64_t j = 0; j < width; ++j)
      for (int64_t c = 0; c < channels; ++c) image.pixels.push_back(PatternAt(i, j, c));
  return image;
}

/// A folder of its own for each test, gone when the test ends.
class TempFolder {
 public:
  TempFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            ("imcc_" + std::string(test->test_suite_name()) + "_" + test->name() + "_" +
             std::to_string(::getpid()));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(path_); }

  /// Writes a file, with the folders it needs, and returns its path.
  std::string Write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    if (!WriteFile(file.string(), bytes)) ADD_FAILURE() << "cannot write " << file;
    return file.string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// "P5 2 1 255 ..." of the given samples.
inline std::string Pgm(int64_t width, int64_t height, const std::vector<uint8_t>& pixels) {
  std::string bytes = "P5\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
  bytes.append(pixels.begin(), pixels.end());
  return bytes;
}

}  // namespace imcc::testing
