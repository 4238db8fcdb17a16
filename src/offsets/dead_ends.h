// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace imcc {

/// Sebastiano Vigna's splitmix64 finaliser: spreads any 64 bits.
inline uint64_t SpreadBits(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// A fixed-size memory of search states that led nowhere, by 64-bit hash; a newer state takes the
/// place of an older one. Two states with one hash would be confused: once in some 10^6 runs of the
/// longest search the default steps allow.
class DeadEnds {
 public:
  /// This state, with only ranks above `rank` allowed at the current offset, failed.
  void Remember(uint64_t state, int32_t rank) {
    if (entries_.empty()) entries_.resize(kEntries);
    entries_[state % kEntries] = {state, rank};
  }

  /// Failed before, under the same or a weaker restriction.
  bool Known(uint64_t state, int32_t rank) const {
    if (entries_.empty()) return false;
    const Entry& entry = entries_[state % kEntries];
    return entry.state == state && entry.rank <= rank;
  }

 private:
  static constexpr size_t kEntries = size_t{1} << 18;

  struct Entry {
    uint64_t state = 0;
    int32_t rank = INT32_MAX;
  };
  std::vector<Entry> entries_;
};

}  // namespace imcc
