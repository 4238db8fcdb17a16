// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "pass/pass_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/nearest_name.h"

namespace imcc {
namespace {

constexpr std::string_view kAllPasses = "all";

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The status of `step` and the seconds it took.
std::pair<Status, double> Timed(const std::function<Status()>& step) {
  const auto start = std::chrono::steady_clock::now();
  Status status = step();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return {std::move(status), elapsed.count()};
}

Error UsageError(const std::string& message, std::string hint) {
  return Error{ErrorCode::kUsage, {}, "", message, std::move(hint)};
}

}  // namespace

Status PassRunner::Run(const Pass& pass) {
  IMCC_CHECK(!pass.name.empty() && pass.run != nullptr, "a pass without a name or a body");
  seen_.emplace_back(pass.name, pass.can_disable);
  if (pass.can_disable && Contains(options_.disabled, pass.name)) return {};
  if (options_.on_start) options_.on_start(pass.name);

  PassTiming timing{.name = pass.name};
  auto [status, seconds] = Timed(pass.run);
  timing.seconds = seconds;
  if (!status.ok()) return std::move(status);
  if (pass.verify) {
    auto [verdict, verify_seconds] = Timed(pass.verify);
    timing.verify_seconds = verify_seconds;
    if (!verdict.ok())
      throw InternalError(fmt::format("this is a bug in imcc: the verifier of pass \"{}\" says: {}",
                                      pass.name, verdict.error().Format()));
  }
  timings_.push_back(std::move(timing));

  const bool wanted =
      Contains(options_.dump_after, pass.name) || Contains(options_.dump_after, kAllPasses);
  if (wanted && pass.dump && options_.dump_sink) options_.dump_sink(pass.name, pass.dump());
  return {};
}

Status PassRunner::CheckNames() const {
  std::vector<std::string> names;
  std::vector<std::string> switches;
  for (const auto& [name, can_disable] : seen_) {
    if (!Contains(names, name)) names.push_back(name);
    if (can_disable && !Contains(switches, name)) switches.push_back(name);
  }
  const auto hint = [&](const std::string& name, const std::vector<std::string>& candidates) {
    const std::string near = DidYouMean(name, candidates);
    return near.empty() ? fmt::format("the passes are {}", fmt::join(candidates, ", ")) : near;
  };
  for (const std::string& name : options_.disabled) {
    if (Contains(switches, name)) continue;
    if (Contains(names, name))
      return UsageError(fmt::format("pass {} cannot be disabled", Quote(name)),
                        fmt::format("these can: {}", fmt::join(switches, ", ")));
    return UsageError(fmt::format("--disable names no pass: {}", Quote(name)),
                      hint(name, switches));
  }
  for (const std::string& name : options_.dump_after) {
    if (name == kAllPasses || Contains(names, name)) continue;
    return UsageError(fmt::format("--dump-after names no pass: {}", Quote(name)),
                      hint(name, names));
  }
  return {};
}

}  // namespace imcc
