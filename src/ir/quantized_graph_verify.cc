// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "ir/broken.h"
#include "ir/quantized_graph.h"

namespace imcc {
namespace {

/// Rows and columns a window or a plane may have: keeps every product below 2^63.
constexpr int64_t kMaxExtent = int64_t{1} << 24;

Status VerifyTensor(const QTensor& tensor) {
  const std::string subject = fmt::format("tensor '{}'", tensor.name);
  int64_t elements = 1;
  for (const int64_t dim : tensor.shape.dims()) {
    if (dim < 1 || dim > (int64_t{1} << 40) / elements)
      return Broken(subject, "shape " + tensor.shape.ToString() + " is empty or too large");
    elements *= dim;
  }
  if (tensor.is_constant() && static_cast<int64_t>(tensor.constant.size()) != elements)
    return Broken(subject, fmt::format("has {} values for shape {}", tensor.constant.size(),
                                       tensor.shape.ToString()));
  const Quantization& q = tensor.quantization;
  const size_t channels = static_cast<size_t>(AsFeatureMap(tensor.shape).channels);
  if (q.scale.size() != q.zero_point.size() || (q.scale.size() != 1 && q.scale.size() != channels))
    return Broken(subject, fmt::format("{} scales and {} zero points for {} channels",
                                       q.scale.size(), q.zero_point.size(), channels));
  for (size_t i = 0; i < q.scale.size(); ++i) {
    if (!std::isnormal(q.scale[i]) || q.scale[i] < 0)
      return Broken(subject, fmt::format("scale {} is not a normal positive number", q.scale[i]));
    if (q.zero_point[i] < -128 || q.zero_point[i] > 127)
      return Broken(subject, fmt::format("zero point {} is not int8", q.zero_point[i]));
  }
  return {};
}

bool IsValid(const Window& w) {
  const auto in = [](int64_t x, int64_t low) { return x >= low && x <= kMaxExtent; };
  const Padding& p = w.padding;
  return in(w.kernel_h, 1) && in(w.kernel_w, 1) && in(w.stride_h, 1) && in(w.stride_w, 1) &&
         in(w.dilation_h, 1) && in(w.dilation_w, 1) && in(p.top, 0) && in(p.left, 0) &&
         in(p.bottom, 0) && in(p.right, 0) && in(w.extent_h(), 1) && in(w.extent_w(), 1);
}

/// Rules of one node; every method returns what is wrong, or success.
class NodeCheck {
 public:
  NodeCheck(const QuantizedGraph& graph, const QNode& node)
      : graph_(graph),
        node_(node),
        output_(graph.tensor(node.output)),
        out_(AsFeatureMap(output_.shape)),
        subject_(fmt::format("{} '{}'", OperationName(node.operation), node.name)) {}

  Status Run() const {
    const bool any = std::holds_alternative<QConcat>(node_.operation);
    const bool two = std::holds_alternative<QElementwise>(node_.operation) ||
                     std::holds_alternative<QMatMul>(node_.operation);
    const size_t expected = two ? 2 : 1;
    if (any ? node_.inputs.empty() : node_.inputs.size() != expected)
      return Fail(fmt::format("has {} inputs", node_.inputs.size()));
    return std::visit([this](const auto& operation) { return Check(operation); }, node_.operation);
  }

 private:
  Status Fail(const std::string& message) const { return Broken(subject_, message); }
  const QTensor& Input(size_t i = 0) const { return graph_.tensor(node_.inputs[i]); }

