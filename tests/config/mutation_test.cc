// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <random>

#include "base/files.h"
#include "config/network.h"

/// Damaged files: whatever the text, a network or an error comes back, quickly.
namespace imcc {
namespace {

/// A valid file and the wrong ones beside it: all the syntax there is.
std::vector<std::string> Corpus() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(IMCC_SOURCE_DIR "/tests/errors")) {
    if (entry.path().extension() != ".yaml") continue;
    auto text = ReadFile(entry.path().string(), Bytes(1 << 20));
    if (text.ok() && !text->empty()) texts.push_back(*text);
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::string Mutate(std::string text, const std::vector<std::string>& corpus, std::mt19937& random) {
  static constexpr std::string_view kTokens[] = {
      "{",  "}",  "[", "]", ": ", "- ",  "\n", "  ",   "&a ", "*a",   "<<: ",  "|\n", "\"",
      "\t", "? ", "#", "~", "!x", "010", "-1", "1e99", "nan", "true", "---\n", "%",   "\xff"};
  for (auto edits = 1 + random() % 4; edits > 0; --edits) {
    const size_t at = random() % (text.size() + 1);
    switch (random() % 5) {
      case 0:
        text.insert(at, kTokens[random() % std::size(kTokens)]);
        break;
      case 1:
        text.erase(at, random() % 30);
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random() % 256);
        break;
      case 3:
        text.insert(at, text.substr(random() % (text.size() + 1), random() % 60));
        break;
      default: {
        const std::string& other = corpus[random() % corpus.size()];
        text.insert(at, other.substr(random() % other.size(), random() % 80));
      }
    }
  }
  return text;
}

TEST(Mutation, NeverCrashes) {
  const std::vector<std::string> corpus = Corpus();
  ASSERT_FALSE(corpus.empty());
  std::mt19937 random(20260101);
  int accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string text = Mutate(corpus[random() % corpus.size()], corpus, random);
    const auto loaded = ParseNetwork(text, "m.yaml");
    accepted += loaded.ok() ? 1 : 0;
    if (!loaded.ok()) {
      EXPECT_FALSE(loaded.error().message.empty());
      EXPECT_LT(loaded.error().Format().size(), 2500U) << loaded.error().Format();
    }
  }
  EXPECT_GT(accepted, 0) << "the mutations are too violent to reach the readers";
}

// Shapes that make a naive reader quadratic, recursive or greedy.
TEST(Mutation, StaysQuickOnHostileShapes) {
  const size_t size = 1 << 20;
  std::vector<std::string> texts;
  for (const char* unit :
       {"[",   "{",   "- ",  "? ",   "a: ", "\n",   " ",   "#\n", "\"",   "'",    "&a ",
        "*a ", "!a ", "|\n", ">\n ", "a\n", "a:\n", "-\n", "[],", "{}\n", "%a\n", "\\"}) {
    std::string text;
    while (text.size() < size) text += unit;
    texts.push_back(text);
    texts.push_back("name: " + text);
  }
  std::string many = "name: n\nmodels:\n";
  for (int i = 0; many.size() < size; ++i)
    many += fmt::format("  m{}: {{weight_path: a.onnx}}\n", i);
  texts.push_back(many);
  for (const std::string& text : texts) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(ParseNetwork(text, "h.yaml").ok());
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    EXPECT_LT(elapsed.count(), 10) << text.substr(0, 20);
    if (elapsed.count() > 1)
      std::printf("%.1f s for %s\n", elapsed.count(), text.substr(0, 12).c_str());
  }
}

}  // namespace
}  // namespace imcc
