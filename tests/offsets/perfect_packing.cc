// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/perfect_packing.h"

#include <algorithm>
#include <array>
#include <random>

namespace imcc::testing {

namespace {

struct Piece {
  Interval<int64_t> time;
  Interval<int64_t> space;  // In units.

  int64_t width() const { return time.end - time.begin; }
  int64_t height() const { return space.end - space.begin; }
};

class Cutter {
 public:
  explicit Cutter(const PackingShape& shape) : shape_(shape), random_(shape.seed) {
    pieces_.push_back({{0, shape.times}, {0, shape.units}});
  }

  std::vector<Placeable> Cut() {
    while (pieces_.size() < shape_.buffers) CutOne();
    for (size_t i = pieces_.size(); i > 1; --i)
      std::swap(pieces_[i - 1], pieces_[static_cast<size_t>(Draw(0, static_cast<int64_t>(i)))]);
    const int64_t unit = shape_.capacity.count() / shape_.units;
    std::vector<Placeable> buffers;
    for (const Piece& piece : pieces_)
      buffers.push_back({.life = piece.time, .size = Bytes(piece.height() * unit)});
    return buffers;
  }

 private:
  /// In [begin, end).
  int64_t Draw(int64_t begin, int64_t end) {
    return begin + static_cast<int64_t>(random_() % static_cast<uint64_t>(end - begin));
  }

  void CutOne() {
    size_t chosen = 0;
    for (int draw = 0; draw < 3; ++draw) {
      const auto other = static_cast<size_t>(Draw(0, static_cast<int64_t>(pieces_.size())));
      const auto area = [&](size_t i) { return pieces_[i].width() * pieces_[i].height(); };
      if (draw == 0 || area(other) > area(chosen)) chosen = other;
    }
    const Piece whole = pieces_[chosen];
    const bool room = whole.width() >= 3 && whole.height() >= 3;
    std::vector<Piece> parts;
    if (room && pieces_.size() + 4 <= shape_.buffers && Draw(0, 100) < shape_.pinwheel_percent)
      parts = Pinwheel(whole);
    else
      parts = Halves(whole);
    if (parts.empty()) return;
    pieces_[chosen] = parts.back();
    pieces_.insert(pieces_.end(), parts.begin(), parts.end() - 1);
  }

  std::vector<Piece> Halves(const Piece& whole) {
    Piece first = whole;
    Piece second = whole;
    const bool along_time = Draw(0, 2) == 0;
    if ((along_time ? whole.width() : whole.height()) < 2) return {};
    Interval<int64_t>& low = along_time ? first.time : first.space;
    Interval<int64_t>& high = along_time ? second.time : second.space;
    low.end = high.begin = Draw(low.begin + 1, low.end);
    return {first, second};
  }

  /// Four pieces around a fifth.
  std::vector<Piece> Pinwheel(const Piece& whole) {
    const auto two = [this](Interval<int64_t> range) {
      const int64_t first = Draw(range.begin + 1, range.end - 1);
      return Interval<int64_t>{first, Draw(first + 1, range.end)};
    };
    const Interval<int64_t> t = two(whole.time);
    const Interval<int64_t> s = two(whole.space);
    return {{{whole.time.begin, t.end}, {whole.space.begin, s.begin}},
            {{t.end, whole.time.end}, {whole.space.begin, s.end}},
            {{t.begin, whole.time.end}, {s.end, whole.space.end}},
            {{whole.time.begin, t.begin}, {s.begin, whole.space.end}},
            {t, s}};
  }

  const PackingShape shape_;
  std::mt19937_64 random_;  // Its sequence is part of the C++ standard.
  std::vector<Piece> pieces_;
};

}  // namespace

std::vector<Placeable> CutPerfectly(const PackingShape& shape) { return Cutter(shape).Cut(); }

PackingShape PackingOfFamily(int number) {
  constexpr std::array kPinwheels = {0, 15, 40, 80};
  constexpr std::array<int64_t, 4> kUnits = {256, 1024, 1 << 14, 1 << 20};
  const int64_t buffers = 50 + int64_t{350} * number / (kPackingFamily - 1);
  const std::array<int64_t, 4> times = {buffers, 2 * buffers, 10 * buffers, 100'000};
  const auto pick = [&](int divisor) { return static_cast<size_t>(number / divisor % 4); };
  return {.buffers = static_cast<size_t>(buffers),
          .times = times[pick(4)],
          .units = kUnits[pick(16)],
          .pinwheel_percent = kPinwheels[pick(1)],
          .seed = static_cast<uint64_t>(number)};
}

}  // namespace imcc::testing
