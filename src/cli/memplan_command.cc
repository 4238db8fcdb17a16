// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/files.h"
#include "cli/command.h"
#include "cli/ignore_interrupts.h"
#include "offsets/buffer_csv.h"
#include "offsets/offsets.h"
#include "report/human.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;
using Verdict = OffsetPlan::Verdict;

constexpr const char* kMemplanExamples = R"(Examples:
  imcc memplan buffers.csv --capacity 1048576 -o offsets.csv
  imcc memplan buffers.csv                     # as low a peak as can be found
  imcc memplan offsets.csv --check             # judge the column "offset" of a file
  imcc memplan buffers.csv --capacity 1048576 --max-steps 1000000 --json

The file is MiniMalloc's CSV: a header id,lower,upper,size and a line for each buffer, live in
[lower, upper); a column alignment may follow. Exit code 7: proved not to fit. Exit code 1: no
offsets found in the steps allowed, or --check failed.)";
constexpr Bytes kMaxCsv(int64_t{1} << 28);

/// "best-fit found it in 12 steps" and so on, one fact a line.
std::string Summary(const OffsetPlan& plan, size_t buffers, Bytes capacity, double seconds) {
  const Bytes excess = plan.peak - plan.lower_bound;
  std::string text =
      fmt::format("buffers      {}\npeak         {} bytes\n",
                  Grouped(static_cast<int64_t>(buffers)), Grouped(plan.peak.count()));
  text += fmt::format("lower bound  {} bytes", Grouped(plan.lower_bound.count()));
  text += plan.optimal() ? ", so the peak is the lowest possible\n"
                         : fmt::format(", {:.2f} % below the peak\n",
                                       100.0 * static_cast<double>(excess.count()) /
                                           static_cast<double>(plan.peak.count()));
  if (capacity != kLowestPeak)
    text += fmt::format("capacity     {} bytes\n", Grouped(capacity.count()));
  text += fmt::format("found by     {}\nsteps        {}\nseconds      {:.3f}\n", NameOf(plan.phase),
                      Grouped(plan.steps), seconds);
  return text;
}

const char* VerdictName(Verdict verdict) {
  return verdict == Verdict::kFits         ? "fits"
         : verdict == Verdict::kImpossible ? "impossible"
                                           : "gave up";
}

std::string SummaryJson(const OffsetPlan& plan, const BufferTable& table, Bytes capacity,
                        double seconds) {
  Json json;
  json["verdict"] = VerdictName(plan.verdict);
  json["buffers"] = table.buffers.size();
  json["peak"] = plan.peak.count();
  json["lower_bound"] = plan.lower_bound.count();
  json["live_bytes"] = MostLiveBytes(table.buffers).most.count();
  json["optimal"] = plan.optimal();
  json["capacity"] = capacity == kLowestPeak ? Json(nullptr) : Json(capacity.count());
  json["phase"] = NameOf(plan.phase);
  json["steps"] = plan.steps;
  json["seconds"] = seconds;
  return json.dump(2) + "\n";
}

class MemplanCommand : public Command {
 public:
  CLI::App* Register(CLI::App& app) override {
    CLI::App* sub = app.add_subcommand(
        "memplan", "offsets for the buffers of a CSV file, such that no two overlap");
    sub->add_option("file", file_, "CSV file: id,lower,upper,size[,alignment]")->required();
    sub->add_option("--capacity", capacity_, "bytes of the memory; without it: as low as possible")
        ->check(CLI::Range(int64_t{0}, kMaxTotalSize.count()));
    sub->add_option("-o,--output", output_, "write the file here with a column offset");
    sub->add_option("--max-steps", max_steps_,
                    fmt::format("effort: give up after so many steps [{} with --capacity, else {}]",
                                OffsetOptions{}.max_steps, kLowestPeakSteps))
        ->check(CLI::PositiveNumber);
    sub->add_flag("--check", check_, "plan nothing: judge the offsets in the file");
    sub->add_flag("--json", json_, "print JSON");
    sub->footer(kMemplanExamples);
    return sub;
  }

