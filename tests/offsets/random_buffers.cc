// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/random_buffers.h"

#include <algorithm>

namespace imcc::testing {

namespace {

/// 0 to n - 1.
int64_t Draw(int64_t n, std::mt19937_64& random) {
  return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
}

}  // namespace

std::vector<Placeable> DrawBuffers(const RandomBuffers& shape, std::mt19937_64& random) {
  std::vector<Placeable> buffers;
  while (buffers.size() < shape.count) {
    const int64_t begin = Draw(shape.times, random);
    const int64_t life = 1 + Draw(shape.max_life, random);
    buffers.push_back({.life = {begin, begin + life},
                       .size = Bytes(Draw(shape.max_size + 1, random)),
                       .alignment = Bytes(1 + Draw(shape.max_alignment, random))});
  }
  return buffers;
}

std::vector<Placeable> CutRectangle(size_t count, int64_t times, int64_t capacity,
                                    std::mt19937_64& random) {
  std::vector<Placeable> buffers = {{.life = {0, times}, .size = Bytes(capacity)}};
  while (buffers.size() < count) {
    Placeable& whole = buffers[random() % buffers.size()];
    Placeable part = whole;
    if (random() % 2 == 0) {
      if (whole.size.count() < 2) continue;
      part.size = Bytes(1 + Draw(whole.size.count() - 1, random));
      whole.size -= part.size;
    } else {
      const int64_t life = whole.life.end - whole.life.begin;
      if (life < 2) continue;
      part.life.end = whole.life.begin + 1 + Draw(life - 1, random);
      whole.life.begin = part.life.end;
    }
    buffers.push_back(part);
  }
  return buffers;
}

std::vector<Placeable> KeepFull(size_t count, int64_t capacity, std::mt19937_64& random) {
  std::vector<Placeable> live;
  std::vector<Placeable> buffers;
  for (int64_t part = 0; part < 4; ++part)
    live.push_back(
        {.life = {0, 1}, .size = Bytes(capacity * (part + 1) / 4 - capacity * part / 4)});
  for (int64_t time = 1; buffers.size() + live.size() < count; ++time) {
    Bytes freed;
    for (int ended = 0; ended < 2 && !live.empty(); ++ended) {
      const auto at = live.begin() + Draw(static_cast<int64_t>(live.size()), random);
      freed += at->size;
      buffers.push_back(*at);
      live.erase(at);
    }
    for (Placeable& buffer : live) buffer.life.end = time + 1;
    const Bytes first(live.size() < 2 || random() % 3 > 0 ? 1 + Draw(freed.count() - 1, random)
                                                          : freed.count());
    live.push_back({.life = {time, time + 1}, .size = first});
    if (freed > first) live.push_back({.life = {time, time + 1}, .size = freed - first});
  }
  buffers.insert(buffers.end(), live.begin(), live.end());
  return buffers;
}

std::vector<Placeable> DrawNetwork(size_t count, std::mt19937_64& random) {
  constexpr int64_t kBlock = 64;
  constexpr int64_t kStages = 6;  // Each with tensors of half the bytes.
  std::vector<Placeable> buffers;
  const auto layers = static_cast<int64_t>(count);
  for (int64_t layer = 0; layer < layers; ++layer) {
    const int64_t kind = Draw(100, random);
    int64_t life = 2;
    if (kind < 30) life += Draw(6, random);
    if (kind < 6) life += Draw(400, random);
    const int64_t blocks = (int64_t{1} << 13) >> (layer * kStages / layers);
    buffers.push_back({.life = {layer, layer + life},
                       .size = Bytes(kBlock * (blocks / 2 + Draw(blocks, random)))});
  }
  return buffers;
}

namespace {

/// Puts each buffer in turn on top of those placed that it collides with, and the rest after it.
class Enumeration {
 public:
  explicit Enumeration(const std::vector<Placeable>& buffers)
      : buffers_(buffers),
        live_bytes_(MostLiveBytes(buffers).most.count()),
        tops_(buffers.size(), kUnplaced) {}

  int64_t LowestPeak() {
    PlaceNext(0, buffers_.size());
    return lowest_;
  }

 private:
  static constexpr int64_t kUnplaced = -1;

  void PlaceNext(int64_t peak, size_t left) {
    if (peak >= lowest_ || lowest_ == live_bytes_) return;  // Nothing lower is possible.
    if (left == 0) lowest_ = peak;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (tops_[i] != kUnplaced) continue;
      int64_t offset = 0;
      for (size_t j = 0; j < buffers_.size(); ++j)
        if (buffers_[j].life.Overlaps(buffers_[i].life))
          offset = std::max(offset,
                            RoundUp(std::max<int64_t>(tops_[j], 0), buffers_[i].alignment.count()));
      // Without bytes it is in nobody's way.
      tops_[i] = buffers_[i].size.count() > 0 ? offset + buffers_[i].size.count() : 0;
      PlaceNext(std::max(peak, tops_[i]), left - 1);
      tops_[i] = kUnplaced;
    }
  }

  const std::vector<Placeable>& buffers_;
  const int64_t live_bytes_;
  std::vector<int64_t> tops_;
  int64_t lowest_ = INT64_MAX;
};

}  // namespace

Bytes LowestPeakByEnumeration(const std::vector<Placeable>& buffers) {
  return Bytes(Enumeration(buffers).LowestPeak());
}

}  // namespace imcc::testing
