// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "pass/pass_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace imcc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Status Success() { return {}; }

Pass Simple(const std::string& name, bool can_disable = false) {
  return {.name = name, .can_disable = can_disable, .run = Success, .verify = {}, .dump = {}};
}

TEST(PassRunner, TimesRunAndVerifier) {
  PassRunner runner({});
  Pass pass = Simple("sleep");
  pass.run = [] { return std::this_thread::sleep_for(std::chrono::milliseconds(20)), Status(); };
  pass.verify = [] { return std::this_thread::sleep_for(std::chrono::milliseconds(5)), Status(); };
  ASSERT_TRUE(runner.Run(pass).ok());
  ASSERT_EQ(runner.timings().size(), 1U);
  EXPECT_EQ(runner.timings()[0].name, "sleep");
  EXPECT_GE(runner.timings()[0].seconds, 0.02);
  EXPECT_GE(runner.timings()[0].verify_seconds, 0.005);
  EXPECT_LT(runner.timings()[0].verify_seconds, 10);
}

TEST(PassRunner, VerifierFailureIsABugOfThePass) {
  PassRunner runner({});
  Pass pass = Simple("fuse-nothing");
  pass.verify = [] { return Status(Error{ErrorCode::kModel, {}, "", "node lost", ""}); };
  try {
    (void)runner.Run(pass);
    FAIL() << "no exception";
  } catch (const InternalError& error) {
    EXPECT_THAT(error.what(), HasSubstr("fuse-nothing"));
    EXPECT_THAT(error.what(), HasSubstr("node lost"));
    EXPECT_THAT(error.what(), HasSubstr("bug in imcc"));
  }
}

TEST(PassRunner, PassesUserErrorsOnAndSkipsTheVerifier) {
  PassRunner runner({});
  Pass pass = Simple("read");
  pass.run = [] { return Status(Error{ErrorCode::kModel, {}, "", "bad model", ""}); };
  pass.verify = []() -> Status { throw std::runtime_error("verified a failed pass"); };
  EXPECT_EQ(runner.Run(pass).error().message, "bad model");
}

TEST(PassRunner, DisablesAndDumps) {
  std::vector<std::string> log;
  PassOptions options;
  options.disabled = {"b"};
  options.dump_after = {"a", "b"};
  options.dump_sink = [&](const std::string& name, const std::string& text) {
    log.push_back(name + "=" + text);
  };
  options.on_start = [&](const std::string& name) { log.push_back("start " + name); };
  PassRunner runner(options);
  for (const char* name : {"a", "b", "c"}) {
    Pass pass = Simple(name, true);
    pass.dump = [name] { return std::string(name) + "!"; };
    ASSERT_TRUE(runner.Run(pass).ok());
  }
  EXPECT_THAT(log, ElementsAre("start a", "a=a!", "start c"));
  EXPECT_TRUE(runner.CheckNames().ok());
}

TEST(PassRunner, DumpsAll) {
  int dumps = 0;
  PassOptions options;
  options.dump_after = {"all"};
  options.dump_sink = [&](const std::string&, const std::string&) { ++dumps; };
  PassRunner runner(options);
  Pass pass = Simple("a");
  pass.dump = [] { return std::string(); };
  ASSERT_TRUE(runner.Run(pass).ok() && runner.Run(pass).ok());
  EXPECT_EQ(dumps, 2);
  EXPECT_TRUE(runner.CheckNames().ok());
}

TEST(PassRunner, IgnoresDisableOfAPassThatMustRun) {
  bool ran = false;
  PassOptions options;
  options.disabled = {"place-buffers"};
  PassRunner runner(options);
  Pass pass = Simple("place-buffers");
  pass.run = [&] { return ran = true, Status(); };
  ASSERT_TRUE(runner.Run(pass).ok());
  EXPECT_TRUE(ran);
  EXPECT_THAT(runner.CheckNames().error().message, HasSubstr("cannot be disabled"));
}

TEST(PassRunner, NamesTheNearestPass) {
  PassOptions options;
  options.disabled = {"fold-batchnorm"};
  PassRunner runner(options);
  ASSERT_TRUE(runner.Run(Simple("fold-batch-norm", true)).ok());
  EXPECT_EQ(runner.CheckNames().error().hint, "did you mean \"fold-batch-norm\"?");

  PassOptions dump;
  dump.dump_after = {"zzz"};
  PassRunner other(dump);
  ASSERT_TRUE(other.Run(Simple("map-kernels")).ok());
  EXPECT_EQ(other.CheckNames().error().hint, "the passes are map-kernels");
  EXPECT_EQ(other.CheckNames().error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace imcc
