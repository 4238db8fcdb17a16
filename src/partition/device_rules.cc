// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "ir/axis_pick.h"
#include "ir/constant_operand.h"
#include "ir/move_room.h"
#include "ir/operator_table.h"
#include "partition/partition.h"

namespace imcc {
namespace {

// Field widths of the task descriptors (isa/): 8-bit windows, 16-bit signed padding, 16-bit sizes.
constexpr int64_t kMaxWindow = 255;
constexpr int64_t kMaxPadding = 32767;
constexpr int64_t kMaxSize = 65535;
constexpr int64_t kMaxIndices = 256;  // Results of an ArgMax in int8.

/// One rule a method; each returns the reason it is broken, or "".
class DeviceRules {
 public:
  DeviceRules(const Graph& graph, const Node& node, const Target& target)
      : graph_(graph), node_(node), target_(target) {}

  std::string Check() const {
    // simplify/lower_conv_transpose makes convolutions of the others.
    if (node_.kind == OpKind::kConvTranspose)
      return "it is no convolution for each phase of its output: that takes constant weights, one "
             "group, no dilation, a stride up to 8 and an output as many times the input";
    if (!Info(node_.kind).on_device) {
      return fmt::format("the device has no {}", Info(node_.kind).name);
    }
    if (std::string reason = CheckOperands(); !reason.empty()) return reason;
    switch (node_.kind) {
      case OpKind::kConv:
        return CheckConv();
      case OpKind::kFullyConnected:
        return CheckTaps(In(1).shape[1]);
      case OpKind::kMaxPool:
      case OpKind::kAveragePool:
        return CheckPool();
      case OpKind::kAdd:
      case OpKind::kSub:
      case OpKind::kMul:
      case OpKind::kDiv:
      case OpKind::kMin:
      case OpKind::kMax:
        return CheckBinary();
      case OpKind::kMatMul:
        return CheckMatMul();
      case OpKind::kSoftmax:
        return CheckAcross(node_.as<SoftmaxAttributes>().axis);
      case OpKind::kLayerNorm:
        return "";
      case OpKind::kArgMax:
        return CheckArgMax();
      case OpKind::kReduce:
        return CheckReduce();
      case OpKind::kConcat:
        return CheckConcat();
      case OpKind::kReshape:
        return CheckReshape();
      case OpKind::kSlice:
      case OpKind::kGather:
        return CheckPick();
      case OpKind::kFakeQuantize:
        return CheckGrid();
      case OpKind::kTranspose:
        return CheckTranspose();
      case OpKind::kResize:
        return CheckPlane();
      case OpKind::kPad:
        if (std::string reason = CheckPlane(); !reason.empty()) return reason;
        return CheckPadding(node_.as<PadAttributes>().padding);
      default:
        return "";
    }
  }

 private:
  const Tensor& In(size_t i) const { return graph_.tensor(node_.inputs[i]); }
  const Tensor& Out() const { return graph_.tensor(node_.output); }

  static std::string CheckTensor(const Tensor& tensor) {
    const Shape& shape = tensor.shape;
    const FeatureMap map = AsFeatureMap(shape);
    if (std::max({map.height, map.width, map.channels}) > kMaxSize) {
      return fmt::format("tensor {} is {} rows of {} pixels of {} channels, and {} is the limit",
                         shape.ToString(), map.height, map.width, map.channels, kMaxSize);
    }
    return "";
  }

  /// Windows slide over the rows and columns of one image.
  std::string CheckPlane() const {
    const Shape& shape = In(0).shape;
    if (shape.rank() != 4 || shape[0] == 1) return "";
    return fmt::format("it slides a window over a batch of {}: {}", shape[0], shape.ToString());
  }

  /// Weights and biases are constant; so may be one operand of a pair, and parts of a Concat. All
  /// of it fits the descriptors.
  std::string CheckOperands() const {
    const bool weighted = node_.kind == OpKind::kConv || node_.kind == OpKind::kFullyConnected ||
                          node_.kind == OpKind::kLayerNorm;
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      const bool parameter = weighted && i > 0;
      if (parameter && !In(i).is_constant())
        return node_.kind == OpKind::kLayerNorm ? "its scale and shift are computed by the network"
                                                : "its weights are computed by the network";
      if (parameter && In(i).has_zero_point)
        return "its int8 weights have a zero point, and the array multiplies symmetric ones";
      if (parameter) continue;
      if (std::string reason = CheckConstant(In(i)); !reason.empty()) return reason;
      if (std::string reason = CheckTensor(In(i)); !reason.empty()) return reason;
    }
    return CheckTensor(Out());
  }

