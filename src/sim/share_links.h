// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace imcc {

/// One transfer that is under way.
struct Transfer {
  std::vector<size_t> links;
  double rate_cap = 0;  // Bytes per cycle; 0 = none.
  double rate = 0;      // Set by ShareLinks.
};

/// Max-min fair rates by progressive filling: all rates rise together; a transfer stops when one of
/// its links is full or its own cap is reached (Bertsekas and Gallager, Data Networks, 6.5.2).
void ShareLinks(std::vector<Transfer*>& transfers, const std::vector<double>& capacity);

}  // namespace imcc
