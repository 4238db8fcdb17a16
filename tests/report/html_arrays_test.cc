// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/html_arrays.h"

#include <gtest/gtest.h>

#include <regex>

#include "report/sample_picture.h"
#include "report/sample_report.h"

namespace imcc {
namespace {

using testing::SamplePicture;
using testing::SampleReport;

Report ReportOf(const std::vector<ArrayPicture>& pictures) {
  Report report = SampleReport();
  report.arrays = pictures;
  return report;
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(HtmlArrays, NothingWithoutTheArray) { EXPECT_EQ(HtmlArrays(SampleReport()), ""); }

/// 64 x 64 patches of 2 x 2 cells: replica 0 fills the upper half of columns 0-31, then both halves
/// of the staircase meet.
TEST(HtmlArrays, ATileIsBoxesInTheColourOfTheirReplica) {
  const std::string html = HtmlArrays(ReportOf({SamplePicture()}));
  EXPECT_NE(html.find("<path class=\"a0\" d=\"M0 0h16v64h-16z\">"), std::string::npos) << html;
  EXPECT_NE(html.find("<path class=\"a1\" d=\"M16 32h16v32h-16z\">"), std::string::npos) << html;
  EXPECT_NE(html.find("<path class=\"a1\" d=\"M16 0h16v32h-16z\">"), std::string::npos) << html;
  EXPECT_NE(html.find("<title>replica 1, output channels 0-31</title>"), std::string::npos);
  EXPECT_NE(html.find("set 0 2; ky 0, x 2, channels 0-63"), std::string::npos) << html;
}

TEST(HtmlArrays, NamesAreEscapedAndElementsClosed) {
  const std::string html = RenderHtml(ReportOf({SamplePicture()}));
  EXPECT_NE(html.find("features/conv&lt;1&gt;"), std::string::npos);
  for (const char* tag : {"details", "summary", "figure", "figcaption", "svg", "path", "g", "rect"})
    EXPECT_EQ(Count(html, "<" + std::string(tag) + " ") + Count(html, "<" + std::string(tag) + ">"),
              Count(html, "</" + std::string(tag) + ">"))
        << tag;
}

TEST(HtmlArrays, EveryReplicaHasAColour) {
  ArrayPicture picture = SamplePicture();
  picture.replicas = kMaxReplicas;
  const std::string html = RenderHtml(ReportOf({picture}));
  for (int i = 0; i < kMaxReplicas; ++i) {
    EXPECT_NE(html.find(".a" + std::to_string(i) + " {"), std::string::npos) << i;
    EXPECT_NE(html.find("<i class=\"a" + std::to_string(i) + "\">"), std::string::npos) << i;
  }
}

TEST(HtmlArrays, OnlyTheLayerWithMostMvmsIsOpen) {
  ArrayPicture busy = SamplePicture();
  busy.name = "busy";
  busy.tiles[0].mvms = Mvms(1000);
  const std::string html = HtmlArrays(ReportOf({SamplePicture(), busy, SamplePicture()}));
  EXPECT_EQ(Count(html, "<details open>"), 1U);
  EXPECT_EQ(Count(html, "<details>"), 2U);
  EXPECT_NE(html.find("<details open><summary>4 busy"), std::string::npos);
}

TEST(HtmlArrays, StaysSmall) {
  std::vector<ArrayPicture> pictures(1000, SamplePicture());
  pictures.back().name = "busy";
  pictures.back().tiles[0].mvms = Mvms(1000);
  const std::string html = HtmlArrays(ReportOf(pictures));
  EXPECT_LT(html.size(), 160000U);
  EXPECT_NE(html.find("busy"), std::string::npos);
  EXPECT_TRUE(std::regex_search(html, std::regex("The [0-9]+ layers with the fewest MVMs")));
}

}  // namespace
}  // namespace imcc
