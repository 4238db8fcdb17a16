// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace imcc {
namespace {

/// What the threads share.
class Board {
 public:
  Board(int64_t count, const std::function<void(int64_t, int64_t)>& progress)
      : count_(count), progress_(progress) {}

  /// The next index, or nothing if all are taken or something failed.
  std::optional<int64_t> Take() {
    const std::lock_guard lock(mutex_);
    if (failed() || next_ >= count_) return std::nullopt;
    return next_++;
  }

  void Finish(int64_t index, Status status) {
    const std::lock_guard lock(mutex_);
    if (!status.ok()) {
      if (failed_index_ < 0 || index < failed_index_) {
        failed_index_ = index;
        failure_ = std::move(status);
      }
      return;
    }
    ++done_;
    if (progress_ && !failed()) progress_(done_, count_);
  }

  void Fail(std::exception_ptr exception) {
    const std::lock_guard lock(mutex_);
    if (!exception_) exception_ = std::move(exception);
  }

  Status Outcome() {
    if (exception_) std::rethrow_exception(exception_);
    return std::move(failure_);
  }

 private:
  bool failed() const { return exception_ != nullptr || failed_index_ >= 0; }

  std::mutex mutex_;
  const int64_t count_;
  const std::function<void(int64_t, int64_t)>& progress_;
  int64_t next_ = 0, done_ = 0, failed_index_ = -1;
  Status failure_;
  std::exception_ptr exception_;
};

/// So many threads, or as many as the system gives (`ulimit -u`, containers): the work is shared
/// out by indices, so fewer do the same.
std::vector<std::thread> Start(int64_t count, const std::function<void()>& work) {
  std::vector<std::thread> threads;
  try {
    for (int64_t i = 0; i < count; ++i) threads.emplace_back(work);
  } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): those there are do it.
  }
  return threads;
}

void RunThread(Board& board, const std::function<Result<IndexedWork>()>& make) {
  try {
    Result<IndexedWork> work = make();
    if (!work.ok()) return board.Finish(0, work.error());
    while (const std::optional<int64_t> index = board.Take()) board.Finish(*index, (*work)(*index));
  } catch (...) {
    board.Fail(std::current_exception());
  }
}

}  // namespace

Status ForEachIndex(int64_t count, int threads, const std::function<Result<IndexedWork>()>& make,
                    const std::function<void(int64_t done, int64_t of)>& progress) {
  const auto cores = static_cast<int64_t>(std::max(1U, std::thread::hardware_concurrency()));
  const int64_t workers = std::min(count, threads > 0 ? threads : cores);
  Board board(count, progress);
  std::vector<std::thread> pool = Start(workers - 1, [&] { RunThread(board, make); });
  if (workers > 0) RunThread(board, make);
  for (std::thread& thread : pool) thread.join();
  return board.Outcome();
}

void ForEachIndex(int64_t count, int64_t threads, const std::function<void(int64_t index)>& work) {
  std::atomic<int64_t> next = 0;
  const auto run = [&] {
    for (int64_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others = Start(std::min(threads, count) - 1, run);
  run();
  for (std::thread& thread : others) thread.join();
}

}  // namespace imcc
