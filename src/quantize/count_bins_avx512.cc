// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Compiled with -mavx512f -mavx512bw -mavx512vbmi2 -mpopcnt; only called after a CPU check.
//
// The bin is floor(round(round(x - lo) * 2048 / range)), and a division costs more than all the
// rest of the vector work. The quotient lies between two products with 2048 / range, one a little
// less and one a little more; where both have the same floor it is the bin, and only elsewhere (a
// value in a thousand) it is divided. Increments take most of the time, one store a cycle; so the
// zeros that a ReLU makes, often half of a tensor, are taken out and counted by their number.
#include <immintrin.h>

#include <cstring>

#include "quantize/count_bins.h"

namespace imcc {
namespace {

constexpr int kBins = kHistogramBins;
constexpr int64_t kStep = 32;                 // Values a turn: two registers.
constexpr int64_t kChunk = 512;               // Values between vector work and increments.
constexpr int64_t kBlock = int64_t{1} << 17;  // Values before 16-bit counts could overflow.
constexpr int kTables = 4;           // Equal neighbours would wait for each other's increment.
constexpr int kOutside = kBins;      // Where values beyond the edges are counted.
constexpr int kStride = kBins + 32;  // Of tables.

/// Floats of 2^23 + n hold the whole number n in their last bits, and adding rounds to them.
constexpr float kWhole = 0x1p23F;
constexpr int kDown = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;

/// What is known before the first value is seen.
enum class Side {
  kWithin,  // Values expected in [0, hi] = edges.
  kAbove,   // Values expected from 0 up, beyond the upper edge too.
  kAnywhere,
};

struct Constants {
  explicit Constants(Interval<float> edges)
      : lo(_mm512_set1_ps(edges.begin)),
        hi(_mm512_set1_ps(edges.end)),
        range(_mm512_set1_ps(edges.end - edges.begin)) {
    // Three roundings of at most 2^-24 lie between the products and the quotient.
    const float factor = static_cast<float>(kBins) / (edges.end - edges.begin);
    less = _mm512_set1_ps(factor * (1 - 0x1p-22F));
    more = _mm512_set1_ps(factor * (1 + 0x1p-22F));
  }
  __m512 lo, hi, range, less, more;
};

/// 2^23 + bin of sixteen values, or 2^23 + kOutside.
template <Side kSide>
class Positions {
 public:
  Positions(const Constants& c, __m512 x) : from_lo_(x) {
    if constexpr (kSide == Side::kAnywhere) from_lo_ = _mm512_sub_ps(x, c.lo);
    const __m512 whole = _mm512_set1_ps(kWhole);
    less_ = _mm512_fmadd_round_ps(from_lo_, c.less, whole, kDown);
    const __m512 more = _mm512_fmadd_round_ps(from_lo_, c.more, whole, kDown);
    // NaN counts as inside, to be met again in Divide. The upper edge itself is in the last bin,
    // which is what `less` says.
    if constexpr (kSide == Side::kWithin)
      inside_ = _mm512_cmp_ps_mask(x, c.hi, _CMP_NGE_UQ);
    else
      inside_ = _mm512_cmp_ps_mask(x, c.hi, _CMP_NGT_UQ);
    if constexpr (kSide == Side::kAnywhere)
      inside_ = _mm512_mask_cmp_ps_mask(inside_, x, c.lo, _CMP_NLT_UQ);
    unsure_ = _mm512_mask_cmp_ps_mask(inside_, less_, more, _CMP_NEQ_UQ);
  }

  __mmask16 unsure() const { return unsure_; }

  /// Decides what is unsure as torch.histc does; returns which values are NaN.
  __mmask16 Divide(const Constants& c) {
    const __m512 scaled = _mm512_mul_ps(from_lo_, _mm512_set1_ps(kBins));
    const __m512 position =
        _mm512_min_ps(_mm512_div_ps(scaled, c.range), _mm512_set1_ps(kBins - 1));
    less_ = _mm512_mask_add_round_ps(less_, unsure_, position, _mm512_set1_ps(kWhole), kDown);
    return _mm512_cmp_ps_mask(from_lo_, from_lo_, _CMP_UNORD_Q);
  }

  __m512i Bits() const {
    if constexpr (kSide == Side::kWithin) return _mm512_castps_si512(less_);
    return _mm512_castps_si512(
        _mm512_mask_mov_ps(_mm512_set1_ps(kWhole + kOutside), inside_, less_));
  }

 private:
  __m512 from_lo_, less_;
  __mmask16 inside_, unsure_;
};

/// Whether all values so far are in the expected range. Checked before their bins are used: beyond
/// it they are anything in 16 bits.
template <Side kSide>
class Watch {
 public:
  explicit Watch(Interval<float> expected) : expected_(expected) {}

  void Add(__m512 x) {
    if constexpr (kSide == Side::kAnywhere) {
      low_ = _mm512_min_ps(x, low_);
      high_ = _mm512_max_ps(x, high_);
    } else {
      // As whole numbers, negative floats and NaN are larger than all others.
      bits_ = _mm512_max_epu32(bits_, _mm512_castps_si512(x));
    }
  }
  void AddNan(__mmask16 nan) { nan_ |= nan; }

  bool ok() const {
    if constexpr (kSide == Side::kAnywhere) {
      return nan_ == 0 && _mm512_reduce_min_ps(low_) >= expected_.begin &&
             _mm512_reduce_max_ps(high_) <= expected_.end;
    }
    const uint32_t highest = _mm512_reduce_max_epu32(bits_);
    float value = 0;
    std::memcpy(&value, &highest, sizeof(value));
    return highest < 0x80000000U && value <= expected_.end;
  }

