// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "images/image_testing.h"

namespace imcc::testing {
namespace {

using ::testing::HasSubstr;

std::string Contents(const std::string& name) {
  return ReadFile(DataPath(name), Bytes(1 << 20)).value();
}

std::string ErrorOf(const TempFolder& folder, const std::string& bytes) {
  const std::string path = folder.Write("damaged", bytes);
  const auto image = ReadImage(path);
  if (image.ok()) return "";
  EXPECT_EQ(image.error().code, ErrorCode::kData);
  EXPECT_EQ(image.error().place.file, path);
  return image.error().message;
}

TEST(DamagedFiles, TruncatedImagesAreErrors) {
  const TempFolder folder;
  for (const char* name : {"rgb.jpg", "gray.jpg", "progressive.jpg", "rgb.png", "palette.png"}) {
    const std::string bytes = Contents(name);
    for (const size_t size : {bytes.size() / 4, bytes.size() / 2, bytes.size() - 14})
      EXPECT_THAT(ErrorOf(folder, bytes.substr(0, size)), HasSubstr("damaged")) << name << size;
  }
}

TEST(DamagedFiles, HugeClaimsAreRefusedBeforeAllocation) {
  const TempFolder folder;
  EXPECT_THAT(ErrorOf(folder, "P5 60000 60000 255\n"), HasSubstr("60000 x 60000"));
  EXPECT_THAT(ErrorOf(folder, "P5 99999999999999999999 1 255\n"), HasSubstr("header"));
  EXPECT_THAT(ErrorOf(folder, "P6 8000 8000 255\nabc"), HasSubstr("too early"));
  EXPECT_THAT(ErrorOf(folder, "P3 8000 8000 255 1"), HasSubstr("too early"));
  EXPECT_THAT(ErrorOf(folder, "P5 0 4 255\n"), HasSubstr("0 x 4"));
  EXPECT_THAT(ErrorOf(folder, "P5 1 1 0\n0"), HasSubstr("largest value 0"));
  EXPECT_THAT(ErrorOf(folder, "P2 1 1 9\n10"), HasSubstr("sample 10 above 9"));
  std::string jpeg = Contents("rgb.jpg");
  const size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\xff\xdc\xff\xdc");  // 65500 is libjpeg's own limit.
  EXPECT_THAT(ErrorOf(folder, jpeg), HasSubstr("65500 x 65500"));
}

TEST(DamagedFiles, FlippedBytesNeverCrash) {
  const TempFolder folder;
  std::mt19937 random(1);
  int errors = 0;
  for (const char* name : {"rgb.jpg", "cmyk.jpg", "progressive.jpg", "rgb.png", "palette.png",
                           "gray16.png", "bits.png"}) {
    const std::string bytes = Contents(name);
    for (int round = 0; round < 150; ++round) {
      std::string mutated = bytes;
      for (uint32_t i = 0; i <= random() % 4; ++i)
        mutated[random() % mutated.size()] = static_cast<char>(random());
      if (!ErrorOf(folder, mutated).empty()) ++errors;
    }
  }
  EXPECT_GT(errors, 100);
}

}  // namespace
}  // namespace imcc::testing
