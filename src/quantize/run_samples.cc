// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/run_samples.h"

#include <algorithm>
#include <mutex>
#include <thread>

#include "base/parallel.h"
#include "reference/float_executor.h"

namespace imcc {
namespace {

/// The samples that are still to run, and the earliest that failed.
class SampleRun {
 public:
  SampleRun(const Graph& graph, const SampleSource& source, int64_t samples,
            const CalibrationOptions& options, const ShowTensor& show,
            const std::function<void(int64_t)>& failed)
      : graph_(graph),
        source_(source),
        samples_(samples),
        options_(options),
        show_(show),
        failed_(failed),
        first_failed_(samples) {}

  Status Run() {
    const int64_t threads = std::min(ThreadsFor(options_), samples_);
    ForEachIndex(threads, threads, [this](int64_t) { Work(); });
    if (error_) return *error_;
    return {};
  }

 private:
  void Work() {
    Result<FloatExecutor> executor = FloatExecutor::Create(graph_, 1);
    for (;;) {
      const int64_t sample = Take();
      if (sample < 0) return;
      const Status status = executor.ok() ? RunSample(*executor, sample) : executor.error();
      Finish(sample, status);
    }
  }

  int64_t Take() {
    const std::lock_guard lock(mutex_);
    return error_ || next_ == samples_ ? -1 : next_++;
  }

  Status RunSample(FloatExecutor& executor, int64_t sample) {
    IMCC_ASSIGN(const std::vector<std::vector<float>> inputs, source_(sample));
    Status failure;
    const auto observe = [&](TensorId id, const float* values, int64_t count) {
      if (failure.ok()) failure = show_(id, sample, values, count);
    };
    IMCC_ASSIGN(std::vector<FloatValues> outputs, executor.Run(inputs, observe));
    if (options_.outputs && failure.ok()) options_.outputs(sample, std::move(outputs));
    return failure;
  }

  void Finish(int64_t sample, const Status& status) {
    const std::lock_guard lock(mutex_);
    if (status.ok()) {
      ++done_;
      if (options_.progress && !error_) options_.progress(done_, samples_);
    } else if (sample < first_failed_) {
      first_failed_ = sample;
      error_ = status.error();
      if (failed_) failed_(sample);
    }
  }

  const Graph& graph_;
  const SampleSource& source_;
  const int64_t samples_;
  const CalibrationOptions& options_;
  const ShowTensor& show_;
  const std::function<void(int64_t)>& failed_;

  std::mutex mutex_;  // Guards what follows.
  int64_t next_ = 0;
  int64_t done_ = 0;
  int64_t first_failed_;
  std::optional<Error> error_;
};

}  // namespace

int64_t ThreadsFor(const CalibrationOptions& options) {
  const auto hardware = static_cast<int64_t>(std::thread::hardware_concurrency());
  return options.threads > 0 ? options.threads : std::max<int64_t>(hardware, 1);
}

Status RunSamples(const Graph& graph, const SampleSource& source, int64_t samples,
                  const CalibrationOptions& options, const ShowTensor& show,
                  const std::function<void(int64_t)>& failed) {
  return SampleRun(graph, source, samples, options, show, failed).Run();
}

}  // namespace imcc
