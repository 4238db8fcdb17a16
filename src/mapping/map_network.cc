// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "isa/parameters.h"
#include "mapping/assign_buffers.h"
#include "mapping/find_moves.h"
#include "mapping/map_convolution.h"
#include "mapping/map_matmul.h"
#include "mapping/mapping.h"

namespace imcc {

namespace {

void AppendTable(const std::array<int8_t, 256>& table, std::vector<uint8_t>& constants) {
  for (const int8_t value : table) constants.push_back(static_cast<uint8_t>(value));
}

/// `second` of `first`; either may be absent.
std::optional<QTable> Compose(const QTable* first, const QTable* second) {
  if (first == nullptr && second == nullptr) return std::nullopt;
  if (first == nullptr) return *second;
  QTable result = *first;
  for (int8_t& value : result.table)
    if (second != nullptr) value = second->table[static_cast<size_t>(value + 128)];
  return result;
}

std::string WindowText(const Window& window) {
  std::string text = fmt::format("{}x{}", window.kernel_h, window.kernel_w);
  if (window.stride_h != 1 || window.stride_w != 1)
    text += window.stride_h == window.stride_w
                ? fmt::format(" s{}", window.stride_h)
                : fmt::format(" s{}x{}", window.stride_h, window.stride_w);
  if (window.dilation_h != 1 || window.dilation_w != 1)
    text += fmt::format(" d{}", std::max(window.dilation_h, window.dilation_w));
  return text;
}

/// Builds the kernels of one graph, node by node.
class NetworkMapper {
 public:
  NetworkMapper(const QuantizedGraph& graph, const MappingChoices& choices, const Target& target,
                const CompilationOptions& options)
      : graph_(graph),
        choices_(choices),
        target_(target),
        options_(options),
        buffers_(AssignBuffers(graph, target, options)),
        uses_(CountUses(graph)),
        moves_(FindMoves(graph, target, options)) {
    fused_.resize(graph.nodes.size());
    available_from_.resize(graph.tensors.size());
    for (size_t i = 0; i < graph.nodes.size(); ++i)
      available_from_[graph.nodes[i].output.index()] = i + 1;
  }

  MappedNetwork Map() && {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      current_node_ = i;
      if (!fused_[i]) MapNode(i);
    }
    TakeBuffers();
    network_.inputs = graph_.inputs;
    network_.outputs = graph_.outputs;
    return std::move(network_);
  }

