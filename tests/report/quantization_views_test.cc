// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/quantization_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/sample_report.h"

namespace imcc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::SampleQuantization;

std::string LineWith(const std::string& text, const std::string& word) {
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line))
    if (line.find(word) != std::string::npos) return line;
  return "";
}

TEST(QuantizationViews, TextHasALineATensorAndTheWorst) {
  const std::string text = RenderQuantizationText(SampleQuantization(), 120);
  const std::string conv = LineWith(text, "conv<1>");
  for (const char* cell : {"28.5", "20.2", "31.2", "0 .. 7.5", "0 .. 6", "16 scales", "0.25 %"})
    EXPECT_THAT(conv, HasSubstr(cell));
  EXPECT_THAT(LineWith(text, "image"), HasSubstr("41.8"));
  EXPECT_THAT(LineWith(text, "flatten"), HasSubstr(" - "));
  const std::string worst = text.substr(text.find("The worst"));
  EXPECT_LT(worst.find("conv<1>"), worst.find("image"));
  EXPECT_THAT(worst, HasSubstr("try something <else>"));
  EXPECT_THAT(worst, HasSubstr("nothing to change"));
}

TEST(QuantizationViews, JsonHasNullWhereNothingIsLost) {
  const nlohmann::ordered_json json = QuantizationJson(SampleQuantization());
  EXPECT_TRUE(json.at("tensors").at(2).at("isolated_db").is_null());
  EXPECT_EQ(json.at("tensors").at(1).at("accumulated_db"), 20.25);
  EXPECT_EQ(json.at("worst"), (nlohmann::ordered_json{1, 0}));
}

TEST(QuantizationViews, HtmlDrawsHistogramsAndEscapesNames) {
  const std::string html = RenderQuantizationHtml("net<1>", SampleQuantization());
  EXPECT_THAT(html, HasSubstr("class=\"spark\""));
  EXPECT_THAT(html, HasSubstr("<path class=\"out\" d=\"M80 22v"));  // The three beyond the range.
  EXPECT_THAT(html, HasSubstr("conv&lt;1&gt;"));
  EXPECT_THAT(html, HasSubstr("try something &lt;else&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("conv<1>")));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace imcc
