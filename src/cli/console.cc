// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/printable.h"
#include "cli/progress_line.h"

namespace imcc {
namespace {

constexpr int kPipeColumns = 120;
constexpr std::chrono::milliseconds kRedrawInterval(50);
constexpr const char* kRed = "1;31";
constexpr const char* kMagenta = "1;35";
constexpr const char* kCyan = "36";

int TerminalColumns() {
  winsize size{};
  const bool known = isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? size.ws_col : kPipeColumns;
}

std::string OneLine(const std::string& text) {
  std::string line = Printable(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

Console::Console() : columns_(TerminalColumns()) {
  const char* terminal = std::getenv("TERM");
  error_is_terminal_ =
      isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string(terminal) != "dumb";
}

std::string Console::Colored(const char* code, const std::string& text) const {
  const bool colors = error_is_terminal_ && std::getenv("NO_COLOR") == nullptr;
  return colors ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

void Console::Print(const std::string& text) {
  ClearProgress();
  const std::string clean = Printable(text);
  const bool written = std::fwrite(clean.data(), 1, clean.size(), stdout) == clean.size() &&
                       std::fflush(stdout) == 0;
  if (!written && output_failure_ == 0) output_failure_ = errno;
}

Status Console::OutputStatus() const {
  if (output_failure_ == 0) return {};
  return Error{.code = ErrorCode::kIo,
               .subject = "standard output",
               .message = fmt::format("cannot be written: {}", std::strerror(output_failure_)),
               .hint = "what was to be printed is incomplete"};
}

void Console::PrintLog(const std::string& text) {
  ClearProgress();
  WriteError(Printable(text));
}

void Console::WriteError(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void Console::PrintError(const Error& error) {
  constexpr const char* kWord = "error: ";
  std::string text = Printable(error.Format());
  const size_t at = text.find(kWord);
  if (at != std::string::npos) text.replace(at, 6, Colored(kRed, "error:"));
  ClearProgress();
  WriteError(text + "\n");
}

void Console::PrintError(const std::string& message) {
  ClearProgress();
  WriteError(fmt::format("{} {}\n", Colored(kRed, "error:"), Printable(message)));
}

void Console::PrintNote(const Note& note) {
  const bool warning = note.severity == Note::Severity::kWarning;
  const std::string word = Colored(warning ? kMagenta : kCyan, warning ? "warning:" : "note:");
  const std::string where = note.where.empty() ? "" : fmt::format("{}: ", OneLine(note.where));
  ClearProgress();
  WriteError(fmt::format("{}{} {}\n", where, word, OneLine(note.message)));
}

void Console::PrintNotes(const std::vector<Note>& notes) {
  for (const Note& note : notes) PrintNote(note);
}

void Console::ShowProgress(const std::string& stage, int64_t done, int64_t of) {
  if (!error_is_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (stage != stage_) {
    stage_ = stage;
    stage_start_ = now;
  }
  if (progress_shown_ && done != of && now - last_drawn_ < kRedrawInterval) return;
  const std::chrono::duration<double> elapsed = now - stage_start_;
  const std::string line = "\r\033[K" + ProgressLine(stage, done, of, elapsed.count());
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
  progress_shown_ = true;
  last_drawn_ = now;
}

void Console::ClearProgress() {
  if (!progress_shown_) return;
  std::fputs("\r\033[K", stderr);
  progress_shown_ = false;
}

}  // namespace imcc
