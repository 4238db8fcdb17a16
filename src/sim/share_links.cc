// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/share_links.h"

#include <algorithm>
#include <limits>

namespace imcc {

void ShareLinks(std::vector<Transfer*>& transfers, const std::vector<double>& capacity) {
  std::vector<double> left = capacity;
  std::vector<Transfer*> rising = transfers;
  for (Transfer* transfer : rising) transfer->rate = 0;
  while (!rising.empty()) {
    std::vector<int> users(capacity.size());
    for (const Transfer* transfer : rising)
      for (const size_t link : transfer->links) ++users[link];
    double step = std::numeric_limits<double>::infinity();
    for (size_t link = 0; link < left.size(); ++link)
      if (users[link] > 0) step = std::min(step, left[link] / users[link]);
    for (const Transfer* transfer : rising)
      if (transfer->rate_cap > 0) step = std::min(step, transfer->rate_cap - transfer->rate);
    for (Transfer* transfer : rising) {
      transfer->rate += step;
      for (const size_t link : transfer->links) left[link] -= step;
    }
    constexpr double kFull = 1e-9;
    std::erase_if(rising, [&](const Transfer* transfer) {
      if (transfer->rate_cap > 0 && transfer->rate >= transfer->rate_cap - kFull) return true;
      return transfer->links.empty() ||
             std::any_of(transfer->links.begin(), transfer->links.end(),
                         [&](size_t link) { return left[link] <= kFull; });
    });
  }
}

}  // namespace imcc
