// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/tightest_first.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "offsets/static_orders.h"

namespace imcc {

namespace {

using State = PartialPlan::State;

/// A dive places each buffer once and looks at all of each section about once for that. The first
/// restart comes after so many of them: fewer give up too early, more cling to a bad beginning.
constexpr int64_t kLooksBeforeRestart = 2;

/// How much more a section's last failure counts than the one before it: old ones are forgotten.
constexpr double kForgetting = 1.001;
constexpr double kLargestBlame = 1e100;

/// Luby, Sinclair and Zuckerman, "Optimal speedup of Las Vegas algorithms", 1993: 1 1 2 1 1 2 4 ...
int64_t Luby(size_t number) {
  size_t length = 1;  // Of the shortest prefix 2^k - 1 that holds the number, from 1.
  while (length < number) length = 2 * length + 1;
  if (length == number) return static_cast<int64_t>((length + 1) / 2);
  return Luby(number - length / 2);
}

}  // namespace

TightestFirst::TightestFirst(const std::vector<Placeable>& buffers, const Sections& sections,
                             const Neighbors& neighbors,
                             const std::vector<std::vector<size_t>>& orders, Bytes capacity,
                             const SearchTricks& tricks)
    : orders_(orders),
      tricks_(tricks),
      plan_(buffers, sections, neighbors, capacity, tricks.order_twins),
      bounds_(plan_, tricks_),
      rank_(buffers.size()),
      blame_(sections.count(), 1.0) {
  int64_t members = 0;
  for (int32_t s = 0; s < plan_.sections(); ++s)
    members += static_cast<int64_t>(plan_.members(s).size());
  restart_steps_ = kLooksBeforeRestart * members * static_cast<int64_t>(buffers.size());
}

std::vector<Bytes> TightestFirst::Offsets() const {
  std::vector<Bytes> offsets;
  for (int32_t b = 0; b < static_cast<int32_t>(plan_.size()); ++b)
    offsets.emplace_back(plan_.lowest(b));
  return offsets;
}

SearchResult::Outcome TightestFirst::Run(int64_t steps) {
  const int64_t limit = this->steps() + steps;
  if (nodes_.empty()) {
    if (!bounds_.Follow()) return SearchResult::Outcome::kProvedImpossible;
    root_mark_ = plan_.mark();
    Restart();
  }
  while (this->steps() < limit) {
    if (tricks_.restart && this->steps() >= restart_at_) Restart();
    Node& node = nodes_.back();
    if (node.next_part == node.parts_end) {
      Pop();
      if (nodes_.empty()) return SearchResult::Outcome::kFound;
    } else if (!Enter(parts_[node.next_part++]) && !Backtrack()) {
      return SearchResult::Outcome::kProvedImpossible;
    }
  }
  return SearchResult::Outcome::kOutOfSteps;
}

/// From the top with another order. What is known of dead ends and of sections that fail stays.
void TightestFirst::Restart() {
  plan_.UndoTo(root_mark_);
  nodes_.clear();
  parts_.clear();
  states_.clear();
  RankBy(restarts_++);
  restart_at_ = steps() + Luby(restarts_) * restart_steps_;
  nodes_.emplace_back();
  AddParts({0, plan_.sections()});
}

void TightestFirst::RankBy(size_t restart) {
  const std::vector<size_t>& order = orders_[(restart + kLargestFirst) % orders_.size()];
  for (size_t position = 0; position < order.size(); ++position) {
    const uint64_t shift = restart < orders_.size() ? 0 : random_() % order.size();
    rank_[order[position]] = static_cast<int64_t>(position + shift);
  }
}

/// Takes up a part; false if it cannot be finished.
bool TightestFirst::Enter(Part part) {
  if (IsDeadEnd(part)) return false;
  Node node;
  node.part = part;
  node.mark = plan_.mark();
  node.parts_begin = parts_.size();
  node.states_begin = states_.size();
  nodes_.push_back(node);
  states_.push_back(Hash(part));
  if (Explore()) return true;
  GiveUp();
  return false;
}

/// Places a buffer of the last node's part; false if none can be placed any more.
bool TightestFirst::Explore() {
  Node& node = nodes_.back();
  while (true) {
    node.choice = PickBuffer(node.part);
    if (node.choice < 0) return false;
    node.choice_mark = plan_.mark();
    plan_.Place(node.choice);
    if (bounds_.FollowPlacing(node.choice)) break;
    Blame(bounds_.failed());
    if (!Postpone()) return false;
  }
  AddParts(node.part);
  return true;
}

/// The other way for the last node: its choice must rise. False if that is impossible.
bool TightestFirst::Postpone() {
  const Node& node = nodes_.back();
  plan_.UndoTo(node.choice_mark);
  plan_.Postpone(node.choice);
  if (!bounds_.Follow()) {
    Blame(bounds_.failed());
    return false;
  }
  if (IsDeadEnd(node.part)) return false;
  states_.push_back(Hash(node.part));
  return true;
}

/// After a part of the last node failed: the next way there is; false if there is none.
bool TightestFirst::Backtrack() {
  for (; nodes_.size() > 1; GiveUp()) {
    parts_.resize(nodes_.back().parts_begin);
    if (Postpone() && Explore()) return true;
  }
  return false;
}

/// The part of the last node cannot be finished from any of the states it has been in.
void TightestFirst::GiveUp() {
  const Node& node = nodes_.back();
  if (tricks_.remember_dead_ends)
    for (size_t i = node.states_begin; i < states_.size(); ++i)
      dead_ends_.Remember(states_[i], /*rank=*/0);
  plan_.UndoTo(node.mark);
  Pop();
}

void TightestFirst::Pop() {
  parts_.resize(nodes_.back().parts_begin);
  states_.resize(nodes_.back().states_begin);
  nodes_.pop_back();
}

bool TightestFirst::IsDeadEnd(Part part) {
  return tricks_.remember_dead_ends && dead_ends_.Known(Hash(part), /*rank=*/0);
}

/// Gives the last node what is unplaced in `part` as its parts, the smallest first.
void TightestFirst::AddParts(Part part) {
  std::vector<std::pair<size_t, Part>> found;
  for (int32_t s = part.begin; s < part.end; ++s) {
    for (const int32_t b : plan_.starting(s)) {
      if (plan_.placed(b)) continue;
      const bool apart = found.empty() || (tricks_.split_in_parts && s >= found.back().second.end);
      if (apart) found.push_back({0, plan_.buffer(b).span});
      ++found.back().first;
      found.back().second.end = std::max(found.back().second.end, plan_.buffer(b).span.end);
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Node& node = nodes_.back();
  node.next_part = parts_.size();
  for (const auto& [count, unplaced] : found) parts_.push_back(unplaced);
  node.parts_end = parts_.size();
  steps_ += part.end - part.begin;
}

/// The lowest offsets of what is unplaced say all about the rest of a part.
uint64_t TightestFirst::Hash(Part part) {
  uint64_t hash = 0;
  for (int32_t s = part.begin; s < part.end; ++s)
    for (const int32_t b : plan_.starting(s))
      if (!plan_.placed(b))
        hash += SpreadBits(2 * static_cast<uint64_t>(plan_.lowest(b)) +
                           (plan_.state(b) == State::kRests ? 1 : 0) +
                           SpreadBits(static_cast<uint64_t>(b)));
  steps_ += part.end - part.begin;
  return hash;
}

/// The best buffer of the section where fewest others could be the lowest; one that fails often
/// counts as tighter. -1 if every buffer must rise: the lowest of them cannot.
int32_t TightestFirst::PickBuffer(Part part) {
  int32_t lowest = -1;
  int32_t best = -1;
  double best_score = 0;
  for (int32_t s = part.begin; s < part.end; ++s) {
    int candidates = 0;
    const int32_t b = PickIn(s, candidates);
    if (b < 0) continue;
    if (lowest < 0 || Better(b, lowest)) lowest = b;
    double score = blame_[static_cast<size_t>(s)] / (candidates * candidates);
    if (tricks_.close_corners) score *= 1 << std::max(0, CornersClosed(b));
    if (candidates == 1) score = std::numeric_limits<double>::max();
    if (score <= best_score || FitsBelow(b)) continue;
    best_score = score;
    best = b;
  }
  // Nothing can be below the lowest of all, whatever the bounds say.
  return best >= 0 && tricks_.tightest_section ? best : lowest;
}

/// The best of a section's unplaced buffers that rest, or -1, and how many of all might be lowest.
int32_t TightestFirst::PickIn(int32_t section, int& candidates) {
  const int64_t highest = plan_.capacity() - plan_.unplaced(section);
  int32_t best = -1;
  for (const int32_t b : plan_.members(section)) {
    if (plan_.placed(b)) continue;
    if (plan_.lowest(b) <= highest) ++candidates;
    if (plan_.state(b) == State::kRests && (best < 0 || Better(b, best))) best = b;
  }
  steps_ += static_cast<int64_t>(plan_.members(section).size());
  candidates = std::max(candidates, 1);
  return best;
}

bool TightestFirst::Better(int32_t a, int32_t b) const {
  if (plan_.lowest(a) != plan_.lowest(b)) return plan_.lowest(a) < plan_.lowest(b);
  if (tricks_.close_corners) {
    const int more = CornersClosed(a) - CornersClosed(b);
    if (more != 0) return more > 0;
  }
  return rank_[static_cast<size_t>(a)] < rank_[static_cast<size_t>(b)];
}

/// By how many the steps of the skyline get fewer when this buffer is placed, -2 to 2.
int TightestFirst::CornersClosed(int32_t b) const {
  const auto closed = [&](int32_t beside) {
    if (beside < 0 || beside == plan_.sections() || plan_.unplaced(beside) == 0) return 0;
    const int64_t height = plan_.skyline(beside);
    return (height == plan_.LowestTop(b) ? 1 : 0) - (height == plan_.lowest(b) ? 1 : 0);
  };
  return closed(plan_.buffer(b).span.begin - 1) + closed(plan_.buffer(b).span.end);
}

/// Whether an unplaced buffer could still end up whole below this one.
bool TightestFirst::FitsBelow(int32_t b) {
  for (const int32_t other : plan_.neighbors(b)) {
    ++steps_;
    if (!plan_.placed(other) && plan_.LowestTop(other) <= plan_.lowest(b)) return true;
  }
  return false;
}

void TightestFirst::Blame(int32_t section) {
  if (!tricks_.blame_sections) return;
  blame_[static_cast<size_t>(section)] += blame_weight_;
  blame_weight_ *= kForgetting;
  if (blame_weight_ < kLargestBlame) return;
  for (double& blame : blame_) blame /= kLargestBlame;
  blame_weight_ /= kLargestBlame;
}

}  // namespace imcc