 private:
  Interval<float> expected_;
  __m512 low_ = _mm512_set1_ps(__builtin_inff());
  __m512 high_ = _mm512_set1_ps(-__builtin_inff());
  __m512i bits_ = _mm512_setzero_si512();
  uint32_t nan_ = 0;
};

class Counter {
 public:
  Counter() {
    std::memset(tables_, 0, sizeof(tables_));
    std::memset(totals_, 0, sizeof(totals_));
  }

  template <Side kSide>
  bool Count(const float* values, int64_t count, const Constants& c, Interval<float> expected) {
    Watch<kSide> watch(expected);
    for (int64_t begin = 0; begin < count; begin += kBlock) {
      const int64_t end = begin + kBlock < count ? begin + kBlock : count;
      for (int64_t i = begin; i < end; i += kChunk) {
        const int64_t size = end - i < kChunk ? end - i : kChunk;
        if (!CountChunk<kSide>(values + i, size, c, watch)) return false;
      }
      Flush();
    }
    return true;
  }

  bool CountOne(float x, Interval<float> edges, Interval<float> expected) {
    if (!(x >= expected.begin && x <= expected.end)) return false;
    if (x < edges.begin || x > edges.end) return true;
    const float position = (x - edges.begin) * kBins / (edges.end - edges.begin);
    ++totals_[position < kBins ? static_cast<int>(position) : kBins - 1];
    return true;
  }

  void Store(float* histogram) const {
    for (int bin = 0; bin < kBins; bin += 16)
      _mm512_storeu_ps(histogram + bin, _mm512_cvtepu32_ps(_mm512_load_si512(totals_ + bin)));
  }

 private:
  template <Side kSide>
  bool CountChunk(const float* values, int64_t size, const Constants& c, Watch<kSide>& watch) {
    uint16_t* out = bins_;
    for (int64_t i = 0; i < size; i += kStep) {
      const __m512 x = _mm512_loadu_ps(values + i);
      const __m512 y = _mm512_loadu_ps(values + i + kStep / 2);
      // Elsewhere the hardware would follow; here the increments come in between.
      _mm_prefetch(values + i + kChunk, _MM_HINT_T0);
      _mm_prefetch(values + i + kChunk + kStep / 2, _MM_HINT_T0);
      watch.Add(x);
      watch.Add(y);
      Positions<kSide> first(c, x);
      Positions<kSide> second(c, y);
      if (__builtin_expect((first.unsure() | second.unsure()) != 0, 0))
        watch.AddNan(first.Divide(c) | second.Divide(c));
      // The low halves of both side by side; their order does not matter.
      const __m512i bins =
          _mm512_mask_blend_epi16(0xaaaaaaaaU, first.Bits(), _mm512_slli_epi32(second.Bits(), 16));
      if constexpr (kSide == Side::kAnywhere) {
        _mm512_storeu_si512(out, bins);
        out += kStep;
      } else {
        const __mmask32 others = _mm512_cmpneq_epi16_mask(bins, _mm512_setzero_si512());
        _mm512_storeu_si512(out, _mm512_maskz_compress_epi16(others, bins));
        out += __builtin_popcount(others);
      }
    }
    if (!watch.ok()) return false;
    totals_[0] += static_cast<uint32_t>(size - (out - bins_));
    Increment(out - bins_);
    return true;
  }

  void Increment(int64_t size) {
    int64_t i = 0;
    for (; i + kTables <= size; i += kTables) {
      for (int table = 0; table < kTables; ++table) ++tables_[table][bins_[i + table]];
    }
    for (; i < size; ++i) ++tables_[0][bins_[i]];
  }

  void Flush() {
    for (int bin = 0; bin < kBins; bin += 16) {
      __m512i sum = _mm512_load_si512(totals_ + bin);
      for (auto& table : tables_) {
        auto* const counts = reinterpret_cast<__m256i*>(table + bin);
        sum = _mm512_add_epi32(sum, _mm512_cvtepu16_epi32(_mm256_load_si256(counts)));
        _mm256_store_si256(counts, _mm256_setzero_si256());
      }
      _mm512_store_si512(totals_ + bin, sum);
    }
    for (auto& table : tables_) table[kOutside] = 0;
  }

  alignas(64) uint16_t tables_[kTables][kStride];
  alignas(64) uint32_t totals_[kBins];
  alignas(64) uint16_t bins_[kChunk + kStep];
};

template <Side kSide>
bool CountAll(const float* values, int64_t count, Interval<float> edges, Interval<float> expected,
              float* histogram) {
  const Constants constants(edges);
  Counter counter;
  const int64_t whole = count - count % kStep;
  if (!counter.Count<kSide>(values, whole, constants, expected)) return false;
  for (int64_t i = whole; i < count; ++i) {
    if (!counter.CountOne(values[i], edges, expected)) return false;
  }
  counter.Store(histogram);
  return true;
}

}  // namespace

bool CountBinsAvx512(const float* values, int64_t count, Interval<float> edges,
                     Interval<float> expected, float* histogram) {
  if (edges.begin == 0 && expected.begin == 0) {
    const bool as_expected =
        edges.end >= expected.end
            ? CountAll<Side::kWithin>(values, count, edges, expected, histogram)
            : CountAll<Side::kAbove>(values, count, edges, expected, histogram);
    if (as_expected) return true;  // Else it may be no worse than a negative zero.
  }
  return CountAll<Side::kAnywhere>(values, count, edges, expected, histogram);
}

}  // namespace imcc
