// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/find_groups.h"

#include <algorithm>
#include <numeric>

namespace imcc {

void GroupFinder::Start(Group block) {
  started_ = true;
  const int64_t most = std::gcd(block.inputs, block.outputs);
  for (int64_t groups = 1; groups <= most; ++groups)
    if (most % groups == 0)
      candidates_.push_back({{block.inputs / groups, block.outputs / groups}, {}});
}

void GroupFinder::Note(int64_t input, int64_t output) {
  const auto contradicts = [&](const Candidate& candidate) {
    return input / candidate.group.inputs != output / candidate.group.outputs;
  };
  candidates_.erase(std::remove_if(candidates_.begin() + 1, candidates_.end(), contradicts),
                    candidates_.end());
  for (Candidate& candidate : candidates_) {
    const auto group = static_cast<size_t>(output / candidate.group.outputs);
    if (group >= candidate.seen.size()) candidate.seen.resize(group + 1);
    candidate.seen[group] = true;
  }
}

void GroupFinder::Add(const ArrayTile& tile, Group block, const std::vector<uint8_t>& cells) {
  if (!started_) Start(block);
  const int64_t height = tile.rows.end - tile.rows.begin;
  for (const ArrayColumns& columns : tile.column_meaning) {
    outputs_ = std::max(outputs_, columns.channels.end);
    for (int64_t column = columns.columns.begin; column < columns.columns.end; ++column) {
      const int64_t output = columns.channels.begin + column - columns.columns.begin;
      const uint8_t* cell = cells.data() + (column - tile.columns.begin) * height;
      for (const ArrayRows& rows : tile.row_meaning)
        for (int64_t row = rows.rows.begin; row < rows.rows.end && candidates_.size() > 1; ++row)
          if (cell[row - tile.rows.begin] != 0)
            Note(rows.channels.begin + row - rows.rows.begin, output);
    }
  }
}

GroupFinder::Group GroupFinder::Finest() const {
  for (auto it = candidates_.rbegin(); it != candidates_.rend(); ++it) {
    const auto groups = static_cast<size_t>(CeilDiv(outputs_, it->group.outputs));
    if (it->seen.size() == groups &&
        std::find(it->seen.begin(), it->seen.end(), false) == it->seen.end())
      return it->group;
  }
  return candidates_.empty() ? Group{} : candidates_.front().group;
}

}  // namespace imcc
