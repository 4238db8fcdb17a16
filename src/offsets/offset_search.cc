// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/offset_search.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace imcc {

namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

bool AreTwins(const Placeable& a, const Placeable& b) {
  return a.life == b.life && a.size == b.size && a.alignment == b.alignment;
}

}  // namespace

std::vector<OffsetSearch::Buffer> OffsetSearch::SortByRank(const std::vector<Placeable>& buffers,
                                                           const Sections& sections,
                                                           const Neighbors& neighbors,
                                                           const std::vector<size_t>& order,
                                                           bool find_twins) {
  std::vector<Rank> rank_of(order.size());
  for (size_t rank = 0; rank < order.size(); ++rank) rank_of[order[rank]] = static_cast<Rank>(rank);
  std::vector<Buffer> sorted;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const size_t index = order[rank];
    Buffer buffer;
    buffer.size = buffers[index].size.count();
    buffer.alignment = buffers[index].alignment.count();
    buffer.span = sections.span[index];
    buffer.hash = SpreadBits(~static_cast<uint64_t>(index));
    for (const int32_t other : neighbors[index]) {
      const Rank other_rank = rank_of[static_cast<size_t>(other)];
      buffer.neighbors.push_back(other_rank);
      if (find_twins && other_rank < static_cast<Rank>(rank) && other_rank > buffer.twin &&
          AreTwins(buffers[index], buffers[static_cast<size_t>(other)]))
        buffer.twin = other_rank;
    }
    std::sort(buffer.neighbors.begin(), buffer.neighbors.end());
    sorted.push_back(std::move(buffer));
  }
  return sorted;
}

OffsetSearch::OffsetSearch(const std::vector<Placeable>& buffers, const Sections& sections,
                           const Neighbors& neighbors, const std::vector<size_t>& order,
                           Bytes capacity, const SearchTricks& tricks)
    : order_(order),
      tricks_(tricks),
      capacity_(capacity.count()),
      buffers_(SortByRank(buffers, sections, neighbors, order, tricks.order_twins)),
      lowest_(order.size()),
      offsets_(order.size()),
      placed_(order.size()),
      skyline_(sections.count()),
      room_(sections.count()),
      nodes_(order.size() + 1) {
  for (const Bytes live : sections.live) unplaced_.push_back(live.count());
  size_t begin = 0;
  for (size_t depth = 0; depth <= order.size(); ++depth) {
    list_begin_.push_back(begin);
    begin += ListSize(depth);
  }
  lists_.resize(begin);
  std::iota(ListAt(0), ListAt(0) + order.size(), Rank{0});
  nodes_[0].dominated_at = kNever;
  for (const Buffer& buffer : buffers_)
    nodes_[0].dominated_at = std::min(nodes_[0].dominated_at, buffer.size);
}

std::vector<Bytes> OffsetSearch::Offsets() const {
  std::vector<Bytes> offsets(order_.size());
  for (size_t rank = 0; rank < order_.size(); ++rank) offsets[order_[rank]] = Bytes(offsets_[rank]);
  return offsets;
}

SearchResult::Outcome OffsetSearch::Run(int64_t steps) {
  const int64_t limit = steps_ + steps;
  while (steps_ < limit) {
    if (depth_ == buffers_.size()) return SearchResult::Outcome::kFound;
    Node& node = Top();
    if (node.child >= 0) Undo(node);
    const Rank child = NextChild(node);
    if (child >= 0) {
      Place(node, child);
      if (CanFinish(node, child)) Enter(node, child);
      continue;
    }
    if (tricks_.remember_dead_ends) dead_ends_.Remember(node.state_hash, node.state_rank);
    if (depth_ == 0) return SearchResult::Outcome::kProvedImpossible;
    --depth_;
  }
  return SearchResult::Outcome::kOutOfSteps;
}

bool OffsetSearch::Before(Rank a, Rank b) const {
  const int64_t lowest_a = lowest_[static_cast<size_t>(a)];
  const int64_t lowest_b = lowest_[static_cast<size_t>(b)];
  return lowest_a != lowest_b ? lowest_a < lowest_b : a < b;
}

/// The canonical order: offsets never fall, and ranks rise among equal offsets.
bool OffsetSearch::Allowed(const Node& node, Rank rank) const {
  const int64_t lowest = lowest_[static_cast<size_t>(rank)];
  return lowest > node.floor || (lowest == node.floor && rank > node.floor_rank);
}

OffsetSearch::Rank OffsetSearch::NextChild(Node& node) {
  const Rank* list = ListAt(depth_);
  const size_t begin = node.next_child;
  while (node.next_child < ListSize(depth_)) {
    const Rank rank = list[node.next_child];
    if (tricks_.skip_dominated && lowest_[static_cast<size_t>(rank)] >= node.dominated_at) break;
    ++node.next_child;
    const Rank twin = buffers_[static_cast<size_t>(rank)].twin;
    if (!Allowed(node, rank) || (twin >= 0 && placed_[static_cast<size_t>(twin)] == 0)) continue;
    steps_ += static_cast<int64_t>(node.next_child - begin);
    return rank;
  }
  steps_ += static_cast<int64_t>(node.next_child - begin) + 1;
  return -1;
}

