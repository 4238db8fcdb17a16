// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/best_fit.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace imcc {

namespace {

/// The free space of a memory without an end. The last gap reaches to infinity.
class FreeList {
 public:
  FreeList() { Insert(0, kEndless); }

  /// Takes the smallest gap with room for the size and for any shift the alignment may ask for.
  int64_t Take(int64_t size, int64_t alignment) {
    const auto found = by_length_.lower_bound({size + alignment - 1, 0});
    const auto [length, begin] = *found;
    Erase(begin, begin + length);
    const int64_t offset = RoundUp(begin, alignment);
    if (offset > begin) Insert(begin, offset);
    Insert(offset + size, begin + length);
    return offset;
  }

  /// Gives space back and joins it with the gaps beside it.
  void Free(int64_t begin, int64_t end) {
    const auto after = by_begin_.find(end);
    if (after != by_begin_.end()) {
      const int64_t far = after->second;
      Erase(end, far);
      end = far;
    }
    auto before = by_begin_.lower_bound(begin);
    if (before != by_begin_.begin() && (--before)->second == begin) {
      const int64_t start = before->first;
      Erase(start, begin);
      begin = start;
    }
    Insert(begin, end);
  }

 private:
  static constexpr int64_t kEndless = int64_t{1} << 62;

  void Insert(int64_t begin, int64_t end) {
    by_begin_[begin] = end;
    by_length_.insert({end - begin, begin});
  }
  void Erase(int64_t begin, int64_t end) {
    by_begin_.erase(begin);
    by_length_.erase({end - begin, begin});
  }

  std::map<int64_t, int64_t> by_begin_;              // Begin to end.
  std::set<std::pair<int64_t, int64_t>> by_length_;  // Length and begin.
};

std::vector<size_t> SortedBy(size_t count, const auto& before) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), before);
  return order;
}

}  // namespace

std::vector<Bytes> PlaceBestFit(const std::vector<Placeable>& buffers, StepBudget& budget) {
  // Of those that begin together the largest first.
  const std::vector<size_t> begins = SortedBy(buffers.size(), [&](size_t a, size_t b) {
    return std::pair(buffers[a].life.begin, buffers[b].size) <
           std::pair(buffers[b].life.begin, buffers[a].size);
  });
  const std::vector<size_t> ends = SortedBy(buffers.size(), [&](size_t a, size_t b) {
    return buffers[a].life.end < buffers[b].life.end;
  });
  std::vector<Bytes> offsets(buffers.size());
  FreeList free;
  auto ending = ends.begin();
  for (const size_t i : begins) {
    for (; buffers[*ending].life.end <= buffers[i].life.begin; ++ending)
      if (const Bytes size = buffers[*ending].size; size.count() > 0)
        free.Free(offsets[*ending].count(), (offsets[*ending] + size).count());
    if (buffers[i].size.count() > 0)
      offsets[i] = Bytes(free.Take(buffers[i].size.count(), buffers[i].alignment.count()));
  }
  budget.Spend(buffers.size());
  return offsets;
}

Bytes PeakOf(const std::vector<Placeable>& buffers, const std::vector<Bytes>& offsets) {
  Bytes peak;
  for (size_t i = 0; i < buffers.size(); ++i) peak = std::max(peak, offsets[i] + buffers[i].size);
  return peak;
}

}  // namespace imcc