  /// Constants that are no weights: the device reads them like what it computes.
  std::string CheckConstant(const Tensor& tensor) const {
    if (!tensor.is_constant()) return "";
    const auto is_constant = [&](TensorId id) { return graph_.tensor(id).is_constant(); };
    if (std::all_of(node_.inputs.begin(), node_.inputs.end(), is_constant))
      return "all its operands are constants";
    if (!IsBinary(node_.kind) && node_.kind != OpKind::kConcat) return "one operand is a constant";
    const bool divides = node_.kind == OpKind::kDiv && &tensor == &In(1);
    for (const float value : tensor.constant) {
      if (!std::isfinite(value)) return "its constant holds infinities or NaN";
      if (divides && value == 0) return "it divides by zero";
    }
    return "";
  }

  static std::string CheckPadding(const Padding& p) {
    const int64_t largest = std::max({p.top, p.left, p.bottom, p.right});
    if (largest <= kMaxPadding) return "";
    return fmt::format("padding {} is above {}", largest, kMaxPadding);
  }

  static std::string CheckWindow(const Window& w) {
    const int64_t largest =
        std::max({w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w});
    if (largest > kMaxWindow) {
      return fmt::format("a kernel, stride or dilation of {} is above {}", largest, kMaxWindow);
    }
    return CheckPadding(w.padding);
  }

  std::string CheckTaps(int64_t taps) const {
    const int64_t limit = target_.array.rows * target_.array.max_row_tiles;
    if (taps <= limit) return "";
    return fmt::format("{} products per output are more than {} array rows x {} row tiles", taps,
                       target_.array.rows, target_.array.max_row_tiles);
  }

  std::string CheckConv() const {
    const auto& attributes = node_.as<ConvAttributes>();
    if (attributes.window != Window{})
      if (std::string reason = CheckPlane(); !reason.empty()) return reason;
    if (std::string reason = CheckWindow(attributes.window); !reason.empty()) return reason;
    return CheckTaps(attributes.window.taps() * In(1).shape[3]);
  }

  std::string CheckPool() const {
    if (std::string reason = CheckPlane(); !reason.empty()) return reason;
    const Window& window = node_.as<PoolAttributes>().window;
    const FeatureMap map = AsFeatureMap(In(0).shape);
    const bool dilated = window.dilation_h != 1 || window.dilation_w != 1;
    const bool global = !window.padding.any() && !dilated && window.kernel_h == map.height &&
                        window.kernel_w == map.width;
    if (global) return "";
    if (node_.kind == OpKind::kAveragePool && dilated) return "its window is dilated";
    if (window.taps() > target_.depthwise_max_taps) {
      return fmt::format("its window {}x{} has {} taps, more than {}", window.kernel_h,
                         window.kernel_w, window.taps(), target_.depthwise_max_taps);
    }
    return CheckWindow(window);
  }

  std::string CheckBinary() const {
    if (ScalesOrShiftsChannels(graph_, node_)) return "";
    const FeatureMap a = AsFeatureMap(In(0).shape);
    const FeatureMap b = AsFeatureMap(In(1).shape);
    const FeatureMap y = AsFeatureMap(Out().shape);
    const auto spreads = [&](const FeatureMap& map) {
      return map.pixels() == 1 && map.channels == y.channels;
    };
    if (y == a && (y == b || spreads(b))) return "";
    if (y == b && spreads(a) && Commutes(node_.kind)) return "";
    return fmt::format(
        "it broadcasts {} and {}; the device only spreads a second operand of one "
        "value per channel",
        In(0).shape.ToString(), In(1).shape.ToString());
  }

  /// The second operand is loaded into the array as weights are, row by row of [N, K].
  std::string CheckMatMul() const {
    if (!node_.as<MatMulAttributes>().transpose_b)
      return "its second operand is not given row by row";
    const Shape& a = In(0).shape;
    const Matrices b = AsMatrices(In(1).shape);
    if (Out().shape.elements() / b.rows != a.elements() / b.columns ||
        (b.count != 1 && b.count != AsMatrices(a).count))
      return fmt::format("it broadcasts the matrices of {} and {}", a.ToString(),
                         In(1).shape.ToString());
    if (std::string reason = CheckSymmetric(node_.inputs[1]); !reason.empty()) return reason;
    return CheckTaps(b.columns);
  }

  /// The array multiplies with int8 weights whose zero point is 0. Quantisation can give the tensor
  /// such a scale unless something else has decided it.
  std::string CheckSymmetric(TensorId id) const {
    const auto has_zero_point = [](const Node& node) {
      return node.kind == OpKind::kFakeQuantize &&
             std::any_of(node.as<QuantizeAttributes>().zero_point.begin(),
                         node.as<QuantizeAttributes>().zero_point.end(),
                         [](int32_t z) { return z != 0; });
    };
    const Node* maker = graph_.ProducerOf(id);
    for (; maker != nullptr && Info(maker->kind).keeps_quantization; maker = graph_.ProducerOf(id))
      id = maker->inputs[0];
    constexpr const char* kReason =
        "the model gives its second operand a zero point, and the array multiplies symmetric ones";
    if (maker != nullptr && has_zero_point(*maker)) return kReason;
    if (maker != nullptr && maker->kind == OpKind::kArgMax)
      return "its second operand is an index, and the array multiplies symmetric int8 values";
    for (const Node& reader : graph_.nodes)
      if (has_zero_point(reader) && reader.inputs[0] == id) return kReason;
    return "";
  }

