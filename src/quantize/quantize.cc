// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/constant_operand.h"
#include "ir/operator_table.h"
#include "quantize/correct_bias.h"
#include "quantize/find_extremes.h"
#include "quantize/pick.h"
#include "quantize/quantize_conv.h"
#include "quantize/tables.h"

namespace imcc {
namespace {

/// Sums of int8 products stay below 2^31 for any values if there are no more taps than this.
constexpr int64_t kMaxTaps = 49'000;

/// Builds the int8 graph node by node; tensors of both graphs have the same ids until the end, and
/// constants that are read as tensors come behind them.
class Quantizer {
 public:
  Quantizer(const Graph& graph, const Calibration& calibration)
      : graph_(graph), calibration_(calibration) {}

  Result<QuantizedGraph> Run() {
    result_.name = graph_.name;
    for (const Tensor& tensor : graph_.tensors)
      result_.tensors.push_back({tensor.name, tensor.shape, tensor.layout, {}});
    symmetric_ = FindSymmetric(graph_, calibration_.symmetric);
    for (const TensorId id : graph_.inputs) {
      SetRange(id);
      result_.inputs.push_back(Same(id));
    }
    for (current_node_ = 0; current_node_ < graph_.nodes.size(); ++current_node_) {
      const Node& node = graph_.nodes[current_node_];
      if (Info(node.kind).keeps_quantization)
        Out(node.output).quantization = In(node).quantization;
      else if (node.kind == OpKind::kArgMax)
        SetIndexGrid(node.output);
      else
        SetRange(node.output);
      IMCC_ASSIGN(QOperation operation, Convert(node));
      result_.nodes.push_back({.name = node.name,
                               .onnx_op = node.onnx_op,
                               .inputs = std::move(operands_),
                               .output = Same(node.output),
                               .operation = std::move(operation)});
    }
    for (const TensorId id : graph_.outputs) {
      if (graph_.tensor(id).is_constant())
        return Unsupported("output", graph_.tensor(id).name, "is a constant");
      result_.outputs.push_back(Same(id));
    }
    DropConstants();
    return std::move(result_);
  }

 private:
  static QTensorId Same(TensorId id) { return QTensorId(id.index()); }
  QTensor& Out(TensorId id) { return result_.tensor(Same(id)); }
  const QTensor& In(const Node& node, size_t i = 0) { return result_.tensor(Same(node.inputs[i])); }
  const Tensor& Float(const Node& node, size_t i) const { return graph_.tensor(node.inputs[i]); }

  void SetRange(TensorId id) {
    const bool is_given = id.index() < calibration_.given.size() && calibration_.given[id.index()];
    const TensorRange& range = calibration_.ranges[id.index()];
    if (is_given)
      Out(id).quantization = *calibration_.given[id.index()];
    else if (symmetric_[id.index()])
      Out(id).quantization = ChooseSymmetricQuantization(range.min, range.max);
    else
      Out(id).quantization = ChooseQuantization(range);
  }

  /// Indices are whole numbers, and the array adds nothing to them.
  void SetIndexGrid(TensorId id) { Out(id).quantization = {.scale = {1}, .zero_point = {-128}}; }

  static Error Unsupported(const std::string& op, const std::string& name, std::string why) {
    return Error{.code = ErrorCode::kUnsupported,
                 .subject = fmt::format("{} '{}'", op, name),
                 .message = std::move(why),
                 .hint =
                     "the device cannot run it; this is a gap between partitioning and "
                     "quantisation, please report it"};
  }
  static Error Unsupported(const Node& node, std::string why) {
    return Unsupported(node.onnx_op, node.name, std::move(why));
  }

