// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/sections.h"

#include <algorithm>
#include <numeric>

namespace imcc {

namespace {

/// All moments at which a life begins or ends, ascending, each once.
std::vector<int64_t> Moments(const std::vector<Placeable>& buffers) {
  std::vector<int64_t> moments;
  moments.reserve(2 * buffers.size());
  for (const Placeable& buffer : buffers) {
    moments.push_back(buffer.life.begin);
    moments.push_back(buffer.life.end);
  }
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  return moments;
}

int32_t NumberOf(const std::vector<int64_t>& moments, int64_t moment) {
  return static_cast<int32_t>(std::lower_bound(moments.begin(), moments.end(), moment) -
                              moments.begin());
}

/// The section numbers that remain: those between a begin and the next end. In all others the live
/// set only grows towards a neighbour. Entry i counts the sections kept before section i.
std::vector<int32_t> KeepMaximal(const std::vector<Interval<int32_t>>& span, size_t moments) {
  std::vector<bool> begins(moments);
  std::vector<bool> ends(moments);
  for (const Interval<int32_t>& s : span) {
    begins[static_cast<size_t>(s.begin)] = true;
    ends[static_cast<size_t>(s.end)] = true;
  }
  std::vector<int32_t> kept_before(moments);
  int32_t kept = 0;
  bool grown = false;
  for (size_t i = 0; i < moments; ++i) {
    if (ends[i] && grown) {
      ++kept;  // The section that ends here stays.
      grown = false;
    }
    kept_before[i] = kept;
    grown = grown || begins[i];
  }
  return kept_before;
}

std::vector<Bytes> SumLive(const std::vector<Placeable>& buffers,
                           const std::vector<Interval<int32_t>>& span, size_t count) {
  std::vector<Bytes> live(count + 1);
  for (size_t i = 0; i < buffers.size(); ++i) {
    live[static_cast<size_t>(span[i].begin)] += buffers[i].size;
    live[static_cast<size_t>(span[i].end)] -= buffers[i].size;
  }
  std::partial_sum(live.begin(), live.end(), live.begin());
  live.pop_back();
  return live;
}

}  // namespace

Sections CutIntoSections(const std::vector<Placeable>& buffers, bool only_maximal) {
  const std::vector<int64_t> moments = Moments(buffers);
  Sections sections;
  for (const Placeable& buffer : buffers)
    sections.span.push_back(
        {NumberOf(moments, buffer.life.begin), NumberOf(moments, buffer.life.end)});
  size_t count = moments.empty() ? 0 : moments.size() - 1;
  if (only_maximal && count > 0) {
    const std::vector<int32_t> kept = KeepMaximal(sections.span, moments.size());
    for (Interval<int32_t>& span : sections.span)
      span = {kept[static_cast<size_t>(span.begin)], kept[static_cast<size_t>(span.end)]};
    count = static_cast<size_t>(kept.back());
  }
  sections.live = SumLive(buffers, sections.span, count);
  return sections;
}

std::vector<std::vector<size_t>> SplitAtGaps(const std::vector<Placeable>& buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return buffers[a].life.begin < buffers[b].life.begin;
  });
  std::vector<std::vector<size_t>> groups;
  int64_t end = 0;
  for (const size_t i : order) {
    if (groups.empty() || buffers[i].life.begin >= end) groups.emplace_back();
    end = groups.back().empty() ? buffers[i].life.end : std::max(end, buffers[i].life.end);
    groups.back().push_back(i);
  }
  for (std::vector<size_t>& group : groups) std::sort(group.begin(), group.end());
  return groups;
}

std::optional<Neighbors> FindNeighbors(const Sections& sections, size_t max_pairs) {
  std::vector<size_t> order(sections.span.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return sections.span[a].begin < sections.span[b].begin;
  });
  Neighbors neighbors(order.size());
  size_t pairs = 0;
  for (size_t first = 0; first < order.size(); ++first) {
    const size_t a = order[first];
    for (size_t second = first + 1; second < order.size(); ++second) {
      const size_t b = order[second];
      if (sections.span[b].begin >= sections.span[a].end) break;
      if (++pairs > max_pairs) return std::nullopt;
      neighbors[a].push_back(static_cast<int32_t>(b));
      neighbors[b].push_back(static_cast<int32_t>(a));
    }
  }
  return neighbors;
}

LiveBytes MostLiveBytes(const std::vector<Placeable>& buffers) {
  const std::vector<int64_t> moments = Moments(buffers);
  const Sections sections = CutIntoSections(buffers, /*only_maximal=*/false);
  LiveBytes result;
  if (sections.live.empty()) return result;
  const auto most = std::max_element(sections.live.begin(), sections.live.end());
  result.most = *most;
  result.when = moments[static_cast<size_t>(most - sections.live.begin())];
  return result;
}

}  // namespace imcc