  /// The vector unit sees all channels of a pixel at once, and nothing else.
  std::string CheckAcross(int64_t axis) const {
    if (axis + 1 == static_cast<int64_t>(In(0).shape.rank())) return "";
    return fmt::format("it works along axis {} of {}, and the device along the channels", axis,
                       In(0).shape.ToString());
  }

  std::string CheckArgMax() const {
    const int64_t channels = In(0).shape.back();
    if (channels > kMaxIndices)
      return fmt::format("int8 does not tell {} channels apart", channels);
    return CheckAcross(node_.as<ArgMaxAttributes>().axis);
  }

  std::string CheckReduce() const {
    using Kind = ReduceAttributes::Kind;
    const auto& reduce = node_.as<ReduceAttributes>();
    if (reduce.kind == Kind::kProduct) return "the device multiplies no channels";
    const bool adds = reduce.kind == Kind::kMean || reduce.kind == Kind::kSum;
    const auto rank = static_cast<int64_t>(In(0).shape.rank());
    if (reduce.begin == rank - 1) return adds ? CheckTaps(In(0).shape.back()) : "";
    return fmt::format("it reduces axes {} to {} of {}", reduce.begin, reduce.end - 1,
                       In(0).shape.ToString());
  }

  std::string CheckConcat() const {
    const Shape& shape = Out().shape;
    if (JoinsBoxes(shape, static_cast<size_t>(node_.as<ConcatAttributes>().axis))) return "";
    return fmt::format("its parts are no boxes of rows, columns and channels in {}",
                       shape.ToString());
  }

  /// Elements are put elsewhere within L1: it has to hold both tensors.
  std::string CheckMove() const {
    const Bytes room = MoveRoom(target_.l1.usable());
    const Bytes needed = MoveBytes(In(0).shape, Out().shape, target_.pword);
    if (needed <= room) return "";
    return fmt::format(
        "it moves elements within L1, which holds {} bytes of the {} of both tensors", room.count(),
        needed.count());
  }

  std::string CheckTranspose() const {
    if (KeepsOrder(In(0).shape, node_.as<TransposeAttributes>().permutation)) return CheckReshape();
    return CheckMove();
  }

  /// Rows and columns are picked as a nearest Resize reads them, channels by a 1x1 convolution;
  /// what is no side of a feature map is moved.
  std::string CheckPick() const {
    const std::optional<AxisPick> pick = PickOf(graph_, node_);
    if (!pick || !IsAscending(*pick)) {
      if (!AsGather(graph_, node_)) return "it picks along several axes at once";
      return CheckMove();
    }
    if (pick->side != AxisPick::Side::kChannels) return "";
    return CheckTaps(AsFeatureMap(In(0).shape).channels);
  }

  static bool IsDepthwise(const Graph& graph, const Node& node) {
    if (node.kind != OpKind::kConv) return false;
    const int64_t groups = node.as<ConvAttributes>().groups;
    return groups > 1 && groups == graph.tensor(node.inputs[0]).shape.back() &&
           groups == graph.tensor(node.output).shape.back();
  }

  /// Channels may have scales of their own where a kernel adds one zero point to all of them,
  /// clamps them at it at most, and where whoever reads them keeps channels apart.
  std::string CheckGrid() const {
    const std::vector<int32_t>& zeros = node_.as<QuantizeAttributes>().zero_point;
    if (zeros.size() <= 1) return "";
    if (!std::all_of(zeros.begin(), zeros.end(), [&](int32_t z) { return z == zeros[0]; }))
      return "its channels have different zero points";
    const Node* maker = graph_.ProducerOf(node_.inputs[0]);
    if (maker == nullptr || maker->kind != OpKind::kConv ||
        (maker->activation.kind != UnaryKind::kIdentity &&
         maker->activation.kind != UnaryKind::kRelu))
      return "its channels have a scale each, which only convolutions without an upper limit write";
    for (const Node& reader : graph_.nodes) {
      const bool reads = std::find(reader.inputs.begin(), reader.inputs.end(), node_.output) !=
                         reader.inputs.end();
      if (reads && !IsDepthwise(graph_, reader))
        return fmt::format(
            "its channels have a scale each, which only depthwise convolutions read, and {} '{}' "
            "is none",
            reader.onnx_op, reader.name);
    }
    return "";
  }

  std::string CheckReshape() const {
    const int64_t before = AsFeatureMap(In(0).shape).channels;
    const int64_t after = AsFeatureMap(Out().shape).channels;
    return before == after ? "" : CheckMove();
  }

  const Graph& graph_;
  const Node& node_;
  const Target& target_;
};

}  // namespace

std::string WhyNotOnDevice(const Graph& graph, const Node& node, const Target& target) {
  return DeviceRules(graph, node, target).Check();
}

}  // namespace imcc
