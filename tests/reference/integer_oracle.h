// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "ir/quantized_graph.h"
#include "reference/integer_executor.h"

/// The int8 graph once more, as loops over output elements and taps: slow, obvious, and written
/// from the definitions in ir/quantized_graph.h alone.
namespace imcc::testing {

/// One running graph.
class IntegerOracle {
 public:
  explicit IntegerOracle(const QuantizedGraph& graph)
      : graph_(graph), values_(graph.tensors.size()) {}

  std::vector<Int8Values> Run(const std::vector<Int8Values>& inputs) {
    for (size_t i = 0; i < values_.size(); ++i) values_[i] = graph_.tensors[i].constant;
    for (size_t i = 0; i < inputs.size(); ++i) values_[graph_.inputs[i].index()] = inputs[i];
    for (const QNode& node : graph_.nodes) {
      node_ = &node;
      out_ = AsFeatureMap(graph_.tensor(node.output).shape);
      Int8Values& y = values_[node.output.index()];
      y.assign(static_cast<size_t>(out_.elements()), 0);
      std::visit([&](const auto& operation) { Fill(operation, y); }, node.operation);
    }
    std::vector<Int8Values> results;
    for (const QTensorId id : graph_.outputs) results.push_back(values_[id.index()]);
    return results;
  }

 private:
  const QTensor& Tensor(size_t input) const { return graph_.tensor(node_->inputs[input]); }
  FeatureMap Map(size_t input = 0) const { return AsFeatureMap(Tensor(input).shape); }
  int32_t OutZero() const { return graph_.tensor(node_->output).quantization.zero_point[0]; }
  bool Inside(int64_t i, int64_t j) const {
    return i >= 0 && j >= 0 && i < Map().height && j < Map().width;
  }
  int X(int64_t i, int64_t j, int64_t c, size_t input = 0) const {
    const FeatureMap map = Map(input);
    return values_[node_->inputs[input].index()]
                  [static_cast<size_t>((i * map.width + j) * map.channels + c)];
  }
  int Value(size_t input, int64_t index) const {
    return values_[node_->inputs[input].index()][static_cast<size_t>(index)];
  }
  int32_t Zero(int64_t c, size_t input = 0) const {
    return Tensor(input).quantization.zero_point_of(c);
  }

  /// Sets every element of y to element(row, column, channel).
  template <class Element>
  void ForEach(Int8Values& y, const Element& element) const {
    size_t index = 0;
    for (int64_t i = 0; i < out_.height; ++i)
      for (int64_t j = 0; j < out_.width; ++j)
        for (int64_t c = 0; c < out_.channels; ++c)
          y[index++] = static_cast<int8_t>(element(i, j, c));
  }
  /// Calls tap(row, column, number) for every tap of the window, inside or not.
  template <class Tap>
  static void ForEachTap(const Window& w, int64_t i, int64_t j, const Tap& tap) {
    for (int64_t a = 0; a < w.kernel_h; ++a)
      for (int64_t b = 0; b < w.kernel_w; ++b)
        tap(i * w.stride_h - w.padding.top + a * w.dilation_h,
            j * w.stride_w - w.padding.left + b * w.dilation_w, a * w.kernel_w + b);
  }

