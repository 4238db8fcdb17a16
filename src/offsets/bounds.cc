// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/bounds.h"

#include <algorithm>
#include <limits>

namespace imcc {

namespace {

constexpr int64_t kNowhere = std::numeric_limits<int64_t>::max();

/// Looks at one section or buffer in one call. Two neighbours that raise each other byte by byte
/// would otherwise take forever; bounds that stay too low cost steps, never a plan.
constexpr char kMaxVisits = 6;

/// Subset sums looked at for one wall: ten buffers, or more of like sizes.
constexpr size_t kMaxSums = 1024;

/// The lowest two of LowestTop and who has the lowest.
struct LowestTops {
  int64_t first = kNowhere;
  int64_t second = kNowhere;
  int32_t owner = -1;

  void Add(int64_t top, int32_t buffer) {
    second = std::min(second, std::max(first, top));
    if (top >= first) return;
    first = top;
    owner = buffer;
  }
  int64_t Without(int32_t buffer) const { return buffer == owner ? second : first; }
};

/// The lowest offset from `floor` on at which one stack of each side can end: a stack ends in
/// [base + sum, base + sum + slack]. kNowhere if there is none. Sums ascend.
struct Side {
  int64_t base = 0;
  int64_t slack = 0;
  const std::vector<int64_t>& sums;
};
int64_t LowestMeeting(const Side& a, const Side& b, int64_t floor) {
  auto i = a.sums.begin();
  auto j = b.sums.begin();
  while (i != a.sums.end() && j != b.sums.end()) {
    const int64_t meeting = std::max({floor, a.base + *i, b.base + *j});
    if (meeting > a.base + *i + a.slack)
      ++i;
    else if (meeting > b.base + *j + b.slack)
      ++j;
    else
      return meeting;
  }
  return kNowhere;
}

}  // namespace

Bounds::Bounds(PartialPlan& plan, const SearchTricks& tricks)
    : plan_(plan),
      tricks_(tricks),
      is_waiting_(plan.size()),
      section_visits_(static_cast<size_t>(plan.sections())),
      buffer_visits_(plan.size()) {}

bool Bounds::FollowPlacing(int32_t placed) {
  steps_ += static_cast<int64_t>(plan_.neighbors(placed).size());
  const Interval<int32_t> span = plan_.buffer(placed).span;
  if (tricks_.fillable_walls && (!WallCanBeFilled(span.begin) || !WallCanBeFilled(span.end))) {
    Rest();
    return false;
  }
  return Follow();
}

bool Bounds::Follow() {
  const auto visit = [](std::vector<char>& visits, std::vector<int32_t>& visited, int32_t which) {
    char& count = visits[static_cast<size_t>(which)];
    if (count == kMaxVisits) return false;
    if (count == 0) visited.push_back(which);
    ++count;
    return true;
  };
  bool possible = true;
  while (possible) {
    if (const int32_t section = plan_.TakeChanged(); section >= 0) {
      possible = !visit(section_visits_, visited_sections_, section) || FollowSection(section);
    } else if (!waiting_.empty()) {
      const int32_t b = waiting_.back();
      waiting_.pop_back();
      is_waiting_[static_cast<size_t>(b)] = 0;
      possible = !visit(buffer_visits_, visited_buffers_, b) || RaiseToSupport(b);
    } else {
      break;
    }
  }
  Rest();
  return possible;
}

void Bounds::Rest() {
  plan_.ForgetChanges();
  for (const int32_t b : waiting_) is_waiting_[static_cast<size_t>(b)] = 0;
  waiting_.clear();
  for (const int32_t s : visited_sections_) section_visits_[static_cast<size_t>(s)] = 0;
  for (const int32_t b : visited_buffers_) buffer_visits_[static_cast<size_t>(b)] = 0;
  visited_sections_.clear();
  visited_buffers_.clear();
}

bool Bounds::Fail(int32_t section) {
  failed_ = section;
  return false;
}

bool Bounds::FollowSection(int32_t section) {
  stack_.clear();
  for (const int32_t b : plan_.members(section))
    if (!plan_.placed(b)) stack_.emplace_back(plan_.lowest(b), b);
  steps_ += static_cast<int64_t>(plan_.members(section).size());
  if (plan_.slack(section) < 0) return Fail(section);
  if (stack_.empty()) return true;
  if (tricks_.stack_by_release && !StackFits()) return Fail(section);
  if (tricks_.not_first && !RaiseAllButFirst(section)) return Fail(section);
  if (!tricks_.raise_unsupported) return true;
  for (const auto& [lowest, b] : stack_) {
    if (plan_.state(b) == PartialPlan::State::kRests || is_waiting_[static_cast<size_t>(b)] != 0)
      continue;
    is_waiting_[static_cast<size_t>(b)] = 1;
    waiting_.push_back(b);
  }
  return true;
}

/// In order of lowest offsets, no stack of these buffers ends lower.
bool Bounds::StackFits() {
  std::sort(stack_.begin(), stack_.end());
  steps_ += static_cast<int64_t>(stack_.size());
  int64_t top = 0;
  for (const auto& [lowest, b] : stack_) top = std::max(top, lowest) + plan_.buffer(b).size;
  return top <= plan_.capacity();
}

/// If there is no room for all of the section from a buffer's lowest offset up, then another one
/// lies below it.
bool Bounds::RaiseAllButFirst(int32_t section) {
  LowestTops tops;
  for (const auto& [lowest, b] : stack_) tops.Add(lowest + plan_.buffer(b).size, b);
  for (const auto& [lowest, b] : stack_) {
    if (lowest + plan_.unplaced(section) <= plan_.capacity()) continue;
    const int64_t support = tops.Without(b);
    if (support == kNowhere || !plan_.Raise(b, support)) return false;
  }
  return true;
}

/// A buffer that rests on nothing placed ends up on one that is not placed yet.
bool Bounds::RaiseToSupport(int32_t b) {
  if (plan_.placed(b) || plan_.state(b) == PartialPlan::State::kRests) return true;
  const int32_t twin = plan_.buffer(b).twin;
  if (twin >= 0 && !plan_.placed(twin))
    return plan_.Raise(b, plan_.LowestTop(twin)) || Fail(plan_.buffer(b).span.begin);
  int64_t support = kNowhere;
  for (const int32_t other : plan_.neighbors(b)) {
    ++steps_;
    if (!plan_.placed(other)) support = std::min(support, plan_.LowestTop(other));
    if (support <= plan_.lowest(b)) return true;
  }
  return (support != kNowhere && plan_.Raise(b, support)) || Fail(plan_.buffer(b).span.begin);
}

/// Where the skyline has a step between a section and the one before, the lowest buffer to lie
/// across rests at one offset on both sides. Below it there are on one side only buffers that end
/// at the step, on the other only such as begin there: some of each must add up to that offset.
bool Bounds::WallCanBeFilled(int32_t section) {
  const int32_t before = section - 1;
  if (before < 0 || section == plan_.sections()) return true;
  if (plan_.skyline(before) == plan_.skyline(section)) return true;
  int64_t crossing = kNowhere;
  for (const int32_t b : plan_.members(section))
    if (!plan_.placed(b) && plan_.buffer(b).span.begin < section)
      crossing = std::min(crossing, plan_.lowest(b));
  steps_ += static_cast<int64_t>(plan_.members(section).size());
  if (crossing == kNowhere) return true;
  if (plan_.slack(before) < 0) return Fail(before);
  if (plan_.slack(section) < 0) return Fail(section);
  if (!SumsOf(plan_.ending(section), sums_before_)) return true;
  if (!SumsOf(plan_.starting(section), sums_after_)) return true;
  const int64_t meeting =
      LowestMeeting({plan_.skyline(before), plan_.slack(before), sums_before_},
                    {plan_.skyline(section), plan_.slack(section), sums_after_}, crossing);
  if (meeting == kNowhere) return Fail(section);
  return meeting == crossing || RaiseCrossing(section, meeting) || Fail(section);
}

bool Bounds::RaiseCrossing(int32_t section, int64_t offset) {
  for (const int32_t b : plan_.members(section))
    if (!plan_.placed(b) && plan_.buffer(b).span.begin < section && !plan_.Raise(b, offset))
      return false;
  return true;
}

/// What any of these buffers, as far as they are not placed, add up to, ascending. False if that is
/// too much to write down.
bool Bounds::SumsOf(const std::vector<int32_t>& buffers, std::vector<int64_t>& sums) {
  sums.assign(1, 0);
  for (const int32_t b : buffers) {
    if (plan_.placed(b)) continue;
    const size_t count = sums.size();
    for (size_t i = 0; i < count; ++i) sums.push_back(sums[i] + plan_.buffer(b).size);
    std::inplace_merge(sums.begin(), sums.begin() + static_cast<ptrdiff_t>(count), sums.end());
    sums.erase(std::unique(sums.begin(), sums.end()), sums.end());
    steps_ += static_cast<int64_t>(sums.size());
    if (sums.size() > kMaxSums) return false;
  }
  return true;
}

}  // namespace imcc
