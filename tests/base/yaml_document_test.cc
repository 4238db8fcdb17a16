// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/yaml_document.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imcc {
namespace {

using testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  const auto document = YamlDocument::Parse(text, "f.yaml");
  return document.ok() ? "" : document.error().Format();
}

TEST(YamlDocument, KnowsPlaces) {
  const auto document = YamlDocument::Parse("a: 1\nb:\n  - {c: \"x y\"}  # note\n", "f.yaml");
  ASSERT_TRUE(document.ok());
  const YamlNode& item = document->root().Find("b")->value.items.at(0);
  EXPECT_EQ(document->WhereIs(item), "f.yaml:3:5");
  EXPECT_EQ(document->PlaceOf(item).length, 10);
  const YamlNode& text = item.Find("c")->value;
  EXPECT_TRUE(text.quoted);
  EXPECT_EQ(document->ErrorAt(text, "bad").Format(),
            "f.yaml:3:9: error: bad\n"
            "    - {c: \"x y\"}  # note\n"
            "          ^~~~~");
}

TEST(YamlDocument, PointsBehindUtf8Text) {
  const auto document = YamlDocument::Parse("{\"\xc3\xa4\xc3\xb6\": 1, b: 22}\n", "f");
  ASSERT_TRUE(document.ok());
  const std::string text = document->ErrorAt(document->root().Find("b")->value, "m").Format();
  EXPECT_THAT(text, HasSubstr("\n               ^~")) << text;
}

TEST(YamlDocument, ReadsNothing) {
  for (const char* text : {"", "# only a comment\n", "\n\n", "\xef\xbb\xbf"}) {
    const auto document = YamlDocument::Parse(text, "f");
    ASSERT_TRUE(document.ok());
    EXPECT_TRUE(document->root().IsNull());
  }
}

TEST(YamlDocument, ReadsWindowsLines) {
  const auto document = YamlDocument::Parse("a: 1\r\nb: xyz\r\n", "f");
  ASSERT_TRUE(document.ok());
  const YamlNode& node = document->root().Find("b")->value;
  EXPECT_EQ(node.text, "xyz");
  EXPECT_EQ(document->ErrorAt(node, "m").Format(), "f:2:4: error: m\n  b: xyz\n     ^~~");
}

TEST(YamlDocument, ExpandsAliases) {
  const auto document = YamlDocument::Parse("a: &x {k: 1}\nb: *x\n", "f");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->root().Find("b")->value.Find("k")->value.text, "1");
  EXPECT_EQ(document->root().Find("b")->value.line, 2);
}

TEST(YamlDocument, RefusesSurprises) {
  EXPECT_THAT(ErrorOf("a: 1\nb: 2\na: 3\n"),
              HasSubstr("f.yaml:3:1: error: key \"a\" is given twice, "
                        "first in line 1"));
  EXPECT_THAT(ErrorOf("a: &x {k: 1}\nb: {<<: *x}\n"), HasSubstr("merge keys"));
  EXPECT_THAT(ErrorOf("a:\n\tb: 1\n"), HasSubstr("f.yaml:2:1: error: tab in the indentation"));
  EXPECT_THAT(ErrorOf("a: \xff\n"), HasSubstr("byte 0xff is not UTF-8"));
  EXPECT_THAT(ErrorOf(std::string("a: \0\n", 5)), HasSubstr("control character 0x00"));
  EXPECT_THAT(ErrorOf("a: !!python/object:os.system x\n"), HasSubstr("tag"));
  EXPECT_THAT(ErrorOf("a: 1\n---\nb: 2\n"), HasSubstr("second YAML document"));
  EXPECT_THAT(ErrorOf("{[1]: 2}\n"), HasSubstr("key must be plain text"));
  EXPECT_THAT(ErrorOf("a: [1, 2\nb: 3\n"), HasSubstr("not YAML"));
  EXPECT_THAT(ErrorOf("a: *nobody\n"), HasSubstr("not YAML"));
}

TEST(YamlDocument, BoundsDepthAndSize) {
  EXPECT_THAT(ErrorOf(std::string(20000, '[')), HasSubstr("error"));
  EXPECT_THAT(ErrorOf(fmt::format("a: {}", std::string(20000, '{'))), HasSubstr("error"));
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i)
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i,
                        i - 1);
  EXPECT_THAT(ErrorOf(bomb), HasSubstr("aliases expand to more than"));
  std::string chain = "- &a0 [x]\n";
  for (int i = 1; i < 100; ++i) chain += fmt::format("- &a{} [*a{}]\n", i, i - 1);
  EXPECT_THAT(ErrorOf(chain), HasSubstr("nested deeper"));
  EXPECT_THAT(ErrorOf(fmt::format("[{}]", std::string(400000, ','))), HasSubstr("error"));
}

TEST(YamlDocument, DoesNotRepeatHugeLines) {
  const std::string huge(100000, 'x');
  EXPECT_LT(ErrorOf(fmt::format("a: {}\na: 1\n", huge)).size(), 500U);
  EXPECT_LT(ErrorOf(fmt::format("\"{0}\": 1\n\"{0}\": 2\n", huge)).size(), 500U);
}

}  // namespace
}  // namespace imcc
