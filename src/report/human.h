// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/units.h"

/// Quantities as people read them.
namespace imcc {

std::string Grouped(int64_t count);                      // "1,234,567"
std::string HumanBytes(Bytes bytes);                     // "512 B", "1.5 KiB", "32.0 MiB"
std::string HumanCount(int64_t count);                   // "999", "1.5 k", "41.0 M"
std::string HumanSeconds(double seconds);                // "12.3 us", "1.234 ms", "2.50 s"
std::string HumanRate(double per_second);                // "1,234", "810.4", "3.21"
std::string HumanPercent(double fraction);               // "81.3 %"
std::string HumanShare(double fraction);                 // "0", "0.0031 %": shares that may be tiny
std::string HumanDecibels(std::optional<double> ratio);  // "32.3", "-" for none
std::string CountOrDash(int64_t count);                  // as Grouped, "-" for nothing
std::string BytesOrDash(Bytes bytes);                    // as HumanBytes, "-" for nothing
std::string HumanInterval(Interval<float> ends);         // "-1.03 .. 6"

/// part / whole, 0 where there is no whole.
double Share(int64_t part, int64_t whole);

}  // namespace imcc