void OffsetSearch::Place(Node& node, Rank child) {
  const Buffer& buffer = buffers_[static_cast<size_t>(child)];
  const int64_t offset = lowest_[static_cast<size_t>(child)];
  const int64_t top = offset + buffer.size;
  node.child = child;
  node.raised_begin = raised_.size();
  node.skyline_begin = skyline_undo_.size();
  placed_[static_cast<size_t>(child)] = 1;
  offsets_[static_cast<size_t>(child)] = offset;
  for (auto s = static_cast<size_t>(buffer.span.begin); s < static_cast<size_t>(buffer.span.end);
       ++s) {
    skyline_undo_.push_back(skyline_[s]);
    skyline_[s] = top;
    unplaced_[s] -= buffer.size;
  }
  for (const Rank other : buffer.neighbors) {
    const auto index = static_cast<size_t>(other);
    if (placed_[index] != 0 || lowest_[index] >= top) continue;
    raised_.push_back({other, lowest_[index]});
    lowest_[index] = RoundUp(top, buffers_[index].alignment);
  }
  steps_ += static_cast<int64_t>(buffer.neighbors.size());
}

void OffsetSearch::Undo(Node& node) {
  const Buffer& buffer = buffers_[static_cast<size_t>(node.child)];
  for (size_t i = node.raised_begin; i < raised_.size(); ++i)
    lowest_[static_cast<size_t>(raised_[i].buffer)] = raised_[i].lowest_before;
  raised_.resize(node.raised_begin);
  for (int32_t s = buffer.span.begin; s < buffer.span.end; ++s) {
    const auto offset_in_span = static_cast<size_t>(s - buffer.span.begin);
    skyline_[static_cast<size_t>(s)] = skyline_undo_[node.skyline_begin + offset_in_span];
    unplaced_[static_cast<size_t>(s)] += buffer.size;
  }
  skyline_undo_.resize(node.skyline_begin);
  placed_[static_cast<size_t>(node.child)] = 0;
  node.child = -1;
}

/// The list of the child: that of its parent without it, those raised moved to where they belong.
void OffsetSearch::WriteChildList(Rank child) {
  const Node& node = Top();
  just_raised_.clear();
  for (size_t i = node.raised_begin; i < raised_.size(); ++i) {
    just_raised_.push_back(raised_[i].buffer);
    placed_[static_cast<size_t>(raised_[i].buffer)] = 2;  // Marked: to be merged.
  }
  const auto before = [this](Rank a, Rank b) { return Before(a, b); };
  if (!std::is_sorted(just_raised_.begin(), just_raised_.end(), before))
    std::sort(just_raised_.begin(), just_raised_.end(), before);
  const Rank* from = ListAt(depth_);
  Rank* to = ListAt(depth_ + 1);
  auto raised = just_raised_.begin();
  for (size_t i = 0; i < ListSize(depth_); ++i) {
    const Rank rank = from[i];
    if (rank == child || placed_[static_cast<size_t>(rank)] == 2) continue;
    while (raised != just_raised_.end() && Before(*raised, rank)) *to++ = *raised++;
    *to++ = rank;
  }
  std::copy(raised, just_raised_.end(), to);
  for (const Rank rank : just_raised_) placed_[static_cast<size_t>(rank)] = 0;
  steps_ += static_cast<int64_t>(ListSize(depth_));
}

/// False if the rest cannot be placed within the capacity, as far as a look at each section tells.
bool OffsetSearch::CanFinish(const Node& node, Rank child) {
  const Buffer& buffer = buffers_[static_cast<size_t>(child)];
  const int64_t offset = offsets_[static_cast<size_t>(child)];
  if (offset + buffer.size > capacity_) return false;
  const int64_t floor = tricks_.canonical_order ? offset : 0;
  const bool risen = floor > node.floor;
  if (risen && !FloorCanRise(floor)) return false;
  WriteChildList(child);
  Interval<int32_t> hull = buffer.span;
  for (size_t i = node.raised_begin; i < raised_.size(); ++i) {
    const Interval<int32_t>& span = buffers_[static_cast<size_t>(raised_[i].buffer)].span;
    hull = {std::min(hull.begin, span.begin), std::max(hull.end, span.end)};
  }
  Node next;
  next.floor = floor;
  next.floor_rank = tricks_.canonical_order ? child : -1;
  return SectionsCanFinish(next, hull);
}

bool OffsetSearch::FloorCanRise(int64_t floor) {
  int64_t worst = 0;
  for (size_t s = 0; s < unplaced_.size(); ++s)
    worst |= unplaced_[s] > 0 ? capacity_ - floor - unplaced_[s] : 0;
  return worst >= 0;
}

