// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "config/options.h"

namespace imcc {

/// The field of CompilationOptions behind an option; its type decides how text is read.
using OptionMember =
    std::variant<bool CompilationOptions::*, int64_t CompilationOptions::*,
                 double CompilationOptions::*, Bytes CompilationOptions::*,
                 std::optional<Bytes> CompilationOptions::*,
                 std::optional<int64_t> CompilationOptions::*,
                 QuantizationScheme CompilationOptions::*, MulticoreMode CompilationOptions::*>;

/// One row of the option table with what the parser needs.
struct OptionField {
  OptionInfo info;
  OptionMember member;
  double min = 0;  // Numbers only.
  double max = 0;
  double step = 0;  // 0 = any value between the two.
};
const std::vector<OptionField>& OptionFields();

/// By flat name; nullptr if there is none.
const OptionField* FindOption(std::string_view flat_name);

/// Names of the values of an enum option, in the order of the enum.
template <class Enum>
struct EnumName {
  Enum value;
  std::string_view name;
};
const std::vector<EnumName<QuantizationScheme>>& NamesOf(QuantizationScheme);
const std::vector<EnumName<MulticoreMode>>& NamesOf(MulticoreMode);

}  // namespace imcc
