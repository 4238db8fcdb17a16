// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/image_testing.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Image Read(const std::string& path) {
  Result<Image> image = ReadImage(path);
  if (!image.ok()) ADD_FAILURE() << image.error().Format();
  return image.ok() ? std::move(image).value() : Image{};
}

void ExpectPattern(const Image& image, int64_t channels) {
  EXPECT_EQ(image.width, 4);
  EXPECT_EQ(image.height, 3);
  EXPECT_EQ(image.channels, channels);
  EXPECT_EQ(image.pixels, Pattern(3, 4, channels).pixels);
}

TEST(ReadImage, PngOfEveryKind) {
  ExpectPattern(Read(DataPath("rgb.png")), 3);
  ExpectPattern(Read(DataPath("gray.png")), 1);
  ExpectPattern(Read(DataPath("rgba.png")), 3);    // Alpha is dropped, not blended.
  ExpectPattern(Read(DataPath("gray16.png")), 1);  // 257 times the pattern.
}

TEST(ReadImage, PngWithPalette) {
  const Image image = Read(DataPath("palette.png"));
  EXPECT_EQ(image.channels, 3);
  EXPECT_THAT(image.pixels, ElementsAre(9, 62, 115, 83, 136, 189, 181, 234, 31, 9, 62, 115, 28, 81,
                                        134, 135, 188, 241, 135, 60, 113, 74, 127, 180, 74, 127,
                                        180, 181, 234, 31, 28, 81, 134, 133, 186, 239));
}

TEST(ReadImage, PngOfBits) {
  const Image image = Read(DataPath("bits.png"));
  ASSERT_EQ(image.channels, 1);
  for (int64_t i = 0; i < 3; ++i)
    for (int64_t j = 0; j < 4; ++j)
      EXPECT_EQ(image.pixels[size_t(4 * i + j)], PatternAt(i, j, 0) > 127 ? 255 : 0);
}

/// Pillow's pixels (5, 7) and (15, 19).
void ExpectJpeg(const std::string& name, const std::vector<int>& middle,
                const std::vector<int>& corner) {
  SCOPED_TRACE(name);
  const Image image = Read(DataPath(name));
  ASSERT_EQ(image.width, 20);
  ASSERT_EQ(image.height, 16);
  ASSERT_EQ(image.channels, static_cast<int64_t>(middle.size()));
  for (size_t c = 0; c < middle.size(); ++c) {
    EXPECT_EQ(image.pixels[(5 * 20 + 7) * middle.size() + c], middle[c]);
    EXPECT_EQ(image.pixels[(15 * 20 + 19) * middle.size() + c], corner[c]);
  }
}

TEST(ReadImage, JpegOfEveryKindEqualsPillow) {
  ExpectJpeg("rgb.jpg", {61, 70, 191}, {179, 188, 71});
  ExpectJpeg("gray.jpg", {70}, {190});
  ExpectJpeg("cmyk.jpg", {60, 70, 190}, {180, 190, 71});
  ExpectJpeg("progressive.jpg", {60, 70, 191}, {179, 187, 78});
}

TEST(ReadImage, NetpbmTextAndBinary) {
  const TempFolder folder;
  const auto pixels = [&](const std::string& bytes) {
    return Read(folder.Write("image.ppm", bytes)).pixels;
  };
  EXPECT_THAT(pixels("P5 3 1 255\nABC"), ElementsAre(65, 66, 67));
  EXPECT_THAT(pixels("P2\n# a comment\n3 1\n255\n1 2\n3"), ElementsAre(1, 2, 3));
  EXPECT_THAT(pixels("P6 1 1 255\nabc"), ElementsAre(97, 98, 99));
  EXPECT_THAT(pixels("P3 1 1 5 0 5 1"), ElementsAre(0, 255, 51));
  EXPECT_THAT(pixels(std::string("P5 2 1 65535\n\x01\x01\xff\xff", 17)), ElementsAre(1, 255));
}

TEST(ReadImage, TheNameDoesNotMatterTheContentsDo) {
  const TempFolder folder;
  const std::string png = ReadFile(DataPath("rgb.png"), Bytes(1 << 20)).value();
  ExpectPattern(Read(folder.Write("misnamed.jpg", png)), 3);
}

TEST(ReadImage, RefusesWhatIsNoImage) {
  const TempFolder folder;
  const auto error = [](const std::string& path) {
    const auto image = ReadImage(path);
    EXPECT_FALSE(image.ok());
    EXPECT_EQ(image.error().code, ErrorCode::kData);
    EXPECT_EQ(image.error().place.file, path);
    return image.error().message;
  };
  EXPECT_THAT(error(folder.Write("a.jpg", "")), HasSubstr("empty"));
  EXPECT_THAT(error(folder.Write("b.jpg", "GIF89a....")), HasSubstr("neither a JPEG"));
  EXPECT_THAT(error(folder.path() + "/none.jpg"), HasSubstr("no such file"));
  EXPECT_THAT(error(folder.path()), HasSubstr("folder"));
}

}  // namespace
}  // namespace imcc::testing
