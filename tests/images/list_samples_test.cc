// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/image_testing.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

Network Validate(const std::string& path) {
  Network network;
  network.dataset = Dataset{.validation_data = path};
  return network;
}
Network CalibrateOn(const std::string& path) {
  Network network;
  network.dataset = Dataset{.calibration_dir = path};
  return network;
}

/// "name:label" of each sample; the error's message if there is one.
std::vector<std::string> Describe(const Result<std::vector<SampleRef>>& samples) {
  if (!samples.ok()) return {samples.error().message};
  std::vector<std::string> texts;
  for (const SampleRef& sample : *samples) {
    std::string text = fs::path(sample.path).filename().string();
    if (sample.index >= 0) text += "#" + std::to_string(sample.index);
    if (sample.label) text += ":" + std::to_string(*sample.label);
    texts.push_back(text);
  }
  return texts;
}

TEST(ListSamples, FoldersAreSortedAndOnlyImagesCount) {
  const TempFolder folder;
  for (const char* name : {"b.JPEG", "a.png", "c.ppm", "notes.txt", "sub/d.png"})
    folder.Write(name, "x");
  EXPECT_THAT(Describe(ListCalibrationSamples(CalibrateOn(folder.path()))),
              ElementsAre("a.png", "b.JPEG", "c.ppm"));
}

TEST(ListSamples, AFolderAClass) {
  const TempFolder folder;
  for (const char* name : {"cat/1.png", "ant/2.png", "ant/1.png", "dog/z.jpg"})
    folder.Write(name, "x");
  EXPECT_THAT(Describe(ListValidationSamples(Validate(folder.path()))),
              ElementsAre("1.png:0", "2.png:0", "1.png:1", "z.jpg:2"));
}

TEST(ListSamples, FoldersNamedByNumbersAreTheClasses) {
  const TempFolder folder;
  for (const char* name : {"10/a.png", "007/b.png", "0/c.png"}) folder.Write(name, "x");
  EXPECT_THAT(Describe(ListValidationSamples(Validate(folder.path()))),
              ElementsAre("c.png:0", "b.png:7", "a.png:10"));
}

TEST(ListSamples, CsvWithoutHeader) {
  const TempFolder folder;
  folder.Write("a.png", "x");
  folder.Write("deep/b c.png", "x");
  const std::string csv = folder.Write("val.csv", "a.png,3\r\n\ndeep/b c.png, 4\n");
  EXPECT_THAT(Describe(ListValidationSamples(Validate(csv))), ElementsAre("a.png:3", "b c.png:4"));
}

TEST(ListSamples, CsvWithHeaderQuotesAndAFolderBesideIt) {
  const TempFolder folder;
  folder.Write("set/a.jpg", "x");
  folder.Write("set/b.jpg", "x");
  const std::string csv = folder.Write("set_labels.csv",
                                       "file,class_index,wnid,name\n"
                                       "a.jpg,7,n1,\"a fish, a \"\"big\"\" one\"\n"
                                       "b.jpg,0,n2,\"x\"\n");
  EXPECT_THAT(Describe(ListValidationSamples(Validate(csv))), ElementsAre("a.jpg:7", "b.jpg:0"));
}

TEST(ListSamples, CsvErrorsPointAtTheLine) {
  const TempFolder folder;
  folder.Write("a.png", "x");
  const auto error = [&](const std::string& text) {
    const auto samples = ListValidationSamples(Validate(folder.Write("val.csv", text)));
    EXPECT_FALSE(samples.ok());
    return samples.ok() ? std::string() : samples.error().Format();
  };
  EXPECT_THAT(error("a.png,1\nmissing.png,2\n"),
              HasSubstr("val.csv:2:1: error: image \"missing.png\""));
  EXPECT_THAT(error("a.png,one\n"), HasSubstr("\"one\" is not a class number"));
  EXPECT_THAT(error("a.png,-1\n"), HasSubstr("\"-1\" is not a class number"));
  EXPECT_THAT(error("a.png\n"), HasSubstr("no label"));
  EXPECT_THAT(error(",1\n"), HasSubstr("names no image"));
  EXPECT_THAT(error(""), HasSubstr("lists no images"));
}

TEST(ListSamples, LabelsStayBelowTheNumberOfClasses) {
  const TempFolder folder;
  folder.Write("a.png", "x");
  Network network = Validate(folder.Write("val.csv", "a.png,10\n"));
  network.num_classes = 10;
  const auto samples = ListValidationSamples(network);
  ASSERT_FALSE(samples.ok());
  EXPECT_THAT(samples.error().message, HasSubstr("label 10"));
}

