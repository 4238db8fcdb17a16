// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "program/array_picture.h"

namespace imcc {

/// Finds the groups of a convolution in its weights: the finest blocks of channels between which
/// all weights are 0. Tasks do not carry them, since the array multiplies the zeros all the same.
class GroupFinder {
 public:
  /// Channels of one group.
  struct Group {
    int64_t inputs = 0, outputs = 0;
  };

  /// A tile of a block of channels; blocks are multiplied apart, so groups are never wider. `cells`
  /// are the tile's weights, column after column.
  void Add(const ArrayTile& tile, Group block, const std::vector<uint8_t>& cells);

  /// Groups without any weight are no evidence: a layer of zeros has one group a block.
  Group Finest() const;

 private:
  struct Candidate {
    Group group;
    std::vector<bool> seen;  // Groups that have a weight.
  };

  void Start(Group block);
  void Note(int64_t input, int64_t output);

  bool started_ = false;
  std::vector<Candidate> candidates_;  // Coarsest first; the first always fits.
  int64_t outputs_ = 0;                // Channels so far.
};

}  // namespace imcc