  Result<QOperation> Convert(const Node& node) {
    operands_.clear();
    for (const TensorId id : node.inputs) {
      if (!graph_.tensor(id).is_constant()) operands_.push_back(Same(id));
    }
    if (operands_.empty()) return Unsupported(node, "it computes a constant");
    if (IsBinary(node.kind) || node.kind == OpKind::kConcat) {
      if (ScalesOrShiftsChannels(graph_, node)) return WithConstant(node);
      IMCC_TRY(QuantizeConstants(node));
    }
    switch (node.kind) {
      case OpKind::kConv:
        return Conv(node, node.as<ConvAttributes>());
      case OpKind::kFullyConnected:
        return Conv(node, {});
      case OpKind::kBatchNorm:
        return BatchNorm(node);
      case OpKind::kUnary:
        return QOperation(MakeTable(node.as<UnaryAttributes>().function, In(node).quantization,
                                    Out(node.output).quantization));
      case OpKind::kAdd:
      case OpKind::kSub:
      case OpKind::kMul:
      case OpKind::kDiv:
      case OpKind::kMin:
      case OpKind::kMax:
        return Elementwise(node);
      case OpKind::kMatMul:
        return MatMul(node);
      case OpKind::kSoftmax:
        return Softmax(node);
      case OpKind::kLayerNorm:
        return LayerNorm(node);
      case OpKind::kReduce:
        return Reduce(node);
      case OpKind::kArgMax:
        return ArgMax(node);
      case OpKind::kMaxPool:
      case OpKind::kAveragePool:
        return Pool(node);
      case OpKind::kConcat:
        return Concat(node);
      case OpKind::kPad:
        return QOperation(QPad{node.as<PadAttributes>().padding,
                               QuantizeReal(static_cast<double>(node.as<PadAttributes>().value),
                                            Out(node.output).quantization)});
      case OpKind::kResize:
        return Resize(node);
      case OpKind::kReshape:
        return QOperation(QReshape{});
      case OpKind::kTranspose:
        return Transpose(node);
      case OpKind::kSlice:
      case OpKind::kGather:
        return Pick(node);
      default:
        return Unsupported(node, fmt::format("there is no int8 {}", Info(node.kind).name));
    }
  }

  /// Valid for outputs with a scale a channel too: they are clamped at zero, which is -128 in all
  /// channels, and no channel's range goes beyond an upper clamp, which therefore is 127 in all.
  ClampRange Clamp(const Node& node) {
    return MakeClampRange(node.activation, Out(node.output).quantization);
  }

  /// Products are counted in a * b and then in y, whose ratio is a float32. Calibration stays far
  /// within its range; scales that a model brings may not.
  static Status CheckRatio(const Node& node, float a, float b, float y) {
    if (std::isnormal(a * b) && std::isfinite(a * b / y)) return {};
    return Error{.code = ErrorCode::kModel,
                 .subject = fmt::format("{} '{}'", node.onnx_op, node.name),
                 .message = fmt::format("its input scales {} and {} and its output scale {} have a "
                                        "ratio that no requantiser expresses",
                                        a, b, y),
                 .hint = "quantise the model again, calibrating it on real data"};
  }

  static Status CheckFinite(const Node& node, const std::vector<float>& values) {
    if (FindExtremes(values.data(), static_cast<int64_t>(values.size())).finite) return {};
    return Error{.code = ErrorCode::kModel,
                 .subject = fmt::format("{} '{}'", node.onnx_op, node.name),
                 .message = "its weights or bias hold infinities or NaN",
                 .hint = "export the model again from a checkpoint that works"};
  }

  Result<QOperation> Finish(const Node& node, const FloatConv& conv) {
    IMCC_TRY(CheckFinite(node, conv.weights));
    IMCC_TRY(CheckFinite(node, conv.bias));
    const Quantization& x = result_.tensor(operands_[0]).quantization;
    const std::vector<float> scales = WeightScales(conv, x);
    for (int64_t n = 0; n < conv.out_channels; ++n)
      IMCC_TRY(CheckRatio(node, x.scale_of(n), scales[static_cast<size_t>(n)],
                          Out(node.output).quantization.scale_of(n)));
    QConv quantized = QuantizeConv(conv, x, Out(node.output).quantization, Clamp(node));
    if (current_node_ < calibration_.rounded_weights.size() &&
        !calibration_.rounded_weights[current_node_].empty())
      quantized.weights = calibration_.rounded_weights[current_node_];
    const std::vector<double>& means = calibration_.tap_means[current_node_];
    if (!means.empty() && conv.weight_scales.empty()) CorrectBias(conv, x, means, quantized);
    return QOperation(std::move(quantized));
  }

