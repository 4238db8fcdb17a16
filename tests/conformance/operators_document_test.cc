// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs the operator tests of the ONNX project through imcc and compares docs/operators.md with
// what came of it. IMCC_BLESS=1 writes the document again.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <regex>

#include "base/files.h"
#include "conformance/run_node_test.h"
#include "onnx/operators.h"
#include "support/targets.h"

namespace imcc::testing {
namespace {

struct Tally {
  int host_passed = 0, host_run = 0, device_passed = 0, device_run = 0;
  std::map<std::string, int> reasons;  // Why the device did not take a test.
};

struct Conformance {
  std::map<std::string, Tally> operators;
  std::map<std::string, std::vector<std::string>> excluded;  // Tests by reason.
  std::vector<std::string> failures;
};

/// A reason without the sizes and opsets of the one test it was given for.
std::string General(const std::string& reason) {
  const std::string text = std::regex_replace(reason, std::regex(R"( \(opset \d+\))"), "");
  return std::regex_replace(text, std::regex(R"(\d+(x\d+)+|scalar)"), "shape");
}

void Count(const NodeTestData& test, const NodeTestResult& result, Conformance& all) {
  using Kind = Outcome::Kind;
  if (result.host.kind == Kind::kNotRun) {
    all.excluded[General(result.host.message)].push_back(test.name);
    return;
  }
  Tally& tally = all.operators[test.op];
  ++tally.host_run;
  if (result.host.kind == Kind::kPassed) ++tally.host_passed;
  if (result.host.kind == Kind::kFailed) {
    all.failures.push_back(fmt::format("{} on the host: {}", test.name, result.host.message));
    return;
  }
  if (result.device.kind == Kind::kNotRun) {
    ++tally.reasons[General(result.device.message)];
    return;
  }
  ++tally.device_run;
  if (result.device.kind == Kind::kPassed) ++tally.device_passed;
  if (result.device.kind == Kind::kFailed) {
    all.failures.push_back(fmt::format("{} on the device: {}", test.name, result.device.message));
  }
}

/// Tests of operators imcc does not have say nothing about it.
Conformance RunAll(const std::vector<NodeTestData>& tests) {
  const Target target = ReadTarget("quad512");
  Conformance all;
  for (const OperatorVersion& op : ImportedOperators()) all.operators[op.op];
  for (const NodeTestData& test : tests) {
    if (OldestOpset(test.op) == 0) continue;
    if (!test.excluded.empty()) {
      all.excluded[test.excluded].push_back(test.name);
    } else {
      Count(test, RunNodeTest(test, target), all);
    }
  }
  return all;
}

std::string Ratio(int passed, int run) {
  return run == 0 ? "-" : fmt::format("{}/{}", passed, run);
}

std::string Reasons(const Tally& tally) {
  std::vector<std::string> texts;
  for (const auto& [reason, count] : tally.reasons) {
    texts.push_back(fmt::format("{} ({}x)", reason, count));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string Document(const Conformance& all) {
  Tally total;
  std::string rows;
  for (const auto& [op, tally] : all.operators) {
    rows += fmt::format("| {} | {} | {} | {} | {} |\n", op, OldestOpset(op),
                        Ratio(tally.host_passed, tally.host_run),
                        Ratio(tally.device_passed, tally.device_run), Reasons(tally));
    total.host_passed += tally.host_passed;
    total.host_run += tally.host_run;
    total.device_passed += tally.device_passed;
    total.device_run += tally.device_run;
  }
  std::string text = fmt::format(
      "# Operators\n\n"
      "imcc reads ONNX models with the operators below, as defined since the opset named. Every "
      "one\n"
      "runs at least on the host. This page is made by `conformance_test` from the operator tests\n"
      "of the ONNX project (Debian: libonnx-testdata), and that test fails when it is stale; `-`\n"
      "means that no test of that project applies.\n\n"
      "- **host**: tests passed through importer and float executor, of those that apply.\n"
      "- **device**: tests passed quantised, compiled to an ELF and simulated: every bit equals "
      "the\n"
      "  integer reference executor's, and every node's output is within half a step of its scale\n"
      "  (and what its rounded weights account for) of the float node on the same inputs.\n"
      "- The last column says why the device left the other tests to the host.\n\n"
      "Together: {} of {} on the host, {} of {} on the device.\n\n"
      "| operator | since opset | host | device | left to the host |\n"
      "|---|---|---|---|---|\n{}\n"
      "## Tests of these operators that do not apply\n\n",
      total.host_passed, total.host_run, total.device_passed, total.device_run, rows);
  for (const auto& [reason, names] : all.excluded) {
    text += fmt::format("- {} ({}): {}\n", reason, names.size(), fmt::join(names, ", "));
  }
  return text;
}

TEST(Operators, PassThePublishedTestsAsTheDocumentSays) {
  const std::vector<NodeTestData> tests = ReadNodeTests();
  if (tests.empty()) GTEST_SKIP() << "no Debian package libonnx-testdata";
  const Conformance all = RunAll(tests);
  EXPECT_TRUE(all.failures.empty()) << fmt::format("{}", fmt::join(all.failures, "\n"));
  const std::string path = IMCC_SOURCE_DIR "/docs/operators.md";
  const std::string expected = Document(all);
  if (std::getenv("IMCC_BLESS") != nullptr) {
    ASSERT_TRUE(WriteFile(path, expected).ok());
    return;
  }
  const auto text = ReadFile(path, Bytes(1 << 20));
  ASSERT_TRUE(text.ok()) << text.error().Format();
  EXPECT_EQ(*text, expected) << "run conformance_test with IMCC_BLESS=1";
}

}  // namespace
}  // namespace imcc::testing
