// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "reference/integer_kernels.h"

namespace imcc {
namespace {

int8_t Look(const std::array<int8_t, 256>& table, int8_t x) {
  return table[static_cast<size_t>(x + 128)];
}

}  // namespace

void RunTable(const QTable& table, Int8View x, Int8Output y) {
  const int64_t count = x.map().elements();
  std::transform(x.values, x.values + count, y.values,
                 [&](int8_t q) { return Look(table.table, q); });
}

void RunElementwise(const QElementwise& op, Int8View a, Int8View b, Int8Output y) {
  const FeatureMap map = y.map();
  const int32_t za = a.zero_point();
  const int32_t zb = b.zero_point();
  const int64_t zy = y.zero_point();
  using Kind = QElementwise::Kind;
  for (int64_t i = 0; i < map.elements(); ++i) {
    const int8_t qa = a.values[i];
    const int8_t qb = b.values[op.broadcast_b ? i % map.channels : i];
    int64_t value = 0;
    switch (op.kind) {
      case Kind::kAdd:
      case Kind::kSub:
        value = Scale(qa - za, qb - zb, op.pair) + zy;
        break;
      case Kind::kMul:
        value = Scale(int64_t{qa - za} * (qb - zb), op.product) + zy;
        break;
      case Kind::kDiv:
        value = DividedBy(qa - za, qb - zb, op.quotients[static_cast<size_t>(qb + 128)]) + zy;
        break;
      case Kind::kMax:
        value = std::max(Look(op.rescale_a, qa), Look(op.rescale_b, qb));
        break;
      case Kind::kMin:
        value = std::min(Look(op.rescale_a, qa), Look(op.rescale_b, qb));
        break;
    }
    y.values[i] = static_cast<int8_t>(std::clamp<int64_t>(value, op.clamp.lo, op.clamp.hi));
  }
}

void RunConcat(const QConcat& concat, std::span<const Int8View> inputs, Int8Output y) {
  const Shape& shape = y.tensor->shape;
  const auto axis = static_cast<size_t>(concat.axis);
  int64_t outer = 1;
  for (size_t i = 0; i < axis; ++i) outer *= shape[i];
  const int64_t pitch = shape.elements() / outer;
  int64_t offset = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const int64_t run = inputs[i].tensor->shape.elements() / outer;
    for (int64_t row = 0; row < outer; ++row) {
      const int8_t* from = inputs[i].values + row * run;
      std::transform(from, from + run, y.values + row * pitch + offset,
                     [&](int8_t q) { return Look(concat.tables[i].table, q); });
    }
    offset += run;
  }
}

void RunPad(const QPad& pad, Int8View x, Int8Output y) {
  const FeatureMap in = x.map();
  const FeatureMap out = y.map();
  std::fill_n(y.values, out.elements(), pad.value);
  for (int64_t row = 0; row < in.height; ++row) {
    const int64_t first = (row + pad.padding.top) * out.width + pad.padding.left;
    std::copy_n(x.values + row * in.width * in.channels, in.width * in.channels,
                y.values + first * out.channels);
  }
}

}  // namespace imcc
