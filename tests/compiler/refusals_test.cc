// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// One network and machine, and in tests/errors/refusals a file of options for every way in which it
// cannot fit, beside the message that proves it. IMCC_BLESS=1 rewrites the messages.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "base/files.h"
#include "compiler/compile.h"
#include "support/golden.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

constexpr Bytes kMaxInput(1 << 20);

/// A residual block whose weights and maps exceed the tiny machine's L2.
QuantizedGraph ConvNetwork() {
  testing::GraphBuilder b(1);
  const Window same{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  const QTensorId x = b.Conv(b.Input(32, 32, 64), 64, {});
  const QTensorId y = b.Conv(b.Conv(x, 64, same), 64, same);
  const QTensorId sum = b.Elementwise(QElementwise::Kind::kAdd, y, x);
  return b.Build({b.Conv(sum, 128, same)});
}

std::set<std::filesystem::path> Inputs() {
  std::set<std::filesystem::path> inputs;
  for (const auto& entry :
       std::filesystem::directory_iterator(IMCC_SOURCE_DIR "/tests/errors/refusals"))
    if (entry.path().extension() == ".options") inputs.insert(entry.path());
  return inputs;
}

Status ReadOptions(const std::filesystem::path& input, CompilationOptions& options) {
  IMCC_ASSIGN(const std::string text, ReadFile(input.string(), kMaxInput));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t equals = line.find('=');
    IMCC_TRY(SetOption(options, line.substr(0, equals), line.substr(equals + 1)));
  }
  return CheckOptions(options);
}

Status Compile(const std::filesystem::path& input) {
  CompileRequest request;
  request.target = testing::ReadTarget("tiny");
  IMCC_TRY(ReadOptions(input, request.network.options));
  const QuantizedGraph network = ConvNetwork();
  PassRunner runner({});
  const auto compiled = CompileQuantized(network, request, runner);
  if (!compiled.ok()) return compiled.error();
  return {};
}

TEST(Refusals, EveryOneHasItsProof) {
  for (const auto& input : Inputs()) {
    const Status status = Compile(input);
    ASSERT_FALSE(status.ok()) << input << " compiles";
    EXPECT_NE(status.error().hint, "") << input << ": nothing to be done about it?";
    ASSERT_NO_FATAL_FAILURE(testing::ExpectGolden(input, status.error().Format() + "\n"));
  }
}

/// Whoever does what the hint says, and again if the next stage wants more, gets there.
TEST(Refusals, TheHintHelps) {
  for (const auto& input : Inputs()) {
    const Status status = Compile(input);
    ASSERT_FALSE(status.ok()) << input;
    const std::string& hint = status.error().hint;
    const size_t at = hint.find("_constraint to ");
    if (at == std::string::npos) continue;
    const size_t name = hint.rfind(' ', at) + 1;
    const std::string option = hint.substr(name, hint.find(' ', name) - name);
    CompileRequest request;
    request.target = testing::ReadTarget("tiny");
    const QuantizedGraph network = ConvNetwork();
    std::string value = hint.substr(at + 15, hint.find(' ', at + 15) - at - 15);
    bool fits = false;
    for (int step = 0; step < 4 && !fits; ++step) {
      ASSERT_TRUE(SetOption(request.network.options, option, value).ok()) << hint;
      PassRunner runner({});
      const auto compiled = CompileQuantized(network, request, runner);
      fits = compiled.ok();
      if (fits) break;
      const std::string& next = compiled.error().hint;
      const size_t where = next.find(option + " to ");
      fits = where == std::string::npos;  // Enough of this memory; another limit is next.
      if (fits) break;
      const size_t first = where + option.size() + 4;
      value = next.substr(first, next.find(' ', first) - first);
    }
    EXPECT_TRUE(fits) << input;
  }
}

}  // namespace
}  // namespace imcc