  Result<QOperation> Conv(const Node& node, const ConvAttributes& attributes) {
    if (operands_.size() != 1 || Float(node, 0).is_constant())
      return Unsupported(node, "its weights and bias must be constants");
    FloatConv conv{.window = attributes.window,
                   .groups = attributes.groups,
                   .in_channels = In(node).shape.back(),
                   .out_channels = Float(node, 1).shape[0],
                   .weights = Float(node, 1).constant,
                   .bias = {},
                   .weight_scales = Float(node, 1).weight_scales};
    conv.bias.resize(static_cast<size_t>(conv.out_channels));
    if (node.inputs.size() > 2) {
      conv.bias = Float(node, 2).constant;
      conv.bias_integers = Float(node, 2).integers;
    }
    const int64_t taps = Float(node, 1).shape.elements() / conv.out_channels;
    if (taps > kMaxTaps)
      return Unsupported(node, fmt::format("{} products an output may overflow 32 bits", taps));
    return Finish(node, conv);
  }

  /// y = factor[c] * x + offset[c] as a convolution of one tap a channel.
  Result<QOperation> PerChannel(const Node& node, std::vector<float> factor,
                                std::vector<float> offset) {
    const int64_t channels = result_.tensor(operands_[0]).shape.back();
    for (std::vector<float>* values : {&factor, &offset}) {
      if (values->size() == 1) values->assign(static_cast<size_t>(channels), values->front());
      if (static_cast<int64_t>(values->size()) != channels)
        return Unsupported(node, "its constant is neither one number nor one number a channel");
    }
    return Finish(node, {.groups = channels,
                         .in_channels = channels,
                         .out_channels = channels,
                         .weights = std::move(factor),
                         .bias = std::move(offset)});
  }

  Result<QOperation> BatchNorm(const Node& node) {
    if (operands_.size() != 1) return Unsupported(node, "its scale and shift must be constants");
    return PerChannel(node, Float(node, 1).constant, Float(node, 2).constant);
  }

  /// A scale or a shift a channel.
  Result<QOperation> WithConstant(const Node& node) {
    const bool constant_first = Float(node, 0).is_constant();
    std::vector<float> values = Float(node, constant_first ? 0 : 1).constant;
    switch (node.kind) {
      case OpKind::kAdd:
        return PerChannel(node, {1}, std::move(values));
      case OpKind::kSub:
        if (constant_first) return PerChannel(node, {-1}, std::move(values));
        for (float& value : values) value = -value;
        return PerChannel(node, {1}, std::move(values));
      case OpKind::kMul:
        return PerChannel(node, std::move(values), {0});
      default:
        for (float& value : values) value = 1 / value;
        return PerChannel(node, std::move(values), {0});
    }
  }

  /// Constants among the operands become tensors of their own.
  Status QuantizeConstants(const Node& node) {
    operands_.clear();
    for (const TensorId id : node.inputs) {
      operands_.push_back(Same(id));
      if (!graph_.tensor(id).is_constant()) continue;
      IMCC_TRY(CheckFinite(node, graph_.tensor(id).constant));
      operands_.back() = ConstantOn(id, GridForConstant(node, graph_.tensor(id)));
    }
    return {};
  }

  /// What is only stored or compared needs no grid but the result's: nothing is rounded twice.
  Quantization GridForConstant(const Node& node, const Tensor& constant) {
    const bool is_stored =
        node.kind == OpKind::kConcat || node.kind == OpKind::kMin || node.kind == OpKind::kMax;
    const Quantization& y = Out(node.output).quantization;
    return is_stored && !y.per_channel() ? y : GridOfConstant(constant);
  }

  /// One tensor for all who read the same values on one grid.
  QTensorId ConstantOn(TensorId id, const Quantization& grid) {
    const Tensor& from = graph_.tensor(id);
    QTensor tensor{.name = from.name,
                   .shape = from.shape,
                   .layout = from.layout,
                   .quantization = grid,
                   .constant = {}};
    tensor.constant = QuantizeValues(from.constant, tensor);
    for (size_t i = graph_.tensors.size(); i < result_.tensors.size(); ++i) {
      const QTensor& other = result_.tensors[i];
      if (other.shape == tensor.shape && other.layout == tensor.layout &&
          other.quantization == grid && other.constant == tensor.constant)
        return QTensorId(i);
    }
    for (size_t n = 2; IsTaken(tensor.name, id); ++n)
      tensor.name = fmt::format("{}_{}", from.name, n);
    result_.tensors.push_back(std::move(tensor));
    return QTensorId(result_.tensors.size() - 1);
  }

