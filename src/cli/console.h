// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace imcc {

/// Standard output for results, standard error for everything else. Colours and progress only on a
/// terminal, and no control characters of others.
class Console {
 public:
  Console();

  /// Width of the terminal; 120 in a pipe.
  int columns() const { return columns_; }

  void Print(const std::string& text);  // A result, to standard output.
  Status OutputStatus() const;          // An error if not all of the results could be written.
  void PrintError(const Error& error);
  void PrintError(const std::string& message);
  void PrintNote(const Note& note);  // One line.
  void PrintNotes(const std::vector<Note>& notes);
  void PrintLog(const std::string& text);  // To standard error.

  /// Redraws the progress line: a bar and the time left where `of` is known. Nothing in a pipe.
  void ShowProgress(const std::string& stage, int64_t done, int64_t of);
  void ClearProgress();

 private:
  static void WriteError(const std::string& text);
  std::string Colored(const char* code, const std::string& text) const;

  int output_failure_ = 0;  // errno of the first.
  bool error_is_terminal_ = false;
  int columns_ = 0;
  bool progress_shown_ = false;
  std::chrono::steady_clock::time_point last_drawn_;
  std::string stage_;
  std::chrono::steady_clock::time_point stage_start_;
};

}  // namespace imcc
