// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imcc {

/// The text with its control characters, other than newline and tab, as \u001b: names of a model
/// somebody else wrote must not steer the terminal. What a JSON text says stays the same.
std::string Printable(std::string_view text);

}  // namespace imcc