  Status CheckPlane(const FeatureMap& expected) const {
    if (expected.elements() < 1 || expected != out_)
      return Fail(fmt::format("output is {}x{}x{} but should be {}x{}x{}", out_.height, out_.width,
                              out_.channels, expected.height, expected.width, expected.channels));
    return {};
  }
  /// Of several images a window would see one plane.
  Status CheckWindow(const Window& window) const {
    if (!IsValid(window)) return Fail("has an invalid window");
    if (window == Window{} || Input().shape.rank() != 4 || Input().shape[0] == 1) return {};
    return Fail("slides a window over a batch above 1");
  }
  Status CheckClamp(ClampRange clamp) const {
    return clamp.lo <= clamp.hi ? Status() : Fail("its clamp is empty");
  }
  Status CheckSameQuantization() const {
    if (Input().quantization == output_.quantization) return {};
    return Fail("changes the quantisation, which it cannot");
  }
  Status CheckPerTensor(const QTensor& tensor) const {
    if (!tensor.quantization.per_channel()) return {};
    return Fail(fmt::format("cannot use '{}', which has a scale per channel", tensor.name));
  }
  /// Kernels add one zero point to all channels they write.
  Status CheckOneZeroPoint(const QTensor& tensor) const {
    const std::vector<int32_t>& z = tensor.quantization.zero_point;
    if (std::adjacent_find(z.begin(), z.end(), std::not_equal_to<>()) == z.end()) return {};
    return Fail(
        fmt::format("cannot write '{}', whose channels have several zero points", tensor.name));
  }

  Status Check(const QConv& conv) const {
    IMCC_TRY(CheckWindow(conv.window));
    const FeatureMap in = AsFeatureMap(Input().shape);
    if (conv.groups < 1 || conv.in_channels != in.channels || conv.in_channels % conv.groups != 0 ||
        conv.out_channels % conv.groups != 0)
      return Fail(fmt::format("{} groups of {} to {} channels on {} channels", conv.groups,
                              conv.in_channels, conv.out_channels, in.channels));
    IMCC_TRY(CheckPlane(WindowOutput(conv.window, in, conv.out_channels)));
    const auto n = static_cast<size_t>(conv.out_channels);
    if (conv.weights.size() / n != static_cast<size_t>(conv.taps_per_output()) ||
        conv.weights.size() % n != 0 || conv.weight_scales.size() != n || conv.bias.size() != n ||
        conv.requantizers.size() != n)
      return Fail("has parameters of the wrong size");
    if (!conv.is_depthwise()) IMCC_TRY(CheckPerTensor(Input()));
    IMCC_TRY(CheckOneZeroPoint(output_));
    return CheckClamp(conv.clamp);
  }

  Status Check(const QTable&) const {
    if (Input().shape != output_.shape) return Fail("changes the shape");
    IMCC_TRY(CheckPerTensor(Input()));
    return CheckPerTensor(output_);
  }

  Status Check(const QElementwise& op) const {
    const FeatureMap a = AsFeatureMap(Input(0).shape);
    const FeatureMap b = AsFeatureMap(Input(1).shape);
    const FeatureMap expected = op.broadcast_b ? FeatureMap{1, 1, a.channels} : a;
    if (a != out_ || b != expected)
      return Fail(fmt::format("{} with {} cannot give {}", Input(0).shape.ToString(),
                              Input(1).shape.ToString(), output_.shape.ToString()));
    for (const QTensor* tensor : {&Input(0), &Input(1), &output_})
      IMCC_TRY(CheckPerTensor(*tensor));
    if (op.kind == QElementwise::Kind::kDiv && op.quotients.size() != op.rescale_a.size())
      return Fail("has quotients of the wrong size");
    constexpr int64_t kLimit = int64_t{1} << 30;
    const int64_t ma = op.pair.multiplier_a;
    const int64_t mb = op.pair.multiplier_b;
    if (ma <= -kLimit || ma >= kLimit || mb <= -kLimit || mb >= kLimit || op.pair.shift < 0 ||
        op.pair.shift > 62)
      return Fail("has multipliers out of range");
    return CheckClamp(op.clamp);
  }

  Status Check(const QPool& pool) const {
    IMCC_TRY(CheckWindow(pool.window));
    const FeatureMap in = AsFeatureMap(Input().shape);
    IMCC_TRY(CheckPlane(WindowOutput(pool.window, in, in.channels)));
    IMCC_TRY(CheckPerTensor(Input()));
    IMCC_TRY(CheckPerTensor(output_));
    if (pool.kind == QPool::Kind::kMax) {
      IMCC_TRY(CheckSameQuantization());
    } else if (!std::isfinite(pool.scale_ratio) || pool.scale_ratio <= 0) {
      return Fail("has no valid scale ratio");
    }
    return CheckClamp(pool.clamp);
  }

