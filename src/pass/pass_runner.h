// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace imcc {

/// What the user asked of the passes on the command line.
struct PassOptions {
  std::vector<std::string> disabled;    // --disable=NAME
  std::vector<std::string> dump_after;  // --dump-after=NAME, or "all"
  std::function<void(const std::string& name, const std::string& text)> dump_sink;
  std::function<void(const std::string& name)> on_start;  // Progress; may be empty.
};

struct PassTiming {
  std::string name;
  double seconds = 0;
  double verify_seconds = 0;
};

/// One pass as the runner sees it. `verify` is its independent judge; `dump` shows its result.
struct Pass {
  std::string name;  // Verb-object, kebab-case on the command line: "fold-batch-norm".
  bool can_disable = false;
  std::function<Status()> run;
  std::function<Status()> verify;     // Empty = nothing to judge.
  std::function<std::string()> dump;  // Empty = nothing to show.
};

/// Runs passes one by one and gives each a timer, a verifier, a dump and an off switch.
class PassRunner {
 public:
  explicit PassRunner(PassOptions options) : options_(std::move(options)) {}

  /// Skips a disabled pass; otherwise run, verify (an error there is a bug in that pass), dump.
  Status Run(const Pass& pass);

  /// After the last pass: an error if the user disabled or asked to dump a pass that never came,
  /// or disabled one that cannot be; names the nearest existing pass.
  Status CheckNames() const;

  const std::vector<PassTiming>& timings() const { return timings_; }

 private:
  PassOptions options_;
  std::vector<PassTiming> timings_;
  std::vector<std::pair<std::string, bool>> seen_;  // Name, can_disable.
};

}  // namespace imcc
