// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <algorithm>
#include <array>

namespace imcc {

std::string ImccVersion() { return IMCC_VERSION; }

std::pair<std::string, Cycles> Bounds::largest() const {
  const std::array<std::pair<std::string, Cycles>, 6> all = {{{"mvm", mvm},
                                                              {"weights", weight_load},
                                                              {"vector", vector},
                                                              {"depthwise", depthwise},
                                                              {"l2", l2},
                                                              {"ddr", ddr}}};
  return *std::max_element(all.begin(), all.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
}

}  // namespace imcc