  Status Check(const QConcat& concat) const {
    const auto axis = static_cast<size_t>(concat.axis);
    if (concat.axis < 0 || axis >= output_.shape.rank()) return Fail("joins along no axis");
    if (!JoinsBoxes(output_.shape, axis)) return Fail("joins along an axis that makes no boxes");
    if (concat.tables.size() != node_.inputs.size()) return Fail("needs one table an input");
    Shape sum = Input().shape;
    if (sum.rank() != output_.shape.rank()) return Fail("changes the rank");
    sum[axis] = 0;
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      IMCC_TRY(CheckPerTensor(Input(i)));
      Shape shape = Input(i).shape;
      if (shape.rank() != sum.rank()) return Fail("joins tensors of different rank");
      const int64_t size = shape[axis];
      shape[axis] = sum[axis];
      if (shape != sum) return Fail("joins " + Input(i).shape.ToString() + ", which does not fit");
      sum[axis] += size;
    }
    if (sum != output_.shape) return Fail("output should be " + sum.ToString());
    return CheckPerTensor(output_);
  }

  Status Check(const QPad& pad) const {
    FeatureMap map = AsFeatureMap(Input().shape);
    IMCC_TRY(CheckWindow({.padding = pad.padding}));
    map.height += pad.padding.top + pad.padding.bottom;
    map.width += pad.padding.left + pad.padding.right;
    IMCC_TRY(CheckPlane(map));
    IMCC_TRY(CheckPerTensor(Input()));
    return CheckSameQuantization();
  }

  Status Check(const QResize& resize) const {
    const FeatureMap in = AsFeatureMap(Input().shape);
    IMCC_TRY(CheckPlane({static_cast<int64_t>(resize.rows.size()),
                         static_cast<int64_t>(resize.columns.size()), in.channels}));
    const auto valid = [](const std::vector<ResizeTap>& taps, int64_t lines) {
      return std::all_of(taps.begin(), taps.end(), [&](const ResizeTap& tap) {
        return tap.lo < lines && tap.hi < lines && tap.weight <= (1U << 15U);
      });
    };
    if (!valid(resize.rows, in.height) || !valid(resize.columns, in.width))
      return Fail("reads lines that do not exist");
    return CheckSameQuantization();
  }

  Status Check(const QReshape&) const {
    if (Input().shape.elements() != output_.shape.elements())
      return Fail("changes the number of elements");
    if (AsFeatureMap(Input().shape).channels != out_.channels) IMCC_TRY(CheckPerTensor(Input()));
    return CheckSameQuantization();
  }

  Status Check(const QTranspose& transpose) const {
    const Shape& in = Input().shape;
    std::vector<int64_t> axes = transpose.permutation;
    std::vector<int64_t> dims;
    for (const int64_t axis : axes)
      if (axis >= 0 && axis < static_cast<int64_t>(in.rank()))
        dims.push_back(in[static_cast<size_t>(axis)]);
    std::sort(axes.begin(), axes.end());
    if (dims.size() != in.rank() || std::adjacent_find(axes.begin(), axes.end()) != axes.end() ||
        Shape(dims) != output_.shape)
      return Fail("permutes " + in.ToString() + " to something else than its output");
    IMCC_TRY(CheckPerTensor(Input()));
    return CheckSameQuantization();
  }

  Status Check(const QGather& gather) const {
    Shape shape = Input().shape;
    if (gather.axis < 0 || gather.axis >= static_cast<int64_t>(shape.rank()))
      return Fail("picks along no axis");
    int64_t& extent = shape[static_cast<size_t>(gather.axis)];
    for (const int64_t index : gather.indices)
      if (index < 0 || index >= extent) return Fail("picks what does not exist");
    extent = static_cast<int64_t>(gather.indices.size());
    if (shape != output_.shape) return Fail("output should be " + shape.ToString());
    IMCC_TRY(CheckPerTensor(Input()));
    return CheckSameQuantization();
  }

