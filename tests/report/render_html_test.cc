// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <regex>
#include <vector>

#include "report/report.h"
#include "report/sample_report.h"

namespace imcc {
namespace {

using testing::SampleReport;

bool HasText(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The first element closed out of order, or "" if every element is closed.
std::string FirstUnbalanced(const std::string& html) {
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z0-9]+)[^>]*>");
  for (std::sregex_iterator it(html.begin(), html.end(), tag), end; it != end; ++it) {
    std::string name = (*it)[2];
    if (name == "meta") continue;
    if ((*it)[1].length() == 0) {
      open.push_back(name);
    } else {
      if (open.empty() || open.back() != name) return name;
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(RenderHtml, IsOneSelfContainedPage) {
  const std::string html = RenderHtml(SampleReport());
  EXPECT_EQ(html.rfind("<!DOCTYPE html>", 0), 0U);
  for (const char* external : {"http:", "https:", "<script", "<link", "@import", "url("})
    EXPECT_FALSE(HasText(html, external)) << external;
  EXPECT_TRUE(HasText(html, "prefers-color-scheme: dark"));
}

TEST(RenderHtml, EveryElementIsClosed) {
  EXPECT_EQ(FirstUnbalanced(RenderHtml(SampleReport())), "");
  EXPECT_EQ(FirstUnbalanced(RenderHtml(Report{})), "");
}

TEST(RenderHtml, ShowsLayersNotesAndHostNodes) {
  const std::string html = RenderHtml(SampleReport());
  EXPECT_TRUE(HasText(html, "features/conv1"));
  EXPECT_TRUE(HasText(html, "only 3 samples"));
  EXPECT_TRUE(HasText(html, "no unit for it"));
  EXPECT_FALSE(HasText(html, "<h2>Parts</h2>"));
}

TEST(RenderHtml, ShowsPartsWhereTheDeviceHasSeveral) {
  Report report = SampleReport();
  report.parts.push_back({.file = "model1.elf", .on_device = true});
  report.launches = 2;
  const std::string html = RenderHtml(report);
  EXPECT_TRUE(HasText(html, "<h2>Parts</h2>"));
  EXPECT_TRUE(HasText(html, "model1.elf"));
  EXPECT_EQ(FirstUnbalanced(html), "");
}

/// How often `part` stands in `text`.
size_t CountOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(RenderHtml, EveryLayerHasAColumnThatLeadsToItsRow) {
  Report report = SampleReport();
  report.groups.clear();  // They lead to their layers too.
  const std::vector<LayerReport> two = report.layers;
  for (int i = 0; i < 150; ++i) report.layers.insert(report.layers.end(), two.begin(), two.end());
  const std::string html = RenderHtml(report);
  for (size_t i = 0; i < report.layers.size(); ++i) {
    const std::string number = std::to_string(i);
    EXPECT_EQ(CountOf(html, "href=\"#layer-" + number + "\""), 1U) << i;
    EXPECT_EQ(CountOf(html, "id=\"layer-" + number + "\""), 1U) << i;
  }
  EXPECT_EQ(FirstUnbalanced(html), "");
}

TEST(RenderHtml, WarningsComeBeforeTheFiguresTheyQualify) {
  const std::string html = RenderHtml(SampleReport());
  EXPECT_LT(html.find("only 3 samples"), html.find("class=\"cards\""));
  EXPECT_GT(html.find("nothing else"), html.find("class=\"cards\""));
}

TEST(RenderHtml, EmptyReportStillRenders) {
  const std::string html = RenderHtml(Report{});
  EXPECT_TRUE(HasText(html, "Frame rate"));
  EXPECT_FALSE(HasText(html, "nan"));
  EXPECT_FALSE(HasText(html, ">inf"));
}

TEST(RenderHtml, EveryColourIsDefined) {
  Report report = SampleReport();
  for (const char* resource :
       {"mvm", "weights", "vector", "depthwise", "move", "l2", "ddr", "latency"}) {
    report.layers[0].bound_by = resource;
    EXPECT_TRUE(HasText(RenderHtml(report), ".r-" + std::string(resource))) << resource;
  }
  report.layers[0].bound_by = "<new>";
  EXPECT_TRUE(HasText(RenderHtml(report), "class=\"r-other\""));
}

TEST(RenderHtml, SameReportSameBytes) {
  EXPECT_EQ(RenderHtml(SampleReport()), RenderHtml(SampleReport()));
}

TEST(RenderHtml, NamesCannotInjectMarkup) {
  Report report = SampleReport();
  report.network = "<script>alert(1)</script>";
  report.notes[0].message = "<img src=x onerror=\"alert(1)\">";
  const std::string html = RenderHtml(report);
  EXPECT_FALSE(HasText(html, "<script>"));
  EXPECT_FALSE(HasText(html, "<img"));
  EXPECT_TRUE(HasText(html, "add&lt;1&gt;"));
}

}  // namespace
}  // namespace imcc
