// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "support/graph_builder.h"

#include <algorithm>
#include <cmath>

namespace imcc::testing {

int64_t GraphBuilder::Random(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
}

QTensorId GraphBuilder::AddTensor(Shape shape, const Quantization* like) {
  QTensor tensor;
  tensor.name = "t" + std::to_string(graph_.tensors.size());
  tensor.layout = shape.rank() == 4 ? Layout::kChannelsLast : Layout::kPlain;
  tensor.shape = std::move(shape);
  if (like != nullptr) {
    tensor.quantization = *like;
  } else {
    tensor.quantization.scale = {0.01F * static_cast<float>(Random(1, 20))};
    tensor.quantization.zero_point = {static_cast<int32_t>(Random(-128, 127))};
  }
  graph_.tensors.push_back(std::move(tensor));
  return QTensorId(graph_.tensors.size() - 1);
}

QTensorId GraphBuilder::AddNode(std::vector<QTensorId> inputs, QTensorId output,
                                QOperation operation) {
  QNode node;
  node.name = "n" + std::to_string(graph_.nodes.size());
  node.inputs = std::move(inputs);
  node.output = output;
  node.operation = std::move(operation);
  graph_.nodes.push_back(std::move(node));
  return output;
}

QTensorId GraphBuilder::Input(int64_t height, int64_t width, int64_t channels) {
  const QTensorId id = AddTensor({1, height, width, channels});
  graph_.inputs.push_back(id);
  return id;
}

QTensorId GraphBuilder::Constant(const FeatureMap& map) {
  const QTensorId id = AddTensor({1, map.height, map.width, map.channels});
  for (int64_t i = 0; i < map.elements(); ++i)
    graph_.tensor(id).constant.push_back(static_cast<int8_t>(Random(-128, 127)));
  return id;
}

QTensorId GraphBuilder::Conv(QTensorId x, int64_t out_channels, Window window, int64_t groups) {
  const FeatureMap in = MapOf(x);
  const FeatureMap out = WindowOutput(window, in, out_channels);
  const size_t rank = graph_.tensor(x).shape.rank();
  const QTensorId y = AddTensor(rank == 2 ? Shape{in.width, out_channels}
                                          : Shape{1, out.height, out.width, out_channels});
  QConv conv{
      .window = window, .groups = groups, .in_channels = in.channels, .out_channels = out_channels};
  const auto taps = static_cast<double>(conv.taps_per_output());
  for (int64_t i = 0; i < out_channels * conv.taps_per_output(); ++i)
    conv.weights.push_back(static_cast<int8_t>(Random(-127, 127)));
  for (int64_t i = 0; i < out_channels; ++i) {
    // Spread the outputs over the int8 range: |x| and |w| average about 64.
    const double multiplier =
        60.0 / (74.0 * 74.0 * std::sqrt(taps)) * (0.5 + 0.01 * double(i % 50));
    conv.weight_scales.push_back(
        static_cast<float>(multiplier * double(ScaleOf(y)) / double(ScaleOf(x))));
    conv.bias.push_back(static_cast<int32_t>(Random(-5000, 5000)));
    conv.requantizers.push_back(
        MakeRequantizer(ScaleOf(x) * conv.weight_scales.back() / ScaleOf(y)));
  }
  if (Random(0, 2) == 0) conv.clamp = {static_cast<int8_t>(Random(-100, 0)), 100};
  return AddNode({x}, y, std::move(conv));
}

QTensorId GraphBuilder::Depthwise(QTensorId x, Window window) {
  return Conv(x, MapOf(x).channels, window, MapOf(x).channels);
}

QTensorId GraphBuilder::PickChannels(QTensorId x, int64_t first, int64_t count) {
  const QTensor in = graph_.tensor(x);
  const int64_t channels = MapOf(x).channels;
  const auto outputs = static_cast<size_t>(count);
  QConv pick{.in_channels = channels, .out_channels = count, .moves_data = true};
  pick.weights.resize(static_cast<size_t>(count * channels));
  for (int64_t i = 0; i < count; ++i)
    pick.weights[static_cast<size_t>(i * channels + first + i)] = 127;
  pick.weight_scales.assign(outputs, 1.0F / 127);
  pick.bias.resize(outputs);
  pick.requantizers.assign(outputs, MakeRequantizer(1.0F / 127));
  Shape shape = in.shape;
  shape[shape.rank() - 1] = count;
  return AddNode({x}, AddTensor(std::move(shape), &in.quantization), std::move(pick));
}

void GraphBuilder::GiveChannelsScales(QTensorId id) {
  const auto channels = static_cast<size_t>(MapOf(id).channels);
  Quantization& q = graph_.tensor(id).quantization;
  q.zero_point.resize(channels, q.zero_point[0]);
  while (q.scale.size() < channels) q.scale.push_back(0.01F * static_cast<float>(Random(1, 20)));
}

QTensorId GraphBuilder::Elementwise(QElementwise::Kind kind, QTensorId a, QTensorId b) {
  const QTensorId y = AddTensor(graph_.tensor(a).shape);
  QElementwise op{.kind = kind, .broadcast_b = MapOf(a) != MapOf(b)};
  const double sa = ScaleOf(a);
  const double sb = ScaleOf(b);
  const double sy = ScaleOf(y);
  const double sign = kind == QElementwise::Kind::kSub ? -1 : 1;
  op.pair = MakePairRequantizer(sa / sy, sign * sb / sy);
  op.product = MakeRequantizer(static_cast<float>(sa * sb / sy));
  for (int q = -128; q < 128 && kind == QElementwise::Kind::kDiv; ++q) {
    const int divisor = std::max(1, std::abs(q - graph_.tensor(b).quantization.zero_point[0]));
    op.quotients.push_back(MakeRequantizer(static_cast<float>(64 * sa / (sy * divisor))));
  }
  op.rescale_a = RandomTable().table;
  op.rescale_b = RandomTable().table;
  return AddNode({a, b}, y, op);
}

QTensorId GraphBuilder::Softmax(QTensorId x) {
  const QTensorId y = AddTensor(graph_.tensor(x).shape);
  Quantization& q = graph_.tensor(y).quantization;
  q.scale[0] /= 64;
  return AddNode({x}, y, QSoftmax{MakeSoftmax(ScaleOf(x), q.scale[0], q.zero_point[0])});
}

QTensorId GraphBuilder::LayerNorm(QTensorId x) {
  const QTensorId y = AddTensor(graph_.tensor(x).shape);
  QLayerNorm norm{.epsilon = 1e-5};
  for (int64_t c = 0; c < MapOf(x).channels; ++c) {
    norm.gamma.push_back(0.1F * static_cast<float>(Random(-20, 20)));
    norm.beta.push_back(0.1F * static_cast<float>(Random(-20, 20)));
  }
  const Quantization& from = graph_.tensor(x).quantization;
  norm.parameters = MakeNormalize(ScaleOf(x), from.zero_point[0], ScaleOf(y) / 4,
                                  graph_.tensor(y).quantization.zero_point[0], norm.epsilon,
                                  norm.gamma, norm.beta);
  return AddNode({x}, y, std::move(norm));
}

QTensorId GraphBuilder::Extreme(QTensorId x, bool smallest, bool index, bool last) {
  Shape shape = graph_.tensor(x).shape;
  shape[shape.rank() - 1] = 1;
  const Quantization whole{.scale = {1}, .zero_point = {-128}};
  const QTensorId y = AddTensor(std::move(shape), index ? &whole : nullptr);
  return AddNode(
      {x}, y,
      QExtreme{.smallest = smallest, .index = index, .last = last, .rescale = RandomTable().table});
}

QTable GraphBuilder::RandomTable() {
  QTable table;
  for (int8_t& entry : table.table) entry = static_cast<int8_t>(Random(-128, 127));
  return table;
}

QTensorId GraphBuilder::Table(QTensorId x) {
  return AddNode({x}, AddTensor(graph_.tensor(x).shape), RandomTable());
}

QTensorId GraphBuilder::Symmetric(QTensorId x) {
  Quantization q{.scale = {0.01F * static_cast<float>(Random(1, 20))}, .zero_point = {0}};
  return AddNode({x}, AddTensor(graph_.tensor(x).shape, &q), RandomTable());
}

QTensorId GraphBuilder::MatMul(QTensorId a, QTensorId b) {
  Shape shape = graph_.tensor(a).shape;
  const Matrices right = AsMatrices(graph_.tensor(b).shape);
  shape[shape.rank() - 1] = right.rows;
  const QTensorId y = AddTensor(std::move(shape));
  // As for convolutions: |a|, |b| average about 64.
  const double multiplier = 60.0 / (74.0 * 74.0 * std::sqrt(double(right.columns)));
  QMatMul product{.requantizer = MakeRequantizer(static_cast<float>(multiplier))};
  if (Random(0, 2) == 0) product.clamp = {static_cast<int8_t>(Random(-100, 0)), 100};
  return AddNode({a, b}, y, product);
}

QTensorId GraphBuilder::Pool(QPool::Kind kind, QTensorId x, Window window, bool count_include_pad) {
  const FeatureMap in = MapOf(x);
  const FeatureMap out = WindowOutput(window, in, in.channels);
  const Quantization like = graph_.tensor(x).quantization;
  const bool max = kind == QPool::Kind::kMax;
  const QTensorId y = AddTensor({1, out.height, out.width, out.channels}, max ? &like : nullptr);
  QPool pool{.kind = kind, .window = window, .count_include_pad = count_include_pad};
  pool.scale_ratio = max ? 1.0F : ScaleOf(x) / ScaleOf(y);
  return AddNode({x}, y, pool);
}

QTensorId GraphBuilder::GlobalPool(QPool::Kind kind, QTensorId x) {
  const FeatureMap in = MapOf(x);
  return Pool(kind, x, {.kernel_h = in.height, .kernel_w = in.width});
}

QTensorId GraphBuilder::Concat(const std::vector<QTensorId>& inputs, int64_t axis) {
  Shape shape = graph_.tensor(inputs[0]).shape;
  QConcat concat{.axis = axis};
  int64_t size = 0;
  for (const QTensorId id : inputs) {
    size += graph_.tensor(id).shape[static_cast<size_t>(axis)];
    QTable table = RandomTable();
    if (Random(0, 1) == 0)
      for (int i = 0; i < 256; ++i) table.table[static_cast<size_t>(i)] = int8_t(i - 128);
    concat.tables.push_back(table);
  }
  shape[static_cast<size_t>(axis)] = size;
  return AddNode(inputs, AddTensor(shape), std::move(concat));
}

QTensorId GraphBuilder::Pad(QTensorId x, Padding padding) {
  const FeatureMap in = MapOf(x);
  const Quantization like = graph_.tensor(x).quantization;
  const QTensorId y = AddTensor({1, in.height + padding.top + padding.bottom,
                                 in.width + padding.left + padding.right, in.channels},
                                &like);
  return AddNode({x}, y, QPad{.padding = padding, .value = static_cast<int8_t>(Random(-128, 127))});
}

QTensorId GraphBuilder::Resize(QTensorId x, int64_t height, int64_t width,
                               ResizeAttributes::Mode mode) {
  const FeatureMap in = MapOf(x);
  const Quantization like = graph_.tensor(x).quantization;
  ResizeAttributes attributes{.mode = mode};
  attributes.scale_h = double(height) / double(in.height);
  attributes.scale_w = double(width) / double(in.width);
  QResize resize;
  resize.rows = MakeResizeTaps(attributes, in.height, height, attributes.scale_h);
  resize.columns = MakeResizeTaps(attributes, in.width, width, attributes.scale_w);
  return AddNode({x}, AddTensor({1, height, width, in.channels}, &like), std::move(resize));
}

QTensorId GraphBuilder::Reshape(QTensorId x, Shape shape) {
  const Quantization like = graph_.tensor(x).quantization;
  return AddNode({x}, AddTensor(std::move(shape), &like), QReshape{});
}

QTensorId GraphBuilder::Transpose(QTensorId x, const std::vector<int64_t>& permutation) {
  const QTensor in = graph_.tensor(x);
  std::vector<int64_t> dims;
  for (const int64_t axis : permutation) dims.push_back(in.shape[static_cast<size_t>(axis)]);
  return AddNode({x}, AddTensor(Shape(dims), &in.quantization), QTranspose{permutation});
}

QTensorId GraphBuilder::Gather(QTensorId x, int64_t axis, std::vector<int64_t> indices) {
  const QTensor in = graph_.tensor(x);
  Shape shape = in.shape;
  shape[static_cast<size_t>(axis)] = static_cast<int64_t>(indices.size());
  return AddNode({x}, AddTensor(shape, &in.quantization), QGather{axis, std::move(indices)});
}

QuantizedGraph GraphBuilder::Build(const std::vector<QTensorId>& outputs) {
  graph_.outputs = outputs;
  return std::move(graph_);
}

namespace {

Window RandomWindow(GraphBuilder& builder, const FeatureMap& in, bool dilate) {
  Window window;
  window.kernel_h = builder.Random(1, std::min<int64_t>(5, in.height));
  window.kernel_w = builder.Random(1, std::min<int64_t>(5, in.width));
  window.stride_h = builder.Random(1, 3);
  window.stride_w = builder.Random(1, 3);
  if (dilate && window.kernel_h * 2 <= in.height) window.dilation_h = builder.Random(1, 2);
  if (dilate && window.kernel_w * 2 <= in.width) window.dilation_w = builder.Random(1, 2);
  window.padding = {.top = builder.Random(0, window.kernel_h - 1),
                    .left = builder.Random(0, window.kernel_w - 1),
                    .bottom = builder.Random(0, window.kernel_h - 1),
                    .right = builder.Random(0, window.kernel_w - 1)};
  return window;
}

/// A window that keeps the plane's size, so that branches can meet again.
Window SameWindow(GraphBuilder& builder) {
  const int64_t kernel = 1 + 2 * builder.Random(0, 1);
  const int64_t pad = kernel / 2;
  return {.kernel_h = kernel, .kernel_w = kernel, .padding = {pad, pad, pad, pad}};
}

/// Some positions of an axis, in any order and more than once.
std::vector<int64_t> RandomIndices(GraphBuilder& builder, int64_t extent) {
  std::vector<int64_t> indices;
  for (int64_t i = builder.Random(2, extent + 3); i > 0; --i)
    indices.push_back(builder.Random(0, extent - 1));
  return indices;
}

/// A feature map cut up and put together in another order.
QTensorId RandomMove(GraphBuilder& builder, QTensorId x) {
  const FeatureMap in = builder.MapOf(x);
  switch (builder.Random(0, 4)) {
    case 0:
      return builder.Transpose(x, {0, 2, 3, 1});
    case 1:
      return builder.Transpose(builder.Reshape(x, {1, in.height, in.channels, in.width}),
                               {0, 3, 1, 2});
    case 2: {
      const int64_t axis = builder.Random(1, 3);
      const int64_t extent = axis == 1 ? in.height : axis == 2 ? in.width : in.channels;
      return builder.Gather(x, axis, RandomIndices(builder, extent));
    }
    case 3: {  // Pixels of one half of the rows beside those of the other.
      const int64_t half = in.height / 2;
      const QTensorId even = builder.Gather(x, 1, RandomIndices(builder, half));
      const FeatureMap map = builder.MapOf(even);
      return builder.Reshape(
          builder.Transpose(builder.Reshape(even, {map.height, map.width, in.channels}), {1, 0, 2}),
          {1, map.width, map.height, in.channels});
    }
    default:
      return builder.Reshape(builder.Transpose(x, {0, 1, 3, 2}),
                             {1, in.width, in.channels, in.height});
  }
}

/// A constant as large as the tensor on either side, of one pixel, or joined to it.
QTensorId RandomConstant(GraphBuilder& builder, QTensorId x) {
  const FeatureMap map = builder.MapOf(x);
  const auto kind = static_cast<QElementwise::Kind>(builder.Random(0, 5));
  switch (builder.Random(0, 3)) {
    case 0:
      return builder.Elementwise(kind, builder.Constant(map), x);
    case 1:
      return builder.Elementwise(kind, x, builder.Constant({1, 1, map.channels}));
    case 2:
      return builder.Concat({builder.Constant(map), x}, builder.Random(1, 3));
    default:
      return builder.Elementwise(kind, builder.Conv(x, map.channels, SameWindow(builder)),
                                 builder.Constant(map));
  }
}

QTensorId RandomStep(GraphBuilder& builder, QTensorId x) {
  const FeatureMap in = builder.MapOf(x);
  const int64_t wide = builder.Random(0, 5) == 0 ? 160 : 48;
  switch (builder.Random(0, 19)) {
    case 0:
      return builder.Depthwise(x, RandomWindow(builder, in, true));
    case 1:
      return builder.Table(x);
    case 2:
      return builder.Pool(QPool::Kind::kMax, x, RandomWindow(builder, in, false));
    case 3:
      return builder.Pool(QPool::Kind::kAverage, x, RandomWindow(builder, in, false),
                          builder.Random(0, 1) == 1);
    case 4:
      return builder.Pad(x, {builder.Random(0, 2), builder.Random(0, 3), 1, 0});
    case 5:
      if (in.pixels() > 400) return builder.Table(x);
      return builder.Resize(x, in.height * 2, in.width + builder.Random(0, 9),
                            builder.Random(0, 1) == 0 ? ResizeAttributes::Mode::kNearest
                                                      : ResizeAttributes::Mode::kLinear);
    case 6: {
      const QTensorId a = builder.Conv(x, in.channels, SameWindow(builder));
      const auto kind = static_cast<QElementwise::Kind>(builder.Random(0, 5));
      return builder.Elementwise(kind, a, x);
    }
    case 7: {
      const QTensorId gate = builder.Table(builder.GlobalPool(QPool::Kind::kAverage, x));
      return builder.Elementwise(QElementwise::Kind::kMul, x, gate);
    }
    case 8: {
      const QTensorId a = builder.Conv(x, builder.Random(1, 40), SameWindow(builder));
      const QTensorId b = builder.Table(x);
      return builder.Concat({a, b, a}, 3);
    }
    case 9:
      return builder.Concat({builder.Table(x), x}, builder.Random(1, 2));
    case 10: {
      const int64_t groups = in.channels % 4 == 0 ? 4 : 1;
      return builder.Conv(x, groups * builder.Random(1, wide / 4), RandomWindow(builder, in, true),
                          groups);
    }
    case 11:
      return builder.Random(0, 1) == 0 ? builder.Softmax(x) : builder.LayerNorm(x);
    case 12: {
      const bool index = in.channels <= 256 && builder.Random(0, 1) == 0;
      const QTensorId one = builder.Extreme(x, builder.Random(0, 1) == 0, index, true);
      return builder.Concat({one, builder.LayerNorm(x)}, 3);
    }
    case 13:
    case 14:
      return RandomMove(builder, x);
    case 15:
      return RandomConstant(builder, x);
    case 16: {  // Every pixel with all of its row, or with the means of all columns.
      const Window column{.kernel_h = in.height};
      const QTensorId rows =
          builder.Random(0, 1) == 0 ? x : builder.Pool(QPool::Kind::kAverage, x, column);
      const QTensorId product = builder.MatMul(x, builder.Symmetric(rows));
      return builder.Random(0, 1) == 0 ? product : builder.Table(product);
    }
    default:
      return builder.Conv(x, builder.Random(1, wide), RandomWindow(builder, in, true));
  }
}

}  // namespace

QuantizedGraph RandomGraph(uint64_t seed, int operators, int64_t max_side) {
  GraphBuilder builder(seed);
  static constexpr int64_t kChannels[] = {1, 3, 4, 24, 64, 70, 130};
  QTensorId x =
      builder.Input(builder.Random(max_side / 2, max_side), builder.Random(max_side / 2, max_side),
                    kChannels[builder.Random(0, 6)]);
  std::vector<QTensorId> outputs;
  for (int i = 0; i < operators; ++i) {
    const FeatureMap map = builder.MapOf(x);
    if (map.height < 3 || map.width < 3) break;
    x = RandomStep(builder, x);
    if (builder.Random(0, 6) == 0) outputs.push_back(x);
  }
  const auto kind = builder.Random(0, 1) == 0 ? QPool::Kind::kAverage : QPool::Kind::kMax;
  const QTensorId pooled = builder.GlobalPool(kind, x);
  const QTensorId flat = builder.Reshape(pooled, {1, builder.MapOf(pooled).channels});
  outputs.push_back(builder.Conv(flat, 10, {}));
  std::sort(outputs.begin(), outputs.end());
  outputs.erase(std::unique(outputs.begin(), outputs.end()), outputs.end());
  return builder.Build(outputs);
}

std::vector<Int8Values> RandomInputs(const QuantizedGraph& graph, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Int8Values> inputs;
  for (const QTensorId id : graph.inputs) {
    Int8Values values(static_cast<size_t>(graph.tensor(id).shape.elements()));
    for (int8_t& value : values) value = static_cast<int8_t>(random() & 0xffU);
    inputs.push_back(std::move(values));
  }
  return inputs;
}

}  // namespace imcc::testing