  bool IsTaken(const std::string& name, TensorId by_other_than) const {
    for (size_t i = 0; i < result_.tensors.size(); ++i)
      if (result_.tensors[i].name == name && i != by_other_than.index()) return true;
    return false;
  }

  Result<QOperation> Elementwise(const Node& node) {
    const FeatureMap out = AsFeatureMap(Out(node.output).shape);
    const auto operand = [&](size_t i) -> const QTensor& { return result_.tensor(operands_[i]); };
    const auto is_full = [&](size_t i) { return AsFeatureMap(operand(i).shape) == out; };
    const auto is_row = [&](size_t i) {
      return AsFeatureMap(operand(i).shape) == FeatureMap{1, 1, out.channels};
    };
    if (!is_full(0) && is_row(0) && is_full(1) && Commutes(node.kind))
      std::swap(operands_[0], operands_[1]);
    else if (!is_full(0) || !(is_full(1) || is_row(1)))
      return Unsupported(node, fmt::format("it broadcasts {} with {}", In(node, 0).shape.ToString(),
                                           In(node, 1).shape.ToString()));
    const Quantization& a = operand(0).quantization;
    const Quantization& b = operand(1).quantization;
    const Quantization& y = Out(node.output).quantization;
    QElementwise op{.broadcast_b = AsFeatureMap(operand(1).shape) != out, .clamp = Clamp(node)};
    const auto ratio = [&](const Quantization& x) {
      return static_cast<double>(x.scale[0]) / static_cast<double>(y.scale[0]);
    };
    if (node.kind == OpKind::kMul) {
      IMCC_TRY(CheckRatio(node, a.scale[0], b.scale[0], y.scale[0]));
      op.kind = QElementwise::Kind::kMul;
      op.product = MakeRequantizer(a.scale[0] * b.scale[0] / y.scale[0]);
    } else if (node.kind == OpKind::kDiv) {
      op.kind = QElementwise::Kind::kDiv;
      op.quotients = MakeQuotients(a, b, y);
    } else if (node.kind == OpKind::kMax || node.kind == OpKind::kMin) {
      op.kind = node.kind == OpKind::kMax ? QElementwise::Kind::kMax : QElementwise::Kind::kMin;
      op.rescale_a = MakeTable({}, a, y).table;
      op.rescale_b = MakeTable({}, b, y).table;
    } else {
      const bool add = node.kind == OpKind::kAdd;
      op.kind = add ? QElementwise::Kind::kAdd : QElementwise::Kind::kSub;
      op.pair = MakePairRequantizer(ratio(a), add ? ratio(b) : -ratio(b));
    }
    return QOperation(op);
  }

  Result<QOperation> MatMul(const Node& node) {
    if (operands_.size() != 2) return Unsupported(node, "one operand is a constant");
    if (!node.as<MatMulAttributes>().transpose_b)
      return Unsupported(node, "its second operand is not given row by row");
    const Quantization& a = In(node, 0).quantization;
    const Quantization& b = In(node, 1).quantization;
    const Quantization& y = Out(node.output).quantization;
    if (b.zero_point[0] != 0)
      return Unsupported(node,
                         "its second operand has a zero point, and the array multiplies "
                         "symmetric values");
    if (In(node).shape.back() > kMaxTaps)
      return Unsupported(
          node, fmt::format("{} products an output may overflow 32 bits", In(node).shape.back()));
    IMCC_TRY(CheckRatio(node, a.scale[0], b.scale[0], y.scale[0]));
    return QOperation(QMatMul{.requantizer = MakeRequantizer(a.scale[0] * b.scale[0] / y.scale[0]),
                              .clamp = Clamp(node)});
  }