  Result<int> Run(Console& console) override {
    IMCC_ASSIGN(const std::string text, ReadFile(file_, kMaxCsv));
    IMCC_ASSIGN(const BufferTable table, ParseBufferCsv(text, file_));
    if (check_) return Check(table, console);
    IMCC_TRY(CheckOverwritesNone(output_, {file_}));
    const Bytes capacity = capacity_ ? Bytes(*capacity_) : kLowestPeak;
    const auto start = std::chrono::steady_clock::now();
    const OffsetPlan plan = PlanOffsets(table.buffers, capacity, {.max_steps = MaxSteps()});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    console.Print(json_ ? SummaryJson(plan, table, capacity, took.count())
                        : Summary(plan, table.buffers.size(), capacity, took.count()));
    if (plan.verdict == Verdict::kImpossible) return DoesNotFit(plan, table, capacity);
    if (plan.verdict == Verdict::kGaveUp) {
      console.PrintError(GaveUp(plan));
      return kExitCheckFailed;
    }
    const IgnoreInterrupts ignore;
    if (!output_.empty()) IMCC_TRY(WriteFile(output_, WriteBufferCsv(table, plan.offsets)));
    return kExitSuccess;
  }

 private:
  int64_t MaxSteps() const {
    return max_steps_.value_or(capacity_ ? OffsetOptions{}.max_steps : kLowestPeakSteps);
  }

  Error Complaint(ErrorCode code, std::string message, std::string hint) const {
    return Error{.code = code,
                 .place = {.file = file_},
                 .message = std::move(message),
                 .hint = std::move(hint)};
  }

  /// Why no plan exists, in the plainest terms that are true.
  Error DoesNotFit(const OffsetPlan& plan, const BufferTable& table, Bytes capacity) const {
    const auto largest =
        std::max_element(table.buffers.begin(), table.buffers.end(),
                         [](const Placeable& a, const Placeable& b) { return a.size < b.size; });
    const LiveBytes live = MostLiveBytes(table.buffers);
    std::string why = fmt::format(
        "does not fit: the search proved that at least {} bytes are needed, and the capacity is {}",
        plan.lower_bound.count(), capacity.count());
    if (live.most > capacity)
      why = fmt::format("does not fit: {} bytes are live at time {}, and the capacity is {}",
                        live.most.count(), live.when, capacity.count());
    if (largest != table.buffers.end() && largest->size > capacity)
      why = fmt::format("does not fit: buffer {} alone has {} bytes, and the capacity is {}",
                        table.ids[static_cast<size_t>(largest - table.buffers.begin())],
                        largest->size.count(), capacity.count());
    return Complaint(ErrorCode::kCapacity, why,
                     "raise --capacity; without it the lowest peak is planned");
  }

  Error GaveUp(const OffsetPlan& plan) const {
    return Complaint(
        ErrorCode::kCapacity,
        fmt::format("no offsets within the capacity were found in {} steps, nor proved impossible",
                    plan.steps),
        fmt::format("raise --max-steps, or --capacity to the peak of {}", plan.peak.count()));
  }

  Result<int> Check(const BufferTable& table, Console& console) const {
    if (!table.offsets)
      return Complaint(ErrorCode::kData, "has no column \"offset\" to check",
                       "write one with imcc memplan -o");
    OffsetPlan plan;
    plan.offsets = *table.offsets;
    for (size_t i = 0; i < table.buffers.size(); ++i)
      plan.peak = std::max(plan.peak, plan.offsets[i] + table.buffers[i].size);
    if (const Status verdict = Verify(table.buffers, plan, table.ids); !verdict.ok()) {
      console.PrintError(verdict.error());
      return kExitCheckFailed;
    }
    const bool fits = !capacity_ || plan.peak.count() <= *capacity_;
    console.Print(
        json_ ? Json{{"valid", true}, {"peak", plan.peak.count()}, {"fits", fits}}.dump(2) + "\n"
              : fmt::format("valid, peak {} bytes\n", Grouped(plan.peak.count())));
    if (fits) return kExitSuccess;
    return Complaint(
        ErrorCode::kCapacity,
        fmt::format("the peak {} exceeds the capacity {}", plan.peak.count(), *capacity_), "");
  }

  std::string file_;
  std::string output_;
  std::optional<int64_t> capacity_;
  std::optional<int64_t> max_steps_;
  bool check_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeMemplanCommand() { return std::make_unique<MemplanCommand>(); }

}  // namespace imcc
