// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"

namespace imcc {

/// What kind of user error this is. Each value has one process exit code (see `ExitCode`).
enum class ErrorCode {
  kUsage,        // The command line is wrong.
  kConfig,       // The network YAML or target YAML is wrong.
  kModel,        // The ONNX model is damaged or inconsistent.
  kUnsupported,  // Valid input that imcc cannot compile.
  kData,         // Images, labels, calibration tensors.
  kCapacity,     // It does not fit the machine.
  kFormat,       // A damaged ELF, model.json or other imcc output.
  kIo,           // The file system refused.
  kSimulation,   // The simulated program did something illegal.
};

/// Exit code of the process for an error of this kind: 2 usage, 3 config, 4 model, ... 70 for bugs.
int ExitCode(ErrorCode code);

/// A place in a text file, 1-based; line 0 means "the file as a whole".
struct SourcePlace {
  std::string file;
  int line = 0;
  int column = 0;
  int length = 1;         // Characters to underline.
  std::string line_text;  // The source line itself, without its newline.
};

/// An error made by the user's input. A value, never an exception. One line says the cause.
struct Error {
  ErrorCode code = ErrorCode::kUsage;
  SourcePlace place;    // file:line:col where that makes sense.
  std::string subject;  // The ONNX node, tensor, option or memory it is about; may be empty.
  std::string message;  // What is wrong and why, with the offending value.
  std::string hint;     // What to do about it; may be empty.

  /// "file:3:7: error: message" + underlined line + "hint: ...". Ends without a newline.
  std::string Format() const;
};

/// Something the user should know that does not stop the compilation.
struct Note {
  enum class Severity { kNote, kWarning };
  Severity severity = Severity::kNote;
  std::string where;    // Stage, node or file:line:col.
  std::string message;  // One line.
};

/// Outcome of something that yields nothing: success, or an Error. Converts to true on success.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::make_unique<Error>(std::move(error))) {}  // NOLINT: implicit

  bool ok() const { return error_ == nullptr; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    IMCC_CHECK(!ok(), "Status::error() of a success");
    return *error_;
  }

 private:
  std::unique_ptr<Error> error_;
};

/// A T, or the Error that kept us from having one.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }
  T& value() & { return Get(); }
  T&& value() && { return std::move(Get()); }
  const T& value() const& { return const_cast<Result*>(this)->Get(); }
  T& operator*() & { return Get(); }
  T&& operator*() && { return std::move(Get()); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &Get(); }
  const T* operator->() const { return &value(); }
  const Error& error() const {
    IMCC_CHECK(!ok(), "Result::error() of a success");
    return std::get<Error>(state_);
  }

 private:
  T& Get() {
    IMCC_CHECK(ok(), "Result::value() of an error: " + std::get<Error>(state_).message);
    return std::get<T>(state_);
  }
  std::variant<T, Error> state_;
};

}  // namespace imcc

#define IMCC_CONCAT_INNER(a, b) a##b
#define IMCC_CONCAT(a, b) IMCC_CONCAT_INNER(a, b)

/// IMCC_TRY(StatusExpression): return its error from this function if it has one.
#define IMCC_TRY(expr) \
  if (auto imcc_status = (expr); !imcc_status.ok()) return imcc_status.error()

/// IMCC_ASSIGN(auto x, ResultExpression): x = the value. NOLINTBEGIN(bugprone-macro-parentheses)
#define IMCC_ASSIGN(lhs, expr) IMCC_ASSIGN_IMPL(IMCC_CONCAT(imcc_result_, __LINE__), lhs, expr)
#define IMCC_ASSIGN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                     \
  if (!tmp.ok()) return tmp.error();     \
  lhs = std::move(tmp).value()  // NOLINTEND(bugprone-macro-parentheses)
