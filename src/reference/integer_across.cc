// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/integer_kernels.h"

namespace imcc {

void RunSoftmax(const QSoftmax& softmax, Int8View x, Int8Output y) {
  const FeatureMap map = x.map();
  for (int64_t pixel = 0; pixel < map.pixels(); ++pixel)
    SoftmaxRow(x.values + pixel * map.channels, map.channels, softmax.parameters,
               y.values + pixel * map.channels);
}

void RunLayerNorm(const QLayerNorm& norm, Int8View x, Int8Output y) {
  const FeatureMap map = x.map();
  for (int64_t pixel = 0; pixel < map.pixels(); ++pixel)
    NormalizeRow(x.values + pixel * map.channels, map.channels, norm.parameters,
                 y.values + pixel * map.channels);
}

void RunExtreme(const QExtreme& extreme, Int8View x, Int8Output y) {
  const FeatureMap map = x.map();
  for (int64_t pixel = 0; pixel < map.pixels(); ++pixel) {
    const int8_t* row = x.values + pixel * map.channels;
    const int64_t at = ExtremeIndex(row, map.channels, extreme.smallest, extreme.last);
    y.values[pixel] = extreme.index ? static_cast<int8_t>(at + y.zero_point())
                                    : extreme.rescale[static_cast<size_t>(row[at] + 128)];
  }
}

}  // namespace imcc