  /// One scale each, and as many output channels as given for every pixel.
  Status CheckAcross(int64_t channels) const {
    IMCC_TRY(CheckPerTensor(Input()));
    IMCC_TRY(CheckPerTensor(output_));
    const FeatureMap in = AsFeatureMap(Input().shape);
    if (in.channels >= 1 << 16) return Fail("has 65536 channels or more");
    return CheckPlane({in.height, in.width, channels});
  }
  Status Check(const QSoftmax& softmax) const {
    if (!AreValid(softmax.parameters)) return Fail("has parameters out of range");
    return CheckAcross(AsFeatureMap(Input().shape).channels);
  }
  Status Check(const QLayerNorm& norm) const {
    const NormalizeParameters& p = norm.parameters;
    const auto channels = static_cast<size_t>(out_.channels);
    if (p.gain.size() != channels || p.offset.size() != channels)
      return Fail("has parameters of the wrong size");
    if (!AreValid(p)) return Fail("has parameters out of range");
    return CheckAcross(AsFeatureMap(Input().shape).channels);
  }
  Status Check(const QExtreme& extreme) const {
    if (extreme.index && AsFeatureMap(Input().shape).channels > 256)
      return Fail("picks among more than 256 channels");
    return CheckAcross(1);
  }

  Status Check(const QMatMul& product) const {
    const Shape& a = Input(0).shape;
    const Shape& b = Input(1).shape;
    Shape expected = a;
    if (a.rank() < 2 || b.rank() < 2) return Fail("multiplies something else than matrices");
    expected[a.rank() - 1] = b[b.rank() - 2];
    const Matrices weights = AsMatrices(b);
    if (a.back() != b.back() || output_.shape != expected ||
        (weights.count != 1 && weights.count != AsMatrices(a).count))
      return Fail(fmt::format("{} with {} cannot give {}", a.ToString(), b.ToString(),
                              output_.shape.ToString()));
    for (const QTensor* tensor : {&Input(0), &Input(1), &output_})
      IMCC_TRY(CheckPerTensor(*tensor));
    if (Input(1).quantization.zero_point[0] != 0)
      return Fail(fmt::format("multiplies with '{}', which is not symmetric", Input(1).name));
    return CheckClamp(product.clamp);
  }

  const QuantizedGraph& graph_;
  const QNode& node_;
  const QTensor& output_;
  FeatureMap out_;
  std::string subject_;
};

/// Walks the nodes in order, keeping which tensors have a value so far.
class QuantizedOrderCheck {
 public:
  explicit QuantizedOrderCheck(const QuantizedGraph& graph) : graph_(graph) {
    for (const QTensor& tensor : graph.tensors) known_.push_back(tensor.is_constant());
  }

  Status Run() {
    for (const QTensorId id : graph_.inputs) IMCC_TRY(Define(id, "graph input"));
    for (const QNode& node : graph_.nodes) {
      const std::string subject = fmt::format("node '{}'", node.name);
      for (const QTensorId id : node.inputs) IMCC_TRY(Use(id, subject));
      IMCC_TRY(Define(node.output, subject));
      IMCC_TRY(NodeCheck(graph_, node).Run());
    }
    if (graph_.outputs.empty()) return Broken("quantised graph", "has no outputs");
    for (const QTensorId id : graph_.outputs) {
      IMCC_TRY(Use(id, "graph output"));
      if (graph_.tensor(id).is_constant()) return Broken("graph output", "is a constant");
    }
    return {};
  }

 private:
  Status InRange(QTensorId id, const std::string& subject) const {
    if (id.valid() && id.index() < known_.size()) return {};
    return Broken(subject, "refers to a tensor that does not exist");
  }
  Status Define(QTensorId id, const std::string& subject) {
    IMCC_TRY(InRange(id, subject));
    if (graph_.tensor(id).is_constant())
      return Broken(subject, fmt::format("writes '{}', a constant", graph_.tensor(id).name));
    if (known_[id.index()])
      return Broken(subject, fmt::format("writes '{}' again", graph_.tensor(id).name));
    known_[id.index()] = true;
    return {};
  }
  Status Use(QTensorId id, const std::string& subject) const {
    IMCC_TRY(InRange(id, subject));
    if (known_[id.index()]) return {};
    return Broken(subject, fmt::format("reads '{}' before it is written", graph_.tensor(id).name));
  }

  const QuantizedGraph& graph_;
  std::vector<bool> known_;
};

}  // namespace

Status Verify(const QuantizedGraph& graph) {
  for (const QTensor& tensor : graph.tensors) IMCC_TRY(VerifyTensor(tensor));
  return QuantizedOrderCheck(graph).Run();
}

}  // namespace imcc
