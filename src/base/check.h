// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace imcc {

/// A broken promise inside imcc itself. No user input may ever cause one. Thrown, not aborted, so
/// that a library user can survive it; the command line reports it as a bug and exits with 70.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void FailCheck(const char* file, int line, const char* condition,
                            const std::string& message);

}  // namespace imcc

/// Always on, in release builds too.
#define IMCC_CHECK(condition, message)                                            \
  do {                                                                            \
    if (!(condition)) ::imcc::FailCheck(__FILE__, __LINE__, #condition, message); \
  } while (false)
