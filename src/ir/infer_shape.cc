// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "ir/graph.h"
#include "ir/operator_table.h"

namespace imcc {
namespace {

// No tensor may be larger: what a small file makes imcc compute has a bound (a Pad, or an Add of a
// row and a column, asks for any size), and every product of dimensions is far from overflow.
constexpr int64_t kMaxElements = int64_t{1} << 28;

/// One node with its input shapes at hand, and a way to complain about it.
class Inference {
 public:
  Inference(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  Result<Shape> Run() const {
    const OperatorInfo& info = Info(node_.kind);
    const auto count = static_cast<int>(node_.inputs.size());
    if (count < info.min_inputs || (info.max_inputs >= 0 && count > info.max_inputs)) {
      return Fail(fmt::format("{} has {} inputs", info.name, count));
    }
    IMCC_ASSIGN(Shape shape, Dispatch());
    int64_t elements = 1;
    for (const int64_t dim : shape.dims()) {
      if (dim < 1) return Fail("its output " + InModel(shape) + " has an empty dimension");
      if (dim > kMaxElements / elements) {
        return Error{.code = ErrorCode::kUnsupported,
                     .subject = fmt::format("{} '{}'", node_.onnx_op, node_.name),
                     .message = "its output " + InModel(shape) + " has more than 2^28 elements",
                     .hint = "make its inputs or its padding smaller"};
      }
      elements *= dim;
    }
    return shape;
  }

 private:
  /// The output's shape in the axes of the ONNX model.
  std::string InModel(const Shape& shape) const {
    return ExternalShape({.name = {}, .shape = shape, .layout = graph_.tensor(node_.output).layout})
        .ToString();
  }

  /// An input's shape in the axes of the ONNX model; weights of a convolution are stored channels
  /// last too.
  std::string Given(size_t input) const {
    Tensor tensor{.name = {}, .shape = In(input)};
    tensor.layout = graph_.tensor(node_.inputs[input]).layout;
    const bool are_weights = input == 1 && node_.kind == OpKind::kConv;
    if (are_weights && tensor.shape.rank() == 4) tensor.layout = Layout::kChannelsLast;
    return ExternalShape(tensor).ToString();
  }

  /// An axis of the first input, as the ONNX model counts it.
  int64_t AxisInModel(int64_t axis) const {
    constexpr std::array<int64_t, 4> kOfStored = {0, 2, 3, 1};  // NHWC to NCHW.
    const bool moved = graph_.tensor(node_.inputs[0]).layout == Layout::kChannelsLast;
    return moved ? kOfStored.at(static_cast<size_t>(axis)) : axis;
  }

  Error Fail(std::string message) const {
    return Error{.code = ErrorCode::kModel,
                 .subject = fmt::format("{} '{}'", node_.onnx_op, node_.name),
                 .message = std::move(message)};
  }

  Result<Shape> FakeQuantize() const {
    const auto& grid = node_.as<QuantizeAttributes>();
    const auto count = static_cast<int64_t>(grid.scale.size());
    if (count != static_cast<int64_t>(grid.zero_point.size()) ||
        (count != 1 && (In(0).rank() == 0 || count != In(0).back())))
      return Fail(fmt::format("it has {} scales for {}", count, Given(0)));
    return In(0);
  }

  const Shape& In(size_t i) const { return graph_.tensor(node_.inputs[i]).shape; }

  Result<Shape> Dispatch() const {
    switch (node_.kind) {
      case OpKind::kConv:
        return Conv();
      case OpKind::kFullyConnected:
        return FullyConnected();
      case OpKind::kBatchNorm:
      case OpKind::kLayerNorm:
        return ScaleShift();
      case OpKind::kUnary:
        return In(0);
      case OpKind::kFakeQuantize:
        return FakeQuantize();
      case OpKind::kAdd:
      case OpKind::kSub:
      case OpKind::kMul:
      case OpKind::kDiv:
      case OpKind::kMin:
      case OpKind::kMax:
      case OpKind::kPow:
        return Broadcast();
      case OpKind::kMaxPool:
      case OpKind::kAveragePool:
        return Pool();
      case OpKind::kConcat:
        return Concat();
      case OpKind::kReshape:
        return Reshape();
      case OpKind::kTranspose:
        return Transpose();
      case OpKind::kPad:
        return Pad();
      case OpKind::kResize:
        return Resize();
      case OpKind::kSoftmax:
        return Softmax();
      case OpKind::kSlice:
        return Slice();
      case OpKind::kReduce:
        return Reduce();
      case OpKind::kMatMul:
        return MatMul();
      case OpKind::kGather:
        return Gather();
      case OpKind::kArgMax:
        return ArgMax();
      case OpKind::kConvTranspose:
        return ConvTranspose();
    }
    return Fail("unknown operator");
  }

  Result<Shape> Slide(const Window& w, int64_t channels) const {
    const Shape& x = In(0);
    if (x.rank() != 4) return Fail("its input " + Given(0) + " is not a feature map (rank 4)");
    const Padding& p = w.padding;
    if (std::min({w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w}) <
            1 ||
        std::min({p.top, p.left, p.bottom, p.right}) < 0) {
      return Fail("its window has a size, stride or dilation below 1 or a negative padding");
    }
    if (std::max({w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, p.top,
                  p.left, p.bottom, p.right}) >= int64_t{1} << 30) {
      return Fail("its window has a size, stride, dilation or padding of 2^30 or more");
    }
    const int64_t rows = x[1] + p.top + p.bottom - w.extent_h();
    const int64_t columns = x[2] + p.left + p.right - w.extent_w();
    if (rows < 0 || columns < 0) {
      return Fail(fmt::format("its window {}x{} is larger than the padded input {}x{}",
                              w.extent_h(), w.extent_w(), x[1] + p.top + p.bottom,
                              x[2] + p.left + p.right));
    }
    return Shape{x[0], rows / w.stride_h + 1, columns / w.stride_w + 1, channels};
  }

  Status CheckBias(int64_t channels) const {
    if (node_.inputs.size() < 3 || In(2) == Shape{channels}) return {};
    return Fail(fmt::format("its bias is {} but it has {} outputs", Given(2), channels));
  }

  Result<Shape> Conv() const {
    const auto& attributes = node_.as<ConvAttributes>();
    const Shape& x = In(0);
    const Shape& weights = In(1);
    const int64_t groups = attributes.groups;
    if (x.rank() != 4 || weights.rank() != 4) {
      return Fail(fmt::format("input {} and weights {} must have rank 4", Given(0), Given(1)));
    }
    if (groups < 1 || groups > weights[0] || weights[0] % groups != 0 ||
        x[3] != weights[3] * groups) {
      return Fail(
          fmt::format("{} input channels and {} outputs do not fit weights over {} "
                      "channels in {} groups",
                      x[3], weights[0], weights[3], groups));
    }
    if (attributes.window.kernel_h != weights[1] || attributes.window.kernel_w != weights[2]) {
      return Fail(fmt::format("kernel {}x{} differs from the weights' {}x{}",
                              attributes.window.kernel_h, attributes.window.kernel_w, weights[1],
                              weights[2]));
    }
    IMCC_TRY(CheckBias(weights[0]));
    return Slide(attributes.window, weights[0]);
  }

  Result<Shape> FullyConnected() const {
    const Shape& x = In(0);
    const Shape& weights = In(1);
    if (weights.rank() != 2 || x.rank() < 1 || x.back() != weights[1]) {
      return Fail(
          fmt::format("input {} does not fit weights {} (outputs x inputs)", Given(0), Given(1)));
    }
    IMCC_TRY(CheckBias(weights[0]));
    Shape y = x;
    y[y.rank() - 1] = weights[0];
    return y;
  }

  Result<Shape> ScaleShift() const {
    const Shape& x = In(0);
    if (x.rank() < 1 || In(1) != Shape{x.back()} || In(2) != Shape{x.back()}) {
      return Fail(
          fmt::format("scale {} and shift {} do not fit input {}", Given(1), Given(2), Given(0)));
    }
    return x;
  }

  Result<Shape> Broadcast() const {
    const Shape& a = In(0);
    const Shape& b = In(1);
    const size_t rank = std::max(a.rank(), b.rank());
    std::vector<int64_t> dims(rank);
    for (size_t i = 0; i < rank; ++i) {
      const int64_t dim_a = i + a.rank() < rank ? 1 : a[i + a.rank() - rank];
      const int64_t dim_b = i + b.rank() < rank ? 1 : b[i + b.rank() - rank];
      if (dim_a != dim_b && dim_a != 1 && dim_b != 1) {
        return Fail(fmt::format("shapes {} and {} do not broadcast", Given(0), Given(1)));
      }
      dims[i] = dim_a == 1 ? dim_b : dim_a;
    }
    return Shape(dims);
  }

  Result<Shape> Pool() const {
    if (In(0).rank() != 4) return Fail("its input is not a feature map (rank 4)");
    const Window& window = node_.as<PoolAttributes>().window;
    // A window position entirely inside the padding would have no element to pool.
    if (std::max(window.padding.top, window.padding.bottom) >= window.extent_h() ||
        std::max(window.padding.left, window.padding.right) >= window.extent_w()) {
      return Fail("its padding is not smaller than its window");
    }
    return Slide(window, In(0)[3]);
  }

  Result<Shape> Concat() const {
    const int64_t axis = node_.as<ConcatAttributes>().axis;
    Shape y = In(0);
    if (axis < 0 || static_cast<size_t>(axis) >= y.rank()) {
      return Fail(fmt::format("axis {} does not exist in {}", axis, Given(0)));
    }
    for (size_t i = 1; i < node_.inputs.size(); ++i) {
      Shape other = In(i);
      const bool same_rank = other.rank() == y.rank();
      const int64_t length = same_rank ? other[static_cast<size_t>(axis)] : 0;
      if (same_rank) other[static_cast<size_t>(axis)] = y[static_cast<size_t>(axis)];
      if (other != y) {
        return Fail(fmt::format("inputs {} and {} differ outside axis {}", Given(0), Given(i),
                                AxisInModel(axis)));
      }
      y[static_cast<size_t>(axis)] += length;
    }
    return y;
  }

  Result<Shape> Reshape() const {
    const Shape& y = graph_.tensor(node_.output).shape;
    if (y.elements() != In(0).elements()) {
      return Fail(fmt::format("{} cannot be reshaped to {}", Given(0), InModel(y)));
    }
    return y;
  }

  Result<Shape> Transpose() const {
    const auto& permutation = node_.as<TransposeAttributes>().permutation;
    const Shape& x = In(0);
    std::vector<bool> used(x.rank(), false);
    std::vector<int64_t> dims;
    for (const int64_t axis : permutation) {
      if (axis < 0 || static_cast<size_t>(axis) >= x.rank() || used[static_cast<size_t>(axis)]) {
        return Fail("its permutation is not one of the axes of " + Given(0));
      }
      used[static_cast<size_t>(axis)] = true;
      dims.push_back(x[static_cast<size_t>(axis)]);
    }
    if (dims.size() != x.rank()) return Fail("its permutation misses axes of " + Given(0));
    return Shape(dims);
  }

  Result<Shape> Pad() const {
    const Padding& p = node_.as<PadAttributes>().padding;
    const Shape& x = In(0);
    if (x.rank() != 4) return Fail("its input is not a feature map (rank 4)");
    for (const int64_t amount : {p.top, p.left, p.bottom, p.right}) {
      if (amount < 0 || amount >= kMaxElements) return Fail("a padding is out of range");
    }
    return Shape{x[0], x[1] + p.top + p.bottom, x[2] + p.left + p.right, x[3]};
  }

  Result<Shape> Resize() const {
    const auto& attributes = node_.as<ResizeAttributes>();
    const Shape& x = In(0);
    if (x.rank() != 4) return Fail("its input is not a feature map (rank 4)");
    // A scale computed as out / in may fall short of the integer by its rounding error only.
    const auto scaled = [](int64_t length, double scale) {
      return std::floor(static_cast<double>(length) * scale + 1e-8);
    };
    const double rows = scaled(x[1], attributes.scale_h);
    const double columns = scaled(x[2], attributes.scale_w);
    const auto limit = static_cast<double>(kMaxElements);
    if (!(rows >= 1 && rows <= limit && columns >= 1 && columns <= limit)) {
      return Fail(fmt::format("scales {} x {} are out of range for {}", attributes.scale_h,
                              attributes.scale_w, Given(0)));
    }
    return Shape{x[0], static_cast<int64_t>(rows), static_cast<int64_t>(columns), x[3]};
  }

  Result<Shape> Softmax() const {
    const int64_t axis = node_.as<SoftmaxAttributes>().axis;
    if (axis < 0 || static_cast<size_t>(axis) >= In(0).rank()) {
      return Fail(fmt::format("axis {} does not exist in {}", axis, Given(0)));
    }
    return In(0);
  }

  Status CheckAxis(int64_t axis) const {
    if (axis >= 0 && static_cast<size_t>(axis) < In(0).rank()) return {};
    return Fail(fmt::format("axis {} does not exist in {}", axis, Given(0)));
  }

  Result<Shape> Reduce() const {
    const auto& attributes = node_.as<ReduceAttributes>();
    IMCC_TRY(CheckAxis(attributes.begin));
    IMCC_TRY(CheckAxis(attributes.end - 1));
    Shape y = In(0);
    for (int64_t axis = attributes.begin; axis < attributes.end; ++axis) {
      y[static_cast<size_t>(axis)] = 1;
    }
    return y;
  }

  Result<Shape> MatMul() const {
    const Shape& a = In(0);
    Shape b = In(1);
    if (b.rank() >= 2 && node_.as<MatMulAttributes>().transpose_b)
      std::swap(b[b.rank() - 2], b[b.rank() - 1]);
    if (a.rank() < 2 || a.rank() != b.rank() || a.back() != b[b.rank() - 2]) {
      return Fail(fmt::format("{} and {} are not matrices that multiply", Given(0), Given(1)));
    }
    Shape y = a;
    for (size_t i = 0; i + 2 < a.rank(); ++i) {
      if (a[i] != b[i] && a[i] != 1 && b[i] != 1) {
        return Fail(fmt::format("shapes {} and {} do not broadcast", Given(0), Given(1)));
      }
      y[i] = a[i] == 1 ? b[i] : a[i];
    }
    y[y.rank() - 1] = b.back();
    return y;
  }

  Result<Shape> Gather() const {
    const auto& attributes = node_.as<GatherAttributes>();
    IMCC_TRY(CheckAxis(attributes.axis));
    Shape y = In(0);
    int64_t& length = y[static_cast<size_t>(attributes.axis)];
    for (const int64_t index : attributes.indices) {
      if (index >= 0 && index < length) continue;
      return Fail(fmt::format("index {} is outside axis {} of {}", index,
                              AxisInModel(attributes.axis), Given(0)));
    }
    length = static_cast<int64_t>(attributes.indices.size());
    return y;
  }

  Result<Shape> ArgMax() const {
    const int64_t axis = node_.as<ArgMaxAttributes>().axis;
    IMCC_TRY(CheckAxis(axis));
    Shape y = In(0);
    y[static_cast<size_t>(axis)] = 1;
    return y;
  }

  Result<Shape> ConvTranspose() const {
    const auto& [window, groups] = node_.as<ConvTransposeAttributes>();
    const Shape& x = In(0);
    const Shape& weights = In(1);
    if (x.rank() != 4 || weights.rank() != 4 || groups < 1 || weights[0] % groups != 0 ||
        x[3] != weights[3] * groups || window.kernel_h != weights[1] ||
        window.kernel_w != weights[2]) {
      return Fail(fmt::format("input {} and weights {} do not fit {} groups of a window {}x{}",
                              Given(0), Given(1), groups, window.kernel_h, window.kernel_w));
    }
    IMCC_TRY(CheckBias(weights[0]));
    constexpr int64_t kFar = int64_t{1} << 30;
    const Padding& p = window.padding;
    for (const int64_t size : {window.stride_h, window.stride_w, window.dilation_h,
                               window.dilation_w, window.kernel_h, window.kernel_w}) {
      if (size < 1 || size >= kFar) return Fail("its window is out of range");
    }
    for (const int64_t pad : {p.top, p.left, p.bottom, p.right}) {
      if (pad <= -kFar || pad >= kFar) return Fail("its padding is out of range");
    }
    return Shape{x[0], (x[1] - 1) * window.stride_h + window.extent_h() - p.top - p.bottom,
                 (x[2] - 1) * window.stride_w + window.extent_w() - p.left - p.right, weights[0]};
  }

  Result<Shape> Slice() const {
    const auto& attributes = node_.as<SliceAttributes>();
    const Shape& x = In(0);
    const Shape& y = graph_.tensor(node_.output).shape;
    if (attributes.starts.size() != x.rank() || attributes.steps.size() != x.rank() ||
        y.rank() != x.rank()) {
      return Fail("its starts, steps and output do not have the rank of " + Given(0));
    }
    for (size_t i = 0; i < x.rank(); ++i) {
      const int64_t start = attributes.starts[i];
      const int64_t step = attributes.steps[i];
      if (start < 0 || start >= x[i] || step < 1 || y[i] < 1 ||
          y[i] - 1 > (x[i] - 1 - start) / step) {
        return Fail(fmt::format("{} elements from {} in steps of {} do not lie in axis {} of {}",
                                y[i], start, step, AxisInModel(static_cast<int64_t>(i)), Given(0)));
      }
    }
    return y;
  }

  const Graph& graph_;
  const Node& node_;
};

}  // namespace

Result<Shape> InferShape(const Graph& graph, const Node& node) {
  return Inference(graph, node).Run();
}

}  // namespace imcc