 private:
  /// Tensors between fused operations exist nowhere: their buffers are left out.
  void TakeBuffers() {
    std::vector<bool> used(buffers_.buffers.size());
    for (size_t i = 0; i < used.size(); ++i)
      used[i] = buffers_.buffers[i].is_input || buffers_.buffers[i].is_output;
    for (const Kernel& kernel : network_.kernels) {
      used[kernel.output.buffer.index()] = true;
      for (const Operand& input : kernel.inputs) used[input.buffer.index()] = true;
    }
    std::vector<BufferId> moved(used.size());
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) continue;
      moved[i] = BufferId(network_.buffers.size());
      network_.buffers.push_back(std::move(buffers_.buffers[i]));
    }
    for (Kernel& kernel : network_.kernels) {
      kernel.output.buffer = moved[kernel.output.buffer.index()];
      for (Operand& input : kernel.inputs) input.buffer = moved[input.buffer.index()];
    }
    for (const BufferId id : buffers_.of_tensor)
      network_.buffer_of_tensor.push_back(id.valid() ? moved[id.index()] : BufferId());
  }

  void MapNode(size_t index) {
    const QNode& node = graph_.nodes[index];
    if (const auto* conv = std::get_if<QConv>(&node.operation)) {
      if (choices_[index].on_array)
        MapArrayConv(node, *conv, index);
      else
        MapDepthwise(node, *conv);
    } else if (const auto* table = std::get_if<QTable>(&node.operation)) {
      MapTable(node, *table);
    } else if (const auto* elementwise = std::get_if<QElementwise>(&node.operation)) {
      MapElementwise(node, *elementwise, index);
    } else if (const auto* pool = std::get_if<QPool>(&node.operation)) {
      MapPool(node, *pool);
    } else if (const auto* product = std::get_if<QMatMul>(&node.operation)) {
      MapMatMul(node, *product, index);
    } else if (const auto* concat = std::get_if<QConcat>(&node.operation)) {
      MapConcat(node, *concat);
    } else if (const auto* pad = std::get_if<QPad>(&node.operation)) {
      MapPad(node, *pad);
    } else if (const auto* resize = std::get_if<QResize>(&node.operation)) {
      MapResize(node, *resize);
    } else if (const auto* softmax = std::get_if<QSoftmax>(&node.operation)) {
      MapAcross(node, {.kind = AcrossTask::kSoftmax}, EncodeSoftmax(softmax->parameters));
    } else if (const auto* norm = std::get_if<QLayerNorm>(&node.operation)) {
      MapAcross(node, {.kind = AcrossTask::kLayerNorm}, EncodeNormalize(norm->parameters));
    } else if (const auto* extreme = std::get_if<QExtreme>(&node.operation)) {
      MapExtreme(node, *extreme);
    } else if (moves_[index]) {
      MapMove(node, *moves_[index]);
    }  // Otherwise both tensors share one buffer, or a later kernel moves this one's elements too.
  }

  Operand Read(QTensorId id) const {
    const BufferId buffer = buffers_.of_tensor[id.index()];
    return {.buffer = buffer,
            .map = AsFeatureMap(graph_.tensor(id).shape),
            .pixel_stride = buffers_.buffers[buffer.index()].pixel_stride};
  }

  Destination Write(QTensorId id) const {
    const Operand own = Read(id);
    Destination destination{
        .buffer = own.buffer, .whole = own.map, .box = own.map, .pixel_stride = own.pixel_stride};
    const auto& part = buffers_.parts[id.index()];
    return part ? InPart(destination, own.map, *part) : destination;
  }

  Destination InPart(Destination destination, const FeatureMap& box, const ConcatPart& part) const {
    destination.whole = AsFeatureMap(graph_.tensor(part.whole).shape);
    destination.box = box;
    destination.y0 = part.y0;
    destination.x0 = part.x0;
    destination.channel0 = part.channel0;
    return destination;
  }

  /// What a concatenation does to the values of a tensor written straight into it.
  const QTable* PartTable(QTensorId id) const {
    const auto& part = buffers_.parts[id.index()];
    return part ? part->table : nullptr;
  }

  Kernel& Add(const QNode& node, std::string op, QTensorId output) {
    Kernel kernel;
    kernel.node = current_node_;
    kernel.name = node.name;
    kernel.op = std::move(op);
    for (const QTensorId id : node.inputs) kernel.inputs.push_back(Read(id));
    kernel.output = Write(output);
    kernel.macs = CountMacs(graph_, node);
    network_.kernels.push_back(std::move(kernel));
    return network_.kernels.back();
  }

  /// A tensor that is one row of pixels as a map of one matrix a row: the bytes are the same.
  static void SeeMatrices(const Matrices& matrices, FeatureMap& map) {
    if (map.height == 1 && map.width == matrices.count * matrices.rows)
      map = {matrices.count, matrices.rows, map.channels};
  }

  /// Kernels that make every pixel of the same pixels see the rows that products of matrices see,
  /// so that both are cut between matrices and overlap. Parts of a joined tensor begin with a
  /// matrix.
  void SeeMatrices(QTensorId output, Kernel& kernel) const {
    const Shape& shape = graph_.tensor(output).shape;
    if (shape.rank() < 3 || kernel.output.box.height != 1) return;
    const Matrices matrices = AsMatrices(shape);
    for (Operand& input : kernel.inputs) SeeMatrices(matrices, input.map);
    Destination& to = kernel.output;
    SeeMatrices(matrices, to.box);
    if (to.box.height == 1) return;
    to.whole = {to.whole.width / matrices.rows, matrices.rows, to.whole.channels};
    to.y0 = std::exchange(to.x0, 0) / matrices.rows;
  }

  int32_t ZeroPoint(QTensorId id) const { return graph_.tensor(id).quantization.zero_point[0]; }

  /// The table node that alone reads this tensor, so that it can ride on the requantisation.
  const QNode* SoleTable(QTensorId id, size_t after) {
    if (uses_[id.index()] != 1) return nullptr;
    for (size_t i = after + 1; i < graph_.nodes.size(); ++i) {
      const QNode& node = graph_.nodes[i];
      if (node.inputs.size() == 1 && node.inputs[0] == id &&
          std::holds_alternative<QTable>(node.operation)) {
        fused_[i] = true;
        return &node;
      }
    }
    return nullptr;
  }

  /// The addition that alone reads this tensor and whose other operand is there before node `index`
  /// runs: it rides on the requantisation of the node.
  const QNode* ResidualAdd(QTensorId product, size_t index) {
    if (uses_[product.index()] != 1) return nullptr;
    for (size_t i = index + 1; i < graph_.nodes.size(); ++i) {
      const QNode& node = graph_.nodes[i];
      const auto* op = std::get_if<QElementwise>(&node.operation);
      if (std::find(node.inputs.begin(), node.inputs.end(), product) == node.inputs.end()) continue;
      if (op == nullptr || op->broadcast_b ||
          (op->kind != QElementwise::Kind::kAdd && op->kind != QElementwise::Kind::kSub))
        return nullptr;
      const QTensorId other = node.inputs[0] == product ? node.inputs[1] : node.inputs[0];
      if (available_from_[other.index()] > index) return nullptr;
      fused_[i] = true;
      available_from_[node.output.index()] = index + 1;
      return &node;
    }
    return nullptr;
  }

  /// Bias with -z_x * sum(w) folded in (DESIGN 5); sums wrap as the accumulators do.
  std::vector<int32_t> FoldedBias(const QConv& conv, QTensorId input) const {
    const Quantization& x = graph_.tensor(input).quantization;
    const auto taps = static_cast<size_t>(conv.taps_per_output());
    std::vector<int32_t> bias = conv.bias;
    for (size_t out = 0; out < bias.size(); ++out) {
      int64_t sum = 0;
      for (size_t k = 0; k < taps; ++k) sum += conv.weights[out * taps + k];
      const int64_t folded = bias[out] - sum * x.zero_point_of(static_cast<int64_t>(out));
      bias[out] = static_cast<int32_t>(static_cast<uint32_t>(folded));
    }
    return bias;
  }

  static std::vector<uint32_t> PackAll(const std::vector<Requantizer>& requantizers) {
    std::vector<uint32_t> packed;
    for (const Requantizer& requantizer : requantizers) packed.push_back(Pack(requantizer));
    return packed;
  }

  void MapArrayConv(const QNode& node, const QConv& conv, size_t index) {
    const QNode* table = SoleTable(node.output, index);
    const QTensorId product = table != nullptr ? table->output : node.output;
    const QNode* add = ResidualAdd(product, index);
    const std::optional<QTable> drained =
        Compose(table != nullptr ? &std::get<QTable>(table->operation) : nullptr,
                add != nullptr ? nullptr : PartTable(product));
    const std::string op = (conv.window == Window{} && Read(node.inputs[0]).map.height == 1
                                ? std::string("FC")
                                : "Conv " + WindowText(conv.window)) +
                           (conv.groups > 1 ? fmt::format(" g{}", conv.groups) : "") +
                           (add != nullptr ? " + " + add->onnx_op : "");
    Kernel& kernel = Add(node, op, add != nullptr ? add->output : product);
    const Operand& input = kernel.inputs[0];
    ImcKernel imc = LayOutConvolution(
        conv, MappingOf(conv, choices_[index], input.pixel_stride, target_, options_), target_);
    imc.input_zero_point = static_cast<int8_t>(ZeroPoint(node.inputs[0]));
    imc.output_zero_point = ZeroPoint(node.output);
    kernel.constants =
        EncodeChannelParameters(FoldedBias(conv, node.inputs[0]), PackAll(conv.requantizers));
    kernel.table_offset = Bytes(static_cast<int64_t>(kernel.constants.size()));
    if (add != nullptr) {
      const size_t other = add->inputs[0] == product ? 1 : 0;
      imc.fused_add = true;
      kernel.inputs.push_back(Read(add->inputs[other]));
      const std::vector<uint8_t> block = EncodeElementwiseParameters(
          ElementwiseBlock(*add, std::get<QElementwise>(add->operation), 1 - other));
      kernel.constants.insert(kernel.constants.end(), block.begin(), block.end());
    }
    if (drained) {
      imc.fused_table = true;
      AppendTable(drained->table, kernel.constants);
    }
    if (const QTable* part = add != nullptr ? PartTable(add->output) : nullptr) {
      imc.final_table = true;
      AppendTable(part->table, kernel.constants);
    }
    kernel.body = std::move(imc);
  }

  void MapMatMul(const QNode& node, const QMatMul& product, size_t index) {
    const QNode* table = SoleTable(node.output, index);
    const QTensorId output = table != nullptr ? table->output : node.output;
    const std::optional<QTable> drained = Compose(
        table != nullptr ? &std::get<QTable>(table->operation) : nullptr, PartTable(output));
    Kernel& kernel = Add(node, "MatMul", output);
    SeeMatrices(output, kernel);
    const Matrices weights = AsMatrices(graph_.tensor(node.inputs[1]).shape);
    kernel.inputs[1].map = {weights.count, weights.rows, weights.columns};
    ImcKernel imc = LayOutMatMul(weights, target_, options_);
    imc.clamp = product.clamp;
    imc.input_zero_point = static_cast<int8_t>(ZeroPoint(node.inputs[0]));
    imc.output_zero_point = ZeroPoint(node.output);
    const auto columns = static_cast<size_t>(weights.rows);
    kernel.constants = EncodeChannelParameters(
        std::vector<int32_t>(columns), std::vector<uint32_t>(columns, Pack(product.requantizer)));
    kernel.table_offset = Bytes(static_cast<int64_t>(kernel.constants.size()));
    if (drained) {
      imc.fused_table = true;
      AppendTable(drained->table, kernel.constants);
    }
    kernel.body = std::move(imc);
  }

  WindowParameters WindowHeader(const QNode& node, ClampRange clamp) const {
    WindowParameters block;
    block.zero_point_in = static_cast<int8_t>(ZeroPoint(node.inputs[0]));
    block.zero_point_out = static_cast<int8_t>(ZeroPoint(node.output));
    block.lo = clamp.lo;
    block.hi = clamp.hi;
    return block;
  }

  void MapDepthwise(const QNode& node, const QConv& conv) {
    Kernel& kernel = Add(node, "Depthwise " + WindowText(conv.window), node.output);
    WindowParameters block = WindowHeader(node, conv.clamp);
    block.bias = FoldedBias(conv, node.inputs[0]);
    block.requantizers = PackAll(conv.requantizers);
    const auto taps = static_cast<size_t>(conv.window.taps());
    const auto channels = static_cast<size_t>(conv.out_channels);
    for (size_t tap = 0; tap < taps; ++tap)
      for (size_t c = 0; c < channels; ++c) block.weights.push_back(conv.weights[c * taps + tap]);
    const Quantization& x = graph_.tensor(node.inputs[0]).quantization;
    if (x.per_channel())
      for (const int32_t z : x.zero_point) block.zero_points.push_back(static_cast<int8_t>(z));
    kernel.constants = EncodeWindowParameters(WindowTask::kDepthwise, block);
    kernel.body = WindowKernel{.kind = WindowTask::kDepthwise,
                               .window = conv.window,
                               .channel_zero_points = x.per_channel()};
  }

  /// A maximum of maxima is a maximum: along each row first, then along the columns, where that
  /// needs fewer comparisons (5x5: 10 instead of 25).
  void MapSeparableMaxPool(const QNode& node, const QPool& pool) {
    const Window& window = pool.window;
    const Operand input = Read(node.inputs[0]);
    const Destination output = Write(node.output);
    const FeatureMap between{input.map.height, output.box.width, input.map.channels};
    const BufferId id(buffers_.buffers.size());
    buffers_.buffers.push_back({.name = graph_.tensor(node.output).name + ".rows",
                                .map = between,
                                .pixel_stride = RoundUp(between.channels, target_.pword)});
    const int64_t stride = buffers_.buffers.back().pixel_stride;
    const Window rows{.kernel_w = window.kernel_w,
                      .stride_w = window.stride_w,
                      .dilation_w = window.dilation_w,
                      .padding = {.left = window.padding.left, .right = window.padding.right}};
    Kernel& first = AddMaxPool(node, rows, ClampRange{});
    first.name += ".rows";
    first.output = {.buffer = id, .whole = between, .box = between, .pixel_stride = stride};
    const Window columns{.kernel_h = window.kernel_h,
                         .stride_h = window.stride_h,
                         .dilation_h = window.dilation_h,
                         .padding = {.top = window.padding.top, .bottom = window.padding.bottom}};
    Kernel& second = AddMaxPool(node, columns, pool.clamp);
    second.inputs[0] = {.buffer = id, .map = between, .pixel_stride = stride};
  }

  Kernel& AddMaxPool(const QNode& node, const Window& window, ClampRange clamp) {
    Kernel& kernel = Add(node, "MaxPool " + WindowText(window), node.output);
    WindowParameters block = WindowHeader(node, clamp);
    block.pad_value = -128;
    kernel.constants = EncodeWindowParameters(WindowTask::kMax, block);
    kernel.body = WindowKernel{.kind = WindowTask::kMax, .window = window};
    return kernel;
  }

  bool SeparatesWell(const QNode& node, const Window& window) const {
    const FeatureMap in = AsFeatureMap(graph_.tensor(node.inputs[0]).shape);
    const FeatureMap out = AsFeatureMap(graph_.tensor(node.output).shape);
    const int64_t rows = in.height * out.width * window.kernel_w;
    return rows + out.pixels() * window.kernel_h < out.pixels() * window.taps();
  }

  void MapPool(const QNode& node, const QPool& pool) {
    const bool global = pool.is_global(AsFeatureMap(graph_.tensor(node.inputs[0]).shape));
    const bool max = pool.kind == QPool::Kind::kMax;
    if (max && !global && SeparatesWell(node, pool.window)) return MapSeparableMaxPool(node, pool);
    const std::string name = max ? "MaxPool" : "AveragePool";
    Kernel& kernel =
        Add(node, global ? "Global" + name : name + " " + WindowText(pool.window), node.output);
    WindowParameters block = WindowHeader(node, pool.clamp);
    block.count_include_pad = pool.count_include_pad;
    block.pad_value = max ? int8_t{-128} : block.zero_point_in;
    WindowTask::Kind kind = max ? WindowTask::kMax : WindowTask::kAverage;
    if (global) kind = max ? WindowTask::kGlobalMax : WindowTask::kGlobalAverage;
    const int64_t taps = pool.window.taps();
    for (int64_t n = global ? taps : 1; !max && n <= taps; ++n)
      block.requantizers.push_back(Pack(AverageRequantizer(pool.scale_ratio, n)));
    kernel.constants = EncodeWindowParameters(kind, block);
    kernel.body = WindowKernel{.kind = kind, .window = pool.window};
  }

  /// A 1x1 "maximum" whose padded taps are the pad value.
  void MapPad(const QNode& node, const QPad& pad) {
    Kernel& kernel = Add(node, "Pad", node.output);
    WindowParameters block = WindowHeader(node, ClampRange{});
    block.pad_value = pad.value;
    kernel.constants = EncodeWindowParameters(WindowTask::kMax, block);
    kernel.body = WindowKernel{.kind = WindowTask::kMax, .window = Window{.padding = pad.padding}};
  }

  void MapTable(const QNode& node, const QTable& table) {
    Kernel& kernel = Add(node, node.onnx_op.empty() ? "Table" : node.onnx_op, node.output);
    SeeMatrices(node.output, kernel);
    SetTable(*Compose(&table, PartTable(node.output)), kernel);
  }

  static void SetTable(const QTable& table, Kernel& kernel) {
    const bool identity = IsIdentity(table);
    if (!identity) AppendTable(table.table, kernel.constants);
    kernel.body = TableKernel{.has_table = !identity};
  }

  /// Parameters of an element-wise node whose operand `first` is the engine's a.
  ElementwiseParameters ElementwiseBlock(const QNode& node, const QElementwise& op,
                                         size_t first) const {
    ElementwiseParameters block;
    block.multiplier_a = first == 0 ? op.pair.multiplier_a : op.pair.multiplier_b;
    block.multiplier_b = first == 0 ? op.pair.multiplier_b : op.pair.multiplier_a;
    block.shift = op.pair.shift;
    block.product = Pack(op.product);
    block.zero_point_a = static_cast<int8_t>(ZeroPoint(node.inputs[first]));
    block.zero_point_b = static_cast<int8_t>(ZeroPoint(node.inputs[1 - first]));
    block.zero_point_out = static_cast<int8_t>(ZeroPoint(node.output));
    block.lo = op.clamp.lo;
    block.hi = op.clamp.hi;
    return block;
  }

  void MapElementwise(const QNode& node, const QElementwise& op, size_t index) {
    const QNode* fused = SoleTable(node.output, index);
    const QTensorId output = fused != nullptr ? fused->output : node.output;
    const std::optional<QTable> table = Compose(
        fused != nullptr ? &std::get<QTable>(fused->operation) : nullptr, PartTable(output));
    Kernel& kernel = Add(node, OperationName(node.operation), output);
    SeeMatrices(output, kernel);
    kernel.constants = EncodeElementwiseParameters(ElementwiseBlock(node, op, 0));
    AppendLookup(op, kernel.constants);
    if (table) AppendTable(table->table, kernel.constants);
    kernel.body = ElementwiseKernel{
        .kind = TaskKind(op.kind), .broadcast_b = op.broadcast_b, .has_table = table.has_value()};
  }

  static ElementwiseTask::Kind TaskKind(QElementwise::Kind kind) {
    switch (kind) {
      case QElementwise::Kind::kMul:
        return ElementwiseTask::kMul;
      case QElementwise::Kind::kDiv:
        return ElementwiseTask::kDiv;
      case QElementwise::Kind::kMax:
        return ElementwiseTask::kMax;
      case QElementwise::Kind::kMin:
        return ElementwiseTask::kMin;
      default:
        return ElementwiseTask::kAddSub;
    }
  }

  static void AppendLookup(const QElementwise& op, std::vector<uint8_t>& constants) {
    for (const uint32_t packed : PackAll(op.quotients))
      for (unsigned i = 0; i < 4; ++i)
        constants.push_back(static_cast<uint8_t>(packed >> (8U * i)));
    if (ElementwiseTableBytes(TaskKind(op.kind)) != 2 * kTableBytes) return;
    AppendTable(op.rescale_a, constants);
    AppendTable(op.rescale_b, constants);
  }

  /// One copy per input that is not already in place, each writing its own box of the output.
  void MapConcat(const QNode& node, const QConcat& concat) {
    const std::vector<ConcatPart> parts = PartsOf(graph_, node, concat);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (buffers_.parts[node.inputs[i].index()]) continue;
      QNode copy = node;
      copy.inputs = {node.inputs[i]};
      copy.name = fmt::format("{}[{}]", node.name, i);
      Kernel& kernel = Add(copy, "Concat", node.output);
      kernel.output = InPart(kernel.output, kernel.inputs[0].map, parts[i]);
      SetTable(concat.tables[i], kernel);
    }
  }

  void MapResize(const QNode& node, const QResize& resize) {
    Kernel& kernel = Add(node, "Resize", node.output);
    const auto blends = [](const std::vector<ResizeTap>& taps) {
      return std::any_of(taps.begin(), taps.end(), [](const ResizeTap& t) { return t.weight; });
    };
    kernel.constants = EncodeResizeParameters(resize.rows, resize.columns);
    kernel.body = ResizeKernel{.rows = resize.rows,
                               .columns = resize.columns,
                               .taps = static_cast<uint8_t>((blends(resize.rows) ? 2 : 1) *
                                                            (blends(resize.columns) ? 2 : 1))};
  }

  void MapAcross(const QNode& node, AcrossKernel body, std::vector<uint8_t> constants) {
    Kernel& kernel = Add(node, OperationName(node.operation), node.output);
    SeeMatrices(node.output, kernel);
    kernel.constants = std::move(constants);
    kernel.body = body;
  }

  void MapMove(const QNode& node, const Move& move) {
    Kernel& kernel = Add(node, node.onnx_op.empty() ? "Move" : node.onnx_op, node.output);
    kernel.inputs = {Read(move.source)};
    kernel.body = MoveKernel{move.view};
  }

  void MapExtreme(const QNode& node, const QExtreme& extreme) {
    if (extreme.index) {
      std::vector<uint8_t> constants = {static_cast<uint8_t>(ZeroPoint(node.output)), 0, 0, 0};
      const auto kind =
          extreme.smallest ? AcrossTask::kIndexOfSmallest : AcrossTask::kIndexOfLargest;
      return MapAcross(node, {.kind = kind, .last = extreme.last}, std::move(constants));
    }
    std::vector<uint8_t> constants;
    AppendTable(extreme.rescale, constants);
    MapAcross(node, {.kind = extreme.smallest ? AcrossTask::kSmallest : AcrossTask::kLargest},
              std::move(constants));
  }

  const QuantizedGraph& graph_;
  const MappingChoices& choices_;
  const Target& target_;
  const CompilationOptions& options_;
  BufferAssignment buffers_;
  std::vector<int> uses_;                   // By tensor; graph outputs count as a use.
  std::vector<std::optional<Move>> moves_;  // By node.
  std::vector<bool> fused_;                 // By node: already part of an earlier kernel.
  std::vector<size_t> available_from_;      // By tensor: the first node that may read it.
  size_t current_node_ = 0;
  MappedNetwork network_;
};