/// The lowest offset an unplaced buffer can get in the end. One that may not be placed where it now
/// could must still rise: onto the top of a neighbour not yet placed.
int64_t OffsetSearch::LowestFuture(const Node& node, Rank rank) {
  const auto index = static_cast<size_t>(rank);
  if (Allowed(node, rank)) return lowest_[index];
  if (!tricks_.raise_unsupported) return std::max(lowest_[index], node.floor);
  int64_t support = kNever;
  for (const Rank other : buffers_[index].neighbors) {
    const auto o = static_cast<size_t>(other);
    if (placed_[o] == 0)
      support = std::min(support, std::max(lowest_[o], node.floor) + buffers_[o].size);
  }
  steps_ += static_cast<int64_t>(buffers_[index].neighbors.size());
  return support;
}

/// Sections of the hull that are still too full whatever the order of the rest.
bool OffsetSearch::SectionsCanFinish(const Node& node, Interval<int32_t> hull) {
  if (tricks_.stack_by_release) return StacksCanFinish(node, hull);
  for (auto s = static_cast<size_t>(hull.begin); s < static_cast<size_t>(hull.end); ++s)
    if (std::max(skyline_[s], node.floor) + unplaced_[s] > capacity_) return false;
  steps_ += hull.end - hull.begin;
  return true;
}

/// Stacks the unplaced buffers of each section of the hull in order of the lowest offsets they can
/// get in the end, from the highest down: above each one there must be room for it and all those
/// stacked before it.
bool OffsetSearch::StacksCanFinish(const Node& node, Interval<int32_t> hull) {
  const Rank* list = ListAt(depth_ + 1);
  const size_t size = ListSize(depth_ + 1);
  // Those that must still rise are the first of the list; their final order is another one.
  size_t rising = 0;
  rising_.clear();
  for (; rising < size && !Allowed(node, list[rising]); ++rising)
    if (buffers_[static_cast<size_t>(list[rising])].span.Overlaps(hull))
      rising_.emplace_back(LowestFuture(node, list[rising]), list[rising]);
  std::sort(rising_.begin(), rising_.end());
  if (!rising_.empty() && rising_.back().first == kNever) return false;

  std::fill(room_.begin() + hull.begin, room_.begin() + hull.end, capacity_);
  auto highest_rising = rising_.rbegin();
  for (size_t i = size; i-- > rising;) {
    const Rank rank = list[i];
    const int64_t lowest = lowest_[static_cast<size_t>(rank)];
    for (; highest_rising != rising_.rend() && highest_rising->first > lowest; ++highest_rising)
      if (!Stack(highest_rising->second, highest_rising->first, hull)) return false;
    if (!Stack(rank, lowest, hull)) return false;
  }
  for (; highest_rising != rising_.rend(); ++highest_rising)
    if (!Stack(highest_rising->second, highest_rising->first, hull)) return false;
  return true;
}

/// Takes room for one more buffer; false if it is not there.
bool OffsetSearch::Stack(Rank rank, int64_t lowest, Interval<int32_t> hull) {
  const Buffer& buffer = buffers_[static_cast<size_t>(rank)];
  const int32_t begin = std::max(hull.begin, buffer.span.begin);
  const int32_t end = std::min(hull.end, buffer.span.end);
  int64_t worst = 0;  // Its sign bit: one of the differences is negative.
  for (int32_t s = begin; s < end; ++s) {
    int64_t& room = room_[static_cast<size_t>(s)];
    room -= buffer.size;
    worst |= room - lowest;
  }
  steps_ += 1;
  return worst >= 0;
}

void OffsetSearch::Enter(const Node& parent, Rank child) {
  const auto index = static_cast<size_t>(child);
  Node& node = nodes_[depth_ + 1];
  node = Node();
  node.floor = tricks_.canonical_order ? offsets_[index] : 0;
  node.floor_rank = tricks_.canonical_order ? child : -1;
  node.placed_hash = parent.placed_hash ^ buffers_[index].hash;
  node.dominated_at = kNever;
  for (size_t i = 0; i < ListSize(depth_ + 1); ++i) {
    const auto other = static_cast<size_t>(ListAt(depth_ + 1)[i]);
    node.dominated_at = std::min(node.dominated_at, lowest_[other] + buffers_[other].size);
  }
  if (tricks_.remember_dead_ends) {
    HashState(node);
    if (dead_ends_.Known(node.state_hash, node.state_rank)) return;
  }
  ++depth_;
}

/// What is placed, and the skyline the rest will see. The ranks at the floor matter only where some
/// section is still at the floor.
void OffsetSearch::HashState(Node& node) {
  uint64_t hash = node.placed_hash;
  int64_t lowest = kNever;
  for (size_t s = 0; s < skyline_.size(); ++s) {
    if (unplaced_[s] == 0) continue;
    const int64_t height = std::max(skyline_[s], node.floor);
    lowest = std::min(lowest, height);
    hash += SpreadBits(static_cast<uint64_t>(height) ^ (static_cast<uint64_t>(s) << 44));
  }
  node.state_hash = SpreadBits(hash);
  node.state_rank = lowest > node.floor ? -1 : node.floor_rank;
  steps_ += static_cast<int64_t>(skyline_.size());
}

}  // namespace imcc
