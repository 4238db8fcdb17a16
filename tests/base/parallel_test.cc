// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace imcc {
namespace {

Error Failure(int64_t index) { return Error{.message = std::to_string(index)}; }

TEST(ForEachIndex, EveryIndexOnceOnAnyNumberOfThreads) {
  for (const int threads : {0, 1, 2, 7}) {
    std::vector<int> calls(100);
    std::atomic<int> makers = 0;
    int64_t last = 0;
    const Status status = ForEachIndex(
        100, threads,
        [&]() -> Result<IndexedWork> {
          ++makers;
          return IndexedWork([&](int64_t i) -> Status {
            ++calls[static_cast<size_t>(i)];
            return {};
          });
        },
        [&](int64_t done, int64_t of) {
          EXPECT_EQ(done, last + 1);
          EXPECT_EQ(of, 100);
          last = done;
        });
    EXPECT_TRUE(status.ok());
    EXPECT_EQ(calls, std::vector<int>(100, 1));
    EXPECT_EQ(last, 100);
    if (threads > 0) {
      EXPECT_EQ(makers, threads);
    }
  }
}

TEST(ForEachIndex, StopsAtAnError) {
  std::atomic<int> calls = 0;
  const Status status = ForEachIndex(1000000, 2,
                                     [&]() -> Result<IndexedWork> {
                                       return IndexedWork([&](int64_t i) -> Status {
                                         ++calls;
                                         if (i >= 10) return Failure(i);
                                         return {};
                                       });
                                     },
                                     {});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "10");
  EXPECT_LT(calls, 20);
}

TEST(ForEachIndex, AnErrorWhenMakingAWorkerIsReported) {
  EXPECT_FALSE(ForEachIndex(3, 2, [] { return Result<IndexedWork>(Failure(0)); }, {}).ok());
  EXPECT_TRUE(ForEachIndex(0, 2, [] { return Result<IndexedWork>(Failure(0)); }, {}).ok());
}

TEST(ForEachIndex, ExceptionsReachTheCaller) {
  const auto make = []() -> Result<IndexedWork> {
    return IndexedWork([](int64_t) -> Status { throw std::runtime_error("x"); });
  };
  EXPECT_THROW((void)ForEachIndex(8, 2, make, {}), std::runtime_error);
}

TEST(ForEachIndex, PlainWorkRunsOnce) {
  for (const int64_t threads : {1, 2, 7}) {
    std::vector<std::atomic<int>> calls(100);
    ForEachIndex(100, threads, [&](int64_t i) { ++calls[static_cast<size_t>(i)]; });
    for (const std::atomic<int>& count : calls) EXPECT_EQ(count, 1);
  }
  ForEachIndex(0, 4, [](int64_t) { FAIL(); });
}

/// True if work on 64 threads is done though there is no room for their stacks.
bool WorksWithoutRoom() {
  constexpr rlim_t kRoom = 64 << 20;
  std::ifstream pages("/proc/self/statm");
  rlim_t used = 0;
  pages >> used;
  used *= static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
  const rlimit limit = {.rlim_cur = used + kRoom, .rlim_max = RLIM_INFINITY};
  if (setrlimit(RLIMIT_AS, &limit) != 0) return false;
  std::vector<std::atomic<int>> calls(1000);
  ForEachIndex(1000, 64, [&](int64_t i) {
    ++calls[static_cast<size_t>(i)];
    usleep(100);
  });
  const Status status = ForEachIndex(1000, 64,
                                     [&]() -> Result<IndexedWork> {
                                       return IndexedWork([&](int64_t i) {
                                         ++calls[static_cast<size_t>(i)];
                                         return Status();
                                       });
                                     },
                                     {});
  return status.ok() && std::all_of(calls.begin(), calls.end(), [](int n) { return n == 2; });
}

TEST(ForEachIndex, FewerThreadsThanWantedDoTheSame) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer needs all addresses";
#endif
  EXPECT_EXIT(_exit(WorksWithoutRoom() ? 0 : 1), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace imcc
