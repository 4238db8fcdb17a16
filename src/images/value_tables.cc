// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/value_tables.h"

#include <cstdint>

namespace imcc {

ValueTables::ValueTables(int64_t channels) : tables_(static_cast<size_t>(channels)) {
  for (auto& table : tables_) {
    for (size_t value = 0; value < table.size(); ++value) table[value] = static_cast<float>(value);
  }
}

void ValueTables::Map(Canvas& canvas) const {
  const auto look_up = [](const auto& table, float value) {
    return table[static_cast<uint8_t>(static_cast<int32_t>(value))];
  };
  float* value = canvas.values.data();
  float* const end = value + canvas.values.size();
  if (tables_.size() == 3) {
    for (; value < end; value += 3) {
      for (size_t c = 0; c < 3; ++c) value[c] = look_up(tables_[c], value[c]);
    }
    return;
  }
  while (value < end) {
    for (const auto& table : tables_) {
      *value = look_up(table, *value);
      ++value;
    }
  }
}

}  // namespace imcc
