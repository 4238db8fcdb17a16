// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/files.h"
#include "config/network.h"
#include "support/golden.h"
#include "target/target.h"

/// One small wrong file per message in this folder: NAME.yaml beside NAME.expected. target_*.yaml
/// are target files, the others networks. IMCC_BLESS=1 rewrites the expectations.
namespace imcc {
namespace {

constexpr Bytes kMaxInput(1 << 20);

std::vector<std::filesystem::path> Inputs() {
  std::set<std::filesystem::path> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(IMCC_SOURCE_DIR "/tests/errors")) {
    if (entry.path().extension() == ".yaml") inputs.insert(entry.path());
  }
  return {inputs.begin(), inputs.end()};
}

/// The error that the file is made to provoke, as the command line shows it.
std::string ErrorOf(const std::filesystem::path& input) {
  const auto text = ReadFile(input.string(), kMaxInput);
  if (!text.ok()) return text.error().Format();
  const std::string name = input.filename().string();
  if (name.starts_with("target_")) {
    const auto target = ParseTarget(*text, name);
    return target.ok() ? "accepted" : target.error().Format();
  }
  const auto network = ParseNetwork(*text, name);
  return network.ok() ? "accepted" : network.error().Format();
}

TEST(Errors, EveryMistakeHasItsMessage) {
  for (const auto& input : Inputs()) {
    const std::string actual = ErrorOf(input) + "\n";
    EXPECT_NE(actual, "accepted\n") << input;
    ASSERT_NO_FATAL_FAILURE(testing::ExpectGolden(input, actual));
  }
}

TEST(Errors, NameTheFileAndSayWhatToDo) {
  for (const auto& input : Inputs()) {
    const std::string text = ErrorOf(input);
    EXPECT_EQ(text.rfind(input.filename().string(), 0), 0U) << text;
    const std::string cause = text.substr(0, text.find('\n'));
    EXPECT_LT(cause.size(), 250U) << "the cause is one line: " << cause;
  }
}

}  // namespace
}  // namespace imcc
