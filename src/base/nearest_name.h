// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace imcc {

/// Edits (insert, delete, replace, swap of neighbours; case is ignored) that turn `a` into `b`.
size_t EditDistance(std::string_view a, std::string_view b);

/// The candidate that `name` is most likely a misspelling of, or "" if none is near: at most a
/// third of its letters differ. The first of equals wins.
std::string NearestName(std::string_view name, const std::vector<std::string>& candidates);

/// "did you mean \"x\"?", or "" if nothing is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

/// `text` in double quotes as a message may show it: control characters escaped, long text cut.
std::string Quote(std::string_view text);

}  // namespace imcc