  /// Names what keeps a node over the channels off the device; empty if nothing does.
  Status CheckChannelAxis(const Node& node, int64_t axis) {
    const auto last = static_cast<int64_t>(In(node).shape.rank()) - 1;
    if (axis == last) return {};
    return Unsupported(node, "it works along something else than the channels");
  }

  Result<QOperation> Softmax(const Node& node) {
    IMCC_TRY(CheckChannelAxis(node, node.as<SoftmaxAttributes>().axis));
    const Quantization& y = Out(node.output).quantization;
    QSoftmax softmax{MakeSoftmax(In(node).quantization.scale[0], y.scale[0], y.zero_point[0])};
    if (!AreValid(softmax.parameters))
      return Unsupported(node, fmt::format("no probability fits the scale {}", y.scale[0]));
    return QOperation(softmax);
  }

  Result<QOperation> LayerNorm(const Node& node) {
    const Quantization& x = In(node).quantization;
    const Quantization& y = Out(node.output).quantization;
    const auto& epsilon = node.as<LayerNormAttributes>().epsilon;
    QLayerNorm norm{
        .epsilon = epsilon, .gamma = Float(node, 1).constant, .beta = Float(node, 2).constant};
    IMCC_TRY(CheckFinite(node, norm.gamma));
    IMCC_TRY(CheckFinite(node, norm.beta));
    norm.parameters = MakeNormalize(x.scale[0], x.zero_point[0], y.scale[0], y.zero_point[0],
                                    epsilon, norm.gamma, norm.beta);
    norm.parameters.clamp = Clamp(node);
    return QOperation(std::move(norm));
  }

  /// Means and sums over the channels are a convolution with one output; the largest channel is
  /// looked for as it is.
  Result<QOperation> Reduce(const Node& node) {
    using Kind = ReduceAttributes::Kind;
    const auto& reduce = node.as<ReduceAttributes>();
    const auto rank = static_cast<int64_t>(In(node).shape.rank());
    const bool adds = reduce.kind == Kind::kMean || reduce.kind == Kind::kSum;
    if (reduce.kind == Kind::kProduct) return Unsupported(node, "it multiplies");
    if (reduce.begin != rank - 1) return Unsupported(node, "it reduces more than the channels");
    if (!adds)
      return QOperation(QExtreme{
          .smallest = reduce.kind == Kind::kMin,
          .rescale = MakeTable({}, In(node).quantization, Out(node.output).quantization).table});
    const int64_t channels = In(node).shape.back();
    const float weight = reduce.kind == Kind::kSum ? 1 : 1 / static_cast<float>(channels);
    return Finish(node, {.in_channels = channels,
                         .out_channels = 1,
                         .weights = std::vector<float>(static_cast<size_t>(channels), weight),
                         .bias = {0}});
  }

  Result<QOperation> ArgMax(const Node& node) {
    const auto& pick = node.as<ArgMaxAttributes>();
    IMCC_TRY(CheckChannelAxis(node, pick.axis));
    return QOperation(QExtreme{.smallest = pick.smallest, .index = true, .last = pick.last});
  }

  Result<QOperation> Pool(const Node& node) {
    const auto& attributes = node.as<PoolAttributes>();
    QPool pool{.kind = node.kind == OpKind::kMaxPool ? QPool::Kind::kMax : QPool::Kind::kAverage,
               .window = attributes.window,
               .count_include_pad = attributes.count_include_pad,
               .clamp = Clamp(node)};
    if (pool.kind == QPool::Kind::kAverage) {
      const float x = In(node).quantization.scale[0];
      const float y = Out(node.output).quantization.scale[0];
      IMCC_TRY(CheckRatio(node, x, 1, y));
      pool.scale_ratio = x / y;
    }
    return QOperation(pool);
  }

  Result<QOperation> Concat(const Node& node) {
    QConcat concat{.axis = node.as<ConcatAttributes>().axis};
    for (const QTensorId part : operands_)
      concat.tables.push_back(
          MakeTable({}, result_.tensor(part).quantization, Out(node.output).quantization));
    return QOperation(std::move(concat));
  }

