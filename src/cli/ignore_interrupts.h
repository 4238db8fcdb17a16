// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace imcc {

/// Ctrl-C or a closed terminal while results are written would leave a part of them; that takes
/// milliseconds, so it is simply not heard. At any other time it ends the process at once.
class IgnoreInterrupts {
 public:
  IgnoreInterrupts()
      : interrupt_(std::signal(SIGINT, SIG_IGN)),
        terminate_(std::signal(SIGTERM, SIG_IGN)),
        hang_up_(std::signal(SIGHUP, SIG_IGN)) {}
  IgnoreInterrupts(const IgnoreInterrupts&) = delete;
  IgnoreInterrupts& operator=(const IgnoreInterrupts&) = delete;
  ~IgnoreInterrupts() {
    std::signal(SIGINT, interrupt_);
    std::signal(SIGTERM, terminate_);
    std::signal(SIGHUP, hang_up_);
  }

 private:
  void (*interrupt_)(int);
  void (*terminate_)(int);
  void (*hang_up_)(int);
};

}  // namespace imcc
