// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace imcc {

/// An integer count of one unit. Quantities of different units do not mix, so a byte count can
/// never be passed where cycles are meant. Arithmetic is plain int64 arithmetic.
template <class Unit>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(int64_t count) : count_(count) {}

  constexpr int64_t count() const { return count_; }

  constexpr Quantity& operator+=(Quantity other) { return count_ += other.count_, *this; }
  constexpr Quantity& operator-=(Quantity other) { return count_ -= other.count_, *this; }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, int64_t n) { return Quantity(a.count_ * n); }
  friend constexpr Quantity operator*(int64_t n, Quantity a) { return a * n; }
  friend constexpr auto operator<=>(Quantity, Quantity) = default;  // NOLINT(modernize-use-nullptr)

 private:
  int64_t count_ = 0;
};

using Bytes = Quantity<struct BytesUnit>;    // Memory sizes and traffic.
using Cycles = Quantity<struct CyclesUnit>;  // Core clock cycles.
using Macs = Quantity<struct MacsUnit>;      // Multiply-accumulates of the network itself.
using Mvms = Quantity<struct MvmsUnit>;      // Matrix-vector multiplies issued to an IMC array.

/// ceil(a / b) for non-negative a and positive b.
constexpr int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// The smallest multiple of `unit` that is at least `a`.
constexpr int64_t RoundUp(int64_t a, int64_t unit) { return CeilDiv(a, unit) * unit; }

/// Half-open interval [begin, end). Every interval in imcc is half-open.
template <class T>
struct Interval {
  T begin{};
  T end{};

  constexpr bool empty() const { return !(begin < end); }
  constexpr bool Contains(T x) const { return begin <= x && x < end; }
  constexpr bool Overlaps(Interval other) const { return begin < other.end && other.begin < end; }
  friend constexpr bool operator==(Interval, Interval) = default;
};

/// What two intervals share; empty (end at or before begin) where they do not meet.
template <class T>
constexpr Interval<T> Common(Interval<T> a, Interval<T> b) {
  return {a.begin < b.begin ? b.begin : a.begin, a.end < b.end ? a.end : b.end};
}

/// A typed index into a vector of `Tagged` things. Default-constructed = "none".
template <class Tagged>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(size_t index) : index_(static_cast<int32_t>(index)) {}

  constexpr bool valid() const { return index_ >= 0; }
  constexpr size_t index() const { return static_cast<size_t>(index_); }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  int32_t index_ = -1;
};

}  // namespace imcc