TEST(ListSamples, RawFilesWithTheirLabels) {
  const TempFolder folder;
  const std::string data = folder.Write("toy_2x1x1x3.u8", "abcdef");
  EXPECT_THAT(Describe(ListCalibrationSamples(CalibrateOn(data))),
              ElementsAre("toy_2x1x1x3.u8#0", "toy_2x1x1x3.u8#1"));
  EXPECT_THAT(Describe(ListValidationSamples(Validate(data)))[0], HasSubstr("no label"));
  folder.Write("toy_2_labels.u8", std::string("\x05\x00", 2));
  EXPECT_THAT(Describe(ListValidationSamples(Validate(data))),
              ElementsAre("toy_2x1x1x3.u8#0:5", "toy_2x1x1x3.u8#1:0"));
  folder.Write("toy_2_labels.u8", "123");
  EXPECT_THAT(Describe(ListValidationSamples(Validate(data)))[0], HasSubstr("3 labels for 2"));
}

TEST(ListSamples, RawFilesMustBeAsLongAsTheirNames) {
  const TempFolder folder;
  const auto message = [&](const std::string& name) {
    return Describe(ListCalibrationSamples(CalibrateOn(folder.Write(name, "abcdef"))))[0];
  };
  EXPECT_THAT(message("toy_3x1x1x3.u8"), HasSubstr("6 bytes, not the 3 x 1 x 1 x 3"));
  EXPECT_THAT(message("toy.u8"), HasSubstr("does not say its shape"));
  EXPECT_THAT(message("toy_9999999999x3x9000x7000.u8"), HasSubstr("bytes, not"));
  EXPECT_THAT(message("toy_1x3x99999999x99999999.u8"), HasSubstr("2^26"));
  EXPECT_THAT(message("toy_3x2x1x1.u8"), HasSubstr("2 channels"));
  EXPECT_THAT(message("toy_3x1x1x1.f32"), HasSubstr("6 bytes, not the 3 x 1 x 1 x 1 float32"));
  EXPECT_THAT(message("toy_2x1x1x3.f32"), HasSubstr("bytes, not"));
  EXPECT_THAT(message("toy.f32"), HasSubstr("does not say its shape"));
  EXPECT_THAT(message("toy_1x99999999x99999999x99999999.f32"), HasSubstr("bytes, not"));
}

TEST(ListSamples, WhatIsMissingIsNamed) {
  EXPECT_THAT(Describe(ListCalibrationSamples(Network{}))[0], HasSubstr("repr_imgs_dir_path"));
  EXPECT_THAT(Describe(ListValidationSamples(Network{}))[0], HasSubstr("val_data"));
  const TempFolder folder;
  EXPECT_THAT(Describe(ListCalibrationSamples(CalibrateOn(folder.path())))[0],
              HasSubstr("no images"));
  EXPECT_THAT(Describe(ListCalibrationSamples(CalibrateOn(folder.path() + "/none")))[0],
              HasSubstr("no such file or folder"));
  EXPECT_THAT(Describe(ListCalibrationSamples(CalibrateOn(folder.Write("x.zip", "x"))))[0],
              HasSubstr("not a kind of data set"));
}

TEST(ListSamples, TheSharedSets) {
  const std::string shared = IMCC_SOURCE_DIR "/../shared/images/";
  if (!fs::exists(shared)) GTEST_SKIP() << "no ../shared beside the project";
  const auto photos = ListValidationSamples(Validate(shared + "imagenet500_labels.csv"));
  ASSERT_TRUE(photos.ok()) << photos.error().Format();
  ASSERT_EQ(photos->size(), 500U);
  EXPECT_EQ(photos->at(1).label, 2);
  EXPECT_THAT(photos->at(1).path, EndsWith("imagenet500/0002_n01484850.jpg"));
  const auto cifar = ListValidationSamples(Validate(shared + "cifar10_2500x3x32x32.u8"));
  ASSERT_TRUE(cifar.ok()) << cifar.error().Format();
  EXPECT_EQ(cifar->size(), 2500U);
  EXPECT_EQ(ListCalibrationSamples(CalibrateOn(shared + "faces"))->size(), 14U);
}

}  // namespace
}  // namespace imcc::testing
