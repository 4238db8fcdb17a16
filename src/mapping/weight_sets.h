// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace imcc {

/// Which weight tiles stand in which set of one array. Tiles of one kernel share a set side by side
/// while its columns last. Otherwise the set that has not been used for longest is refilled. The
/// emitter visits tiles there and back (0 1 2 ... 2 1 0), and for such a sequence
/// least-recently-used is Belady's furthest-next-use: no other policy loads less. Where kernels
/// take turns, stripe by stripe, it would load everything again in every round; told the turns
/// (Expect), it refills the set whose kernel is furthest from its next one. The set in use is never
/// the one refilled, so a load always overlaps the products before it.
class WeightSets {
 public:
  WeightSets(int64_t sets, int64_t columns) : columns_(columns), sets_(static_cast<size_t>(sets)) {}

  struct Choice {
    uint8_t set = 0;
    int64_t column0 = 0;
    bool load = false;  // The tile was not there yet.
  };
  /// Tiles of a kernel, each this wide, that stay side by side.
  int64_t Room(int64_t columns) const {
    return static_cast<int64_t>(sets_.size()) * (columns_ / columns);
  }
  Choice Use(int64_t kernel, int64_t tile, int64_t columns);

  /// The sets in the order of their last use. What refills them next depends on this order alone.
  std::vector<size_t> ByLastUse() const;
  int64_t KernelOf(size_t set) const { return sets_[set].kernel; }
  bool HoldsSame(size_t set, const WeightSets& other, size_t other_set) const;

  /// The kernels that will use the array, turn by turn, and that the next of these turns begins.
  void Expect(const std::vector<int64_t>& turns);
  void NextTurn() { ++turn_; }

 private:
  struct Resident {
    int64_t tile = 0, column0 = 0;
    friend bool operator==(const Resident&, const Resident&) = default;
  };
  struct Set {
    int64_t kernel = -1;
    std::vector<Resident> tiles;  // All of one kernel.
    int64_t used_columns = 0;
    int64_t last_use = -1;
  };
  Set& SetWithRoom(int64_t kernel, int64_t columns);
  /// Number of the turn in which a kernel is next; far away if it has none.
  int64_t NextTurnOf(int64_t kernel) const;

  int64_t columns_ = 0;
  std::vector<Set> sets_;
  int64_t uses_ = 0;
  std::map<int64_t, std::vector<int64_t>> turns_;  // By kernel, ascending.
  int64_t turn_ = -1;                              // The current one.
};

}  // namespace imcc