  void Fill(const QConv& conv, Int8Values& y) const {
    const int64_t ins = conv.in_channels / conv.groups;
    const int64_t outs = conv.out_channels / conv.groups;
    ForEach(y, [&](int64_t i, int64_t j, int64_t n) {
      int32_t acc = conv.bias[static_cast<size_t>(n)];
      ForEachTap(conv.window, i, j, [&](int64_t row, int64_t column, int64_t tap) {
        if (!Inside(row, column)) return;
        for (int64_t c = 0; c < ins; ++c) {
          const int64_t channel = n / outs * ins + c;
          const auto w = static_cast<size_t>((n * conv.window.taps() + tap) * ins + c);
          acc += conv.weights[w] * (X(row, column, channel) - Zero(channel));
        }
      });
      return Requantize(acc, conv.requantizers[static_cast<size_t>(n)], OutZero(), conv.clamp);
    });
  }
  void Fill(const QTable& table, Int8Values& y) const {
    ForEach(y, [&](int64_t i, int64_t j, int64_t c) {
      return table.table[static_cast<size_t>(X(i, j, c) + 128)];
    });
  }
  void Fill(const QElementwise& op, Int8Values& y) const {
    ForEach(y, [&](int64_t i, int64_t j, int64_t c) {
      const int a = X(i, j, c) - Zero(0);
      const int b = (op.broadcast_b ? X(0, 0, c, 1) : X(i, j, c, 1)) - Zero(0, 1);
      const auto index = [](int q) { return static_cast<size_t>(q + 128); };
      const int qb = b + Zero(0, 1);
      const int8_t ya = op.rescale_a[index(a + Zero(0))];
      const int8_t yb = op.rescale_b[index(qb)];
      int64_t q = OutZero();
      switch (op.kind) {
        case QElementwise::Kind::kMul:
          q += Scale(a * b, op.product);
          break;
        case QElementwise::Kind::kDiv:
          if (b == 0)
            q += a == 0 ? 0 : a > 0 ? 1000 : -1000;  // Saturates.
          else
            q += Scale(b > 0 ? a : -a, op.quotients[index(qb)]);
          break;
        case QElementwise::Kind::kMax:
          q = std::max(ya, yb);
          break;
        case QElementwise::Kind::kMin:
          q = std::min(ya, yb);
          break;
        default:
          q += Scale(a, b, op.pair);
      }
      return std::clamp<int64_t>(q, op.clamp.lo, op.clamp.hi);
    });
  }
  /// With 64 bits of mantissa: wrong only within 2^-60 of a tie.
  void Fill(const QSoftmax& softmax, Int8Values& y) const {
    const SoftmaxParameters& p = softmax.parameters;
    ForEach(y, [&](int64_t i, int64_t j, int64_t c) {
      int largest = -128;
      for (int64_t k = 0; k < out_.channels; ++k) largest = std::max<int>(largest, X(i, j, k));
      const auto e = [&](int64_t k) {
        return static_cast<long double>(p.exponentials[static_cast<size_t>(largest - X(i, j, k))]);
      };
      long double sum = 0;
      for (int64_t k = 0; k < out_.channels; ++k) sum += e(k);
      const long double inverse =
          std::ldexp(static_cast<long double>(p.inverse_scale.mantissa), -p.inverse_scale.shift);
      const auto q = static_cast<int64_t>(std::nearbyint(e(c) * inverse / sum));
      return std::clamp<int64_t>(q + p.zero_point, -128, 127);
    });
  }
  /// The formula of NormalizeParameters, its root by floating point.
  void Fill(const QLayerNorm& norm, Int8Values& y) const {
    const NormalizeParameters& p = norm.parameters;
    const int64_t n = out_.channels;
    ForEach(y, [&](int64_t i, int64_t j, int64_t c) {
      int64_t sum = 0;
      int64_t squares = 0;
      for (int64_t k = 0; k < n; ++k) {
        const int64_t x = X(i, j, k) - p.zero_point_x;
        sum += x;
        squares += x * x;
      }
      int64_t spread = n * squares - sum * sum + p.epsilon;
      int doubles = 0;
      while (spread != 0 && spread < int64_t{1} << 60) spread *= 4, ++doubles;
      const auto root =
          static_cast<int64_t>(std::floor(std::sqrt(static_cast<long double>(spread))));
      const int64_t deviation = n * (X(i, j, c) - p.zero_point_x) - sum;
      const auto t = static_cast<int64_t>(
          root == 0 ? 0
                    : std::nearbyint(std::ldexp(static_cast<long double>(deviation),
                                                doubles + kNormalizedBits) /
                                     static_cast<long double>(root)));
      const int64_t acc = t * p.gain[static_cast<size_t>(c)] + p.offset[static_cast<size_t>(c)];
      const auto q =
          static_cast<int64_t>(std::nearbyint(std::ldexp(static_cast<long double>(acc), -p.shift)));
      return std::clamp<int64_t>(q + p.zero_point_y, p.clamp.lo, p.clamp.hi);
    });
  }
  void Fill(const QMatMul& product, Int8Values& y) const {
    const Matrices a = AsMatrices(Tensor(0).shape);
    const Matrices b = AsMatrices(Tensor(1).shape);
    for (size_t i = 0; i < y.size(); ++i) {
      const auto index = static_cast<int64_t>(i);
      const int64_t row = index / b.rows;  // Of all matrices of a.
      const int64_t matrix = b.count == 1 ? 0 : row / a.rows;
      const int64_t column = matrix * b.rows + index % b.rows;
      int32_t acc = 0;
      for (int64_t k = 0; k < a.columns; ++k)
        acc += (Value(0, row * a.columns + k) - Zero(0)) * Value(1, column * a.columns + k);
      y[i] = Requantize(acc, product.requantizer, OutZero(), product.clamp);
    }
  }
  void Fill(const QExtreme& extreme, Int8Values& y) const {
    const int64_t n = Map().channels;
    ForEach(y, [&](int64_t i, int64_t j, int64_t) -> int64_t {
      int64_t best = extreme.last ? n - 1 : 0;
      for (int64_t k = 0; k < n; ++k) {
        const int64_t at = extreme.last ? n - 1 - k : k;
        const int sign = extreme.smallest ? -1 : 1;
        if (sign * X(i, j, at) > sign * X(i, j, best)) best = at;
      }
      if (extreme.index) return best + OutZero();
      return extreme.rescale[static_cast<size_t>(X(i, j, best) + 128)];
    });
  }
  void Fill(const QPool& pool, Int8Values& y) const {
    ForEach(y, [&](int64_t i, int64_t j, int64_t c) {
      int largest = -128;
      int32_t sum = 0;
      int64_t count = 0;
      ForEachTap(pool.window, i, j, [&](int64_t row, int64_t column, int64_t) {
        count += Inside(row, column) || pool.count_include_pad ? 1 : 0;
        if (!Inside(row, column)) return;
        largest = std::max(largest, X(row, column, c));
        sum += X(row, column, c) - Zero(0);
      });
      if (pool.kind == QPool::Kind::kMax)
        return static_cast<int8_t>(std::clamp<int>(largest, pool.clamp.lo, pool.clamp.hi));
      return Requantize(sum, AverageRequantizer(pool.scale_ratio, std::max<int64_t>(count, 1)),
                        OutZero(), pool.clamp);
    });
  }
  void Fill(const QConcat& concat, Int8Values& y) const {
    ForEach(y, [&](int64_t i, int64_t j, int64_t c) {
      // Position along the joined axis; rank 4 is [1,H,W,C], rank 2 [W,C].
      const auto rank = static_cast<int64_t>(graph_.tensor(node_->output).shape.rank());
      const int64_t axis = concat.axis + 4 - rank;
      int64_t at[] = {0, i, j, c};
      size_t input = 0;
      for (;; ++input) {
        const FeatureMap map = Map(input);
        const int64_t size[] = {1, map.height, map.width, map.channels};
        if (at[axis] < size[axis]) break;
        at[axis] -= size[axis];
      }
      return concat.tables[input].table[static_cast<size_t>(X(at[1], at[2], at[3], input) + 128)];
    });
  }
  void Fill(const QPad& pad, Int8Values& y) const {
    ForEach(y, [&](int64_t i, int64_t j, int64_t c) {
      const int64_t row = i - pad.padding.top;
      const int64_t column = j - pad.padding.left;
      return Inside(row, column) ? X(row, column, c) : pad.value;
    });
  }
  void Fill(const QResize& resize, Int8Values& y) const {
    ForEach(y, [&](int64_t i, int64_t j, int64_t c) {
      const ResizeTap& r = resize.rows[static_cast<size_t>(i)];
      const ResizeTap& k = resize.columns[static_cast<size_t>(j)];
      const double v = r.weight / 32768.0;
      const double u = k.weight / 32768.0;
      // Products of two Q15 weights and an int8 are exact in double.
      return std::nearbyint((1 - v) * ((1 - u) * X(r.lo, k.lo, c) + u * X(r.lo, k.hi, c)) +
                            v * ((1 - u) * X(r.hi, k.lo, c) + u * X(r.hi, k.hi, c)));
    });
  }
  void Fill(const QReshape&, Int8Values& y) const { y = values_[node_->inputs[0].index()]; }

