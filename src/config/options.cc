// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "config/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/nearest_name.h"
#include "base/parse_scalar.h"
#include "config/option_fields.h"

namespace imcc {
namespace {

std::vector<std::string> FlatNames() {
  std::vector<std::string> names;
  for (const OptionInfo& row : OptionTable()) names.emplace_back(row.flat);
  return names;
}

Error OptionError(std::string_view name, const std::string& message, std::string hint = "") {
  return Error{ErrorCode::kConfig, {}, std::string(name), message, std::move(hint)};
}

Error BadValue(const OptionField& field, std::string_view text, std::string_view expected) {
  const bool octal = text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  return OptionError(field.info.flat, fmt::format("must be {}, not {}", expected, Quote(text)),
                     fmt::format("valid: {}{}", field.info.range,
                                 octal ? ", without leading zeros (YAML 1.1 reads 010 as 8)" : ""));
}

bool InRange(const OptionField& field, double value) {
  const bool on_grid = field.step == 0 || std::fmod(value, field.step) == 0;
  return value >= field.min && value <= field.max && on_grid;
}

/// Reads the text into the one field that `member` of the visitor points to.
class Setter {
 public:
  Setter(CompilationOptions& options, const OptionField& field, std::string_view text)
      : options_(options), field_(field), text_(text) {}

  Status operator()(bool CompilationOptions::*member) {
    const std::optional<bool> value = ParseBool(text_);
    if (!value) return BadValue(field_, text_, "true or false");
    options_.*member = *value;
    return {};
  }
  Status operator()(int64_t CompilationOptions::*member) {
    IMCC_ASSIGN(options_.*member, Integer("a whole number"));
    return {};
  }
  Status operator()(Bytes CompilationOptions::*member) {
    IMCC_ASSIGN(const int64_t count, Integer("a number of bytes"));
    options_.*member = Bytes(count);
    return {};
  }
  Status operator()(std::optional<Bytes> CompilationOptions::*member) {
    if (IsNull()) return (options_.*member).reset(), Status();
    IMCC_ASSIGN(const int64_t count, Integer("a number of bytes"));
    options_.*member = Bytes(count);
    return {};
  }
  Status operator()(std::optional<int64_t> CompilationOptions::*member) {
    if (IsNull()) return (options_.*member).reset(), Status();
    IMCC_ASSIGN(options_.*member, Integer("a whole number"));
    return {};
  }
  Status operator()(double CompilationOptions::*member) {
    const std::optional<double> value = ParseNumber(text_);
    if (!value) return BadValue(field_, text_, "a number");
    if (!InRange(field_, *value)) return OutOfRange();
    options_.*member = *value;
    return {};
  }
  template <class Enum>
  Status operator()(Enum CompilationOptions::*member) {
    std::vector<std::string> names;
    for (const auto& [value, name] : NamesOf(Enum{})) {
      if (name == text_) return options_.*member = value, Status();
      names.emplace_back(name);
    }
    std::string hint = DidYouMean(text_, names);
    if (hint.empty()) hint = fmt::format("valid: {}", field_.info.range);
    return OptionError(field_.info.flat, fmt::format("no such value: {}", Quote(text_)), hint);
  }

 private:
  bool IsNull() const { return text_ == "null" || text_ == "~"; }
  Error OutOfRange() const {
    return OptionError(field_.info.flat, fmt::format("{} is out of range", Quote(text_)),
                       fmt::format("valid: {}", field_.info.range));
  }
  Result<int64_t> Integer(std::string_view expected) const {
    const std::optional<int64_t> value = ParseInteger(text_);
    if (!value) return BadValue(field_, text_, expected);
    if (!InRange(field_, static_cast<double>(*value))) return OutOfRange();
    return *value;
  }

  CompilationOptions& options_;
  const OptionField& field_;
  std::string_view text_;
};

/// The value of a field as YAML scalar text.
struct Writer {
  const CompilationOptions& options;

  std::string operator()(bool CompilationOptions::*member) const {
    return options.*member ? "true" : "false";
  }
  std::string operator()(int64_t CompilationOptions::*member) const {
    return std::to_string(options.*member);
  }
  std::string operator()(double CompilationOptions::*member) const {
    return fmt::format("{}", options.*member);
  }
  std::string operator()(Bytes CompilationOptions::*member) const {
    return std::to_string((options.*member).count());
  }
  std::string operator()(std::optional<Bytes> CompilationOptions::*member) const {
    return options.*member ? std::to_string((options.*member)->count()) : "null";
  }
  std::string operator()(std::optional<int64_t> CompilationOptions::*member) const {
    return options.*member ? std::to_string(*(options.*member)) : "null";
  }
  template <class Enum>
  std::string operator()(Enum CompilationOptions::*member) const {
    for (const auto& [value, name] : NamesOf(Enum{})) {
      if (value == options.*member) return std::string(name);
    }
    IMCC_CHECK(false, "an enum value without a name");
    return "";
  }
};

}  // namespace

Status SetOption(CompilationOptions& options, std::string_view flat_name, std::string_view value) {
  const OptionField* field = FindOption(flat_name);
  if (field == nullptr) {
    std::string hint = DidYouMean(flat_name, FlatNames());
    if (hint.empty()) hint = fmt::format("the options are {}", fmt::join(FlatNames(), ", "));
    return Error{ErrorCode::kConfig, {}, "", "no such option: " + Quote(flat_name), hint};
  }
  return std::visit(Setter(options, *field, value), field->member);
}

std::string OptionValue(const CompilationOptions& options, std::string_view flat_name) {
  const OptionField* field = FindOption(flat_name);
  IMCC_CHECK(field != nullptr, "no option " + std::string(flat_name));
  return std::visit(Writer{options}, field->member);
}

Status CheckOptions(const CompilationOptions& options) {
  const int64_t reserved = options.l2_reserved_nbytes_tasklist.count();
  if (options.elf_in_ddr && reserved != 0)
    return OptionError("l2_reserved_nbytes_tasklist",
                       fmt::format("must be 0 while elf_in_ddr is true, not {}", reserved),
                       "set elf_in_ddr to false to keep task lists in L2, or the reservation to 0");
  if (options.icrx_force == 0)
    return OptionError("icrx_force", "\"0\" is out of range", "valid: -1 (automatic) or 1 to 8");
  if (options.icrx_force > options.icrx_max_factor)
    return OptionError("icrx_force",
                       fmt::format("{} is more than icrx_max_factor, {}", options.icrx_force,
                                   options.icrx_max_factor),
                       "raise icrx_max_factor or lower icrx_force");
  return {};
}

}  // namespace imcc
