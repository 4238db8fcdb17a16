// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "config/options.h"

namespace imcc {
namespace {

constexpr std::string_view kBegin = "<!-- begin generated table -->\n";
constexpr std::string_view kEnd = "<!-- end generated table -->\n";

std::string Table() {
  std::string text =
      "| option | nested spelling | type | default | valid | meaning |\n"
      "|---|---|---|---|---|---|\n";
  for (const OptionInfo& row : OptionTable())
    text += fmt::format("| `{}` | `{}` | {} | `{}` | {} | {} |\n", row.flat, row.nested, row.type,
                        OptionValue({}, row.flat), row.range, row.help);
  return text;
}

// docs/options.md shows the table that the parser reads. IMCC_BLESS=1 rewrites it.
TEST(OptionsDocument, IsNotStale) {
  const std::string path = IMCC_SOURCE_DIR "/docs/options.md";
  const auto text = ReadFile(path, Bytes(1 << 20));
  ASSERT_TRUE(text.ok()) << text.error().Format();
  const size_t begin = text->find(kBegin);
  const size_t end = text->find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end);
  const std::string expected = text->substr(0, begin + kBegin.size()) + Table() + text->substr(end);
  if (std::getenv("IMCC_BLESS") != nullptr) {
    ASSERT_TRUE(WriteFile(path, expected).ok());
  } else {
    EXPECT_EQ(*text, expected) << "run config_test with IMCC_BLESS=1";
  }
}

}  // namespace
}  // namespace imcc