  /// Every input element goes to the position its axes say.
  void Fill(const QTranspose& transpose, Int8Values& y) const {
    const Shape& from = Tensor(0).shape;
    const Shape& to = graph_.tensor(node_->output).shape;
    const Int8Values& x = values_[node_->inputs[0].index()];
    for (size_t i = 0; i < x.size(); ++i) {
      std::vector<int64_t> position(from.rank());
      auto rest = static_cast<int64_t>(i);
      for (size_t axis = from.rank(); axis-- > 0; rest /= from[axis])
        position[axis] = rest % from[axis];
      int64_t target = 0;
      for (size_t axis = 0; axis < to.rank(); ++axis)
        target = target * to[axis] + position[static_cast<size_t>(transpose.permutation[axis])];
      y[static_cast<size_t>(target)] = x[i];
    }
  }
  void Fill(const QGather& gather, Int8Values& y) const {
    const Shape& from = Tensor(0).shape;
    const Shape& to = graph_.tensor(node_->output).shape;
    const Int8Values& x = values_[node_->inputs[0].index()];
    for (size_t i = 0; i < y.size(); ++i) {
      int64_t source = 0;
      int64_t scale = 1;
      auto rest = static_cast<int64_t>(i);
      for (size_t axis = to.rank(); axis-- > 0; rest /= to[axis], scale *= from[axis]) {
        const int64_t at = rest % to[axis];
        const bool along = static_cast<int64_t>(axis) == gather.axis;
        source += scale * (along ? gather.indices[static_cast<size_t>(at)] : at);
      }
      y[i] = x[static_cast<size_t>(source)];
    }
  }

  const QuantizedGraph& graph_;
  std::vector<Int8Values> values_;
  const QNode* node_ = nullptr;
  FeatureMap out_;
};

}  // namespace imcc::testing