/// Pixels of a constant as its buffer holds them.
void FillConstants(const QuantizedGraph& graph, MappedNetwork& network) {
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const QTensor& tensor = graph.tensors[t];
    const BufferId id = network.buffer_of_tensor[t];
    if (!tensor.is_constant() || !id.valid()) continue;
    Buffer& buffer = network.buffers[id.index()];
    buffer.constant.resize(static_cast<size_t>(buffer.bytes().count()));
    const int64_t channels = AsFeatureMap(tensor.shape).channels;
    for (int64_t pixel = 0; pixel < buffer.map.pixels(); ++pixel)
      std::copy_n(tensor.constant.begin() + pixel * channels, channels,
                  buffer.constant.begin() + pixel * buffer.pixel_stride);
  }
}

}  // namespace

MappingChoices PlainChoices(const QuantizedGraph& graph, const Target& target) {
  MappingChoices choices(graph.nodes.size());
  for (size_t i = 0; i < choices.size(); ++i)
    if (const QConv* conv = std::get_if<QConv>(&graph.nodes[i].operation))
      choices[i].on_array = !FitsDepthwiseUnit(*conv, target);
  return choices;
}

MappedNetwork LayOutNetwork(const QuantizedGraph& graph, const MappingChoices& choices,
                            const Target& target, const CompilationOptions& options) {
  return NetworkMapper(graph, choices, target, options).Map();
}

Result<MappedNetwork> MapNetwork(const QuantizedGraph& graph, const MappingChoices& choices,
                                 const Target& target, const CompilationOptions& options) {
  MappedNetwork network = LayOutNetwork(graph, choices, target, options);
  for (const Kernel& kernel : network.kernels) {
    for (const Operand& input : kernel.inputs) {
      if (input.pixel_stride <= UINT16_MAX && kernel.output.pixel_stride <= UINT16_MAX) continue;
      return Error{.code = ErrorCode::kUnsupported,
                   .subject = kernel.name,
                   .message =
                       "a tensor has more than 65,472 channels, which a task descriptor "
                       "cannot address",
                   .hint = "reshape the tensor so that more of it is rows and columns"};
    }
  }
  for (Kernel& kernel : network.kernels)
    if (ImcKernel* imc = std::get_if<ImcKernel>(&kernel.body);
        imc != nullptr && !imc->has_computed_weights())
      FillWeights(std::get<QConv>(graph.nodes[kernel.node].operation),
                  kernel.inputs[0].pixel_stride, target, *imc);
  FillConstants(graph, network);
  return network;
}

}  // namespace imcc