  Result<QOperation> Resize(const Node& node) {
    const auto& attributes = node.as<ResizeAttributes>();
    const FeatureMap in = AsFeatureMap(In(node).shape);
    const FeatureMap out = AsFeatureMap(Out(node.output).shape);
    if (std::max(in.height, in.width) > 65536)
      return Unsupported(node, "its input has more than 65536 rows or columns");
    return QOperation(
        QResize{.rows = MakeResizeTaps(attributes, in.height, out.height, attributes.scale_h),
                .columns = MakeResizeTaps(attributes, in.width, out.width, attributes.scale_w),
                .attributes = attributes});
  }

  Result<QOperation> Pick(const Node& node) {
    const std::optional<AxisPick> pick = PickOf(graph_, node);
    if (!pick || !IsAscending(*pick)) return Gather(node);
    const FeatureMap in = AsFeatureMap(In(node).shape);
    if (pick->side != AxisPick::Side::kChannels) return QOperation(PickLines(*pick, in));
    IMCC_ASSIGN(QOperation picked, Finish(node, ChannelSelection(*pick, in.channels)));
    std::get<QConv>(picked).moves_data = true;
    return picked;
  }

  Result<QOperation> Gather(const Node& node) {
    std::optional<GatherAttributes> gather = AsGather(graph_, node);
    if (!gather) return Unsupported(node, "it picks along several axes at once");
    return QOperation(QGather{gather->axis, std::move(gather->indices)});
  }

  Result<QOperation> Transpose(const Node& node) {
    const std::vector<int64_t>& permutation = node.as<TransposeAttributes>().permutation;
    if (KeepsOrder(In(node).shape, permutation)) return QOperation(QReshape{});
    return QOperation(QTranspose{permutation});
  }

  /// Constants live in the operations now, or in the tensors that were added for them.
  void DropConstants() {
    std::vector<QTensorId> renamed(result_.tensors.size());
    std::vector<QTensor> kept;
    for (size_t i = 0; i < result_.tensors.size(); ++i) {
      if (i < graph_.tensors.size() && graph_.tensors[i].is_constant()) continue;
      renamed[i] = QTensorId(kept.size());
      kept.push_back(std::move(result_.tensors[i]));
    }
    result_.tensors = std::move(kept);
    const auto rename = [&](QTensorId& id) { id = renamed[id.index()]; };
    std::for_each(result_.inputs.begin(), result_.inputs.end(), rename);
    std::for_each(result_.outputs.begin(), result_.outputs.end(), rename);
    for (QNode& node : result_.nodes) {
      std::for_each(node.inputs.begin(), node.inputs.end(), rename);
      rename(node.output);
    }
  }

  const Graph& graph_;
  const Calibration& calibration_;
  QuantizedGraph result_;
  std::vector<bool> symmetric_;  // By tensor: its zero point has to be 0.
  size_t current_node_ = 0;
  std::vector<QTensorId> operands_;  // Of the node being converted, parameters left out.
};

}  // namespace

std::vector<bool> FindSymmetric(const Graph& graph, std::vector<bool> wanted) {
  wanted.resize(graph.tensors.size());
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (node->kind == OpKind::kMatMul) wanted[node->inputs[1].index()] = true;
    if (Info(node->kind).keeps_quantization && wanted[node->output.index()])
      wanted[node->inputs[0].index()] = true;
  }
  return wanted;
}

Calibration WithoutCalibration(const Graph& graph) {
  const Graph split = SplitActivations(graph);
  Calibration calibration;
  calibration.ranges.resize(split.tensors.size());
  calibration.tap_means.resize(split.nodes.size());
  return calibration;
}

Result<QuantizedGraph> Quantize(const Graph& graph, const Calibration& calibration) {
  const Graph split = SplitActivations(graph);
  if (calibration.ranges.size() != split.tensors.size() ||
      calibration.tap_means.size() != split.nodes.size()) {
    return Error{.code = ErrorCode::kData,
                 .subject = graph.name,
                 .message = fmt::format("calibrated {} tensors of a graph that has {}",
                                        calibration.ranges.size(), split.tensors.size())};
  }
  return Quantizer(split, calibration).Run();
}

}  // namespace imcc
