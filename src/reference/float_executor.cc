// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "reference/float_kernels.h"
#include "reference/float_layer.h"

namespace imcc {
namespace {

constexpr size_t kNever = static_cast<size_t>(-1);

/// One node with everything it needs to run.
struct Step {
  std::string subject;  // For messages.
  FloatKernel kernel;
  UnaryFunction activation;
  std::vector<TensorId> inputs;
  TensorId output;
  std::vector<TensorId> released;  // Nothing reads them after this step.
};

/// Memory of one tensor, not initialised. On a cache line, since the widest vectors are as long as
/// one and would meet two otherwise.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int64_t size)
      : size_(size),
        values_(static_cast<float*>(
            ::operator new(static_cast<size_t>(size) * sizeof(float), kCacheLine))) {}

  int64_t size() const { return size_; }
  float* data() const { return values_.get(); }

 private:
  static constexpr std::align_val_t kCacheLine{64};
  struct Delete {
    void operator()(float* values) const { ::operator delete(values, kCacheLine); }
  };

  int64_t size_ = 0;
  std::unique_ptr<float, Delete> values_;
};

/// Freed tensors keep their memory here for the next ones: fresh pages cost more than the sums.
class BufferPool {
 public:
  /// A buffer of at least so many values; of equal ones the last freed, which the cache may hold.
  Buffer Take(int64_t count) {
    auto best = spare_.end();
    for (auto it = spare_.begin(); it != spare_.end(); ++it) {
      if (it->size() >= count && (best == spare_.end() || it->size() <= best->size())) best = it;
    }
    if (best == spare_.end()) return Buffer(count);
    Buffer buffer = std::move(*best);
    spare_.erase(best);
    return buffer;
  }
  void Give(Buffer buffer) {
    if (buffer.data() != nullptr) spare_.push_back(std::move(buffer));
  }

 private:
  std::vector<Buffer> spare_;
};

Error OutOfMemory(const std::string& subject) {
  return Error{.code = ErrorCode::kCapacity,
               .subject = subject,
               .message = "its tensors do not fit this computer's memory",
               .hint = "use a smaller input shape"};
}

/// Does the work of a step; failures of oneDNN and of memory are errors.
template <class Work>
Status Guarded(const Step& step, const Work& work) try {
  work();
  return {};
} catch (const dnnl::error& failure) {
  return Error{.code = ErrorCode::kCapacity,
               .subject = step.subject,
               .message = fmt::format("oneDNN failed: {}", failure.what())};
} catch (const std::bad_alloc&) {
  return OutOfMemory(step.subject);
}

/// The step after which nothing reads a tensor; kNever for graph outputs and unread ones.
std::vector<size_t> LastUses(const Graph& graph) {
  std::vector<size_t> last(graph.tensors.size(), kNever);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const TensorId id : graph.nodes[i].inputs) last[id.index()] = i;
  }
  for (const TensorId id : graph.outputs) last[id.index()] = kNever;
  return last;
}

}  // namespace

bool PacksInput(const Node& node, size_t input) {
  return input > 0 && (node.kind == OpKind::kConv || node.kind == OpKind::kFullyConnected);
}

Result<FloatKernel> MakeFloatKernel(const Graph& graph, const Node& node, OneDnn& onednn) {
  switch (node.kind) {
    case OpKind::kConv:
      return MakeConvKernel(graph, node, onednn);
    case OpKind::kFullyConnected:
      return MakeFullyConnectedKernel(graph, node, onednn);
    case OpKind::kBatchNorm:
      return MakeBatchNormKernel(graph, node);
    case OpKind::kUnary:
      return MakeUnaryKernel(graph, node);
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kDiv:
    case OpKind::kMin:
    case OpKind::kMax:
    case OpKind::kPow:
      return MakeBinaryKernel(graph, node);
    case OpKind::kMaxPool:
    case OpKind::kAveragePool:
      return MakePoolKernel(graph, node);
    case OpKind::kConcat:
      return MakeConcatKernel(graph, node);
    case OpKind::kReshape:
      return MakeReshapeKernel(graph, node);
    case OpKind::kTranspose:
      return MakeTransposeKernel(graph, node);
    case OpKind::kPad:
      return MakePadKernel(graph, node);
    case OpKind::kResize:
      return MakeResizeKernel(graph, node);
    case OpKind::kSoftmax:
      return MakeSoftmaxKernel(graph, node);
    case OpKind::kSlice:
      return MakeSliceKernel(graph, node);
    case OpKind::kGather:
      return MakeGatherKernel(graph, node);
    case OpKind::kReduce:
      return MakeReduceKernel(graph, node);
    case OpKind::kArgMax:
      return MakeArgMaxKernel(graph, node);
    case OpKind::kMatMul:
      return MakeMatMulKernel(graph, node);
    case OpKind::kConvTranspose:
      return MakeConvTransposeKernel(graph, node);
    case OpKind::kFakeQuantize:
      return MakeFakeQuantizeKernel(graph, node);
    case OpKind::kLayerNorm:
      return MakeLayerNormKernel(graph, node);
  }
  IMCC_CHECK(false, "operator without a float kernel");
}

struct FloatExecutor::Impl {
  Status Prepare(const Graph& graph);
  void KeepConstants(const Graph& graph);
  Status Start(const std::vector<FloatValues>& given, const Observer& observe);
  Status RunStep(const Step& step, const Observer& observe);
  Result<FloatValues> RunAlone(const Step& step, std::vector<const float*> operands);
  void Compute(const Step& step, std::span<const float* const> operands, float* result) const;
  std::vector<FloatValues> Finish();

  OneDnn onednn;
  std::vector<Step> steps;
  std::vector<std::string> names;      // Of every tensor.
  std::vector<int64_t> sizes;          // Elements of every tensor.
  std::vector<FloatValues> constants;  // Of every tensor; empty for activations.
  std::vector<Buffer> buffers;         // Of every tensor; empty for inputs and constants.
  std::vector<const float*> values;    // Of every tensor; dangling while it has none.
  std::vector<const float*> sources;   // Inputs of the step at hand.
  std::vector<TensorId> inputs, outputs;
  BufferPool pool;
};

Status FloatExecutor::Impl::Prepare(const Graph& graph) {
  IMCC_TRY(Verify(graph));
  inputs = graph.inputs;
  outputs = graph.outputs;
  for (const Tensor& tensor : graph.tensors) {
    names.push_back(tensor.name);
    sizes.push_back(tensor.shape.elements());
  }
  buffers.resize(graph.tensors.size());
  KeepConstants(graph);
  for (const FloatValues& constant : constants) values.push_back(constant.data());
  const std::vector<size_t> last = LastUses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    IMCC_ASSIGN(FloatKernel kernel, MakeFloatKernel(graph, node, onednn));
    Step step{.subject = fmt::format("{} '{}'", node.onnx_op, node.name),
              .kernel = std::move(kernel),
              .activation = LayerApplies(node) ? UnaryFunction{} : node.activation,
              .inputs = node.inputs,
              .output = node.output};
    for (const TensorId id : node.inputs) {
      if (last[id.index()] == i) step.released.push_back(id);
    }
    steps.push_back(std::move(step));
  }
  return {};
}

void FloatExecutor::Impl::KeepConstants(const Graph& graph) {
  constants.resize(graph.tensors.size());
  const auto keep = [&](TensorId id) { constants[id.index()] = graph.tensor(id).constant; };
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (!PacksInput(node, i)) keep(node.inputs[i]);
    }
  }
  std::for_each(outputs.begin(), outputs.end(), keep);
}

Status FloatExecutor::Impl::Start(const std::vector<FloatValues>& given, const Observer& observe) {
  if (given.size() != inputs.size()) {
    return Error{.code = ErrorCode::kData,
                 .message = fmt::format("the model has {} inputs and {} were given", inputs.size(),
                                        given.size())};
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const size_t tensor = inputs[i].index();
    if (static_cast<int64_t>(given[i].size()) != sizes[tensor]) {
      return Error{.code = ErrorCode::kData,
                   .subject = fmt::format("input '{}'", names[tensor]),
                   .message = fmt::format("it takes {} values and {} were given", sizes[tensor],
                                          given[i].size())};
    }
    values[tensor] = given[i].data();
    if (observe) observe(inputs[i], values[tensor], sizes[tensor]);
  }
  return {};
}

Status FloatExecutor::Impl::RunStep(const Step& step, const Observer& observe) {
  return Guarded(step, [&] {
    sources.clear();
    for (const TensorId id : step.inputs) sources.push_back(values[id.index()]);
    const int64_t count = sizes[step.output.index()];
    Buffer result = pool.Take(count);
    Compute(step, sources, result.data());
    if (observe) observe(step.output, result.data(), count);
    values[step.output.index()] = result.data();
    buffers[step.output.index()] = std::move(result);
    for (const TensorId id : step.released) pool.Give(std::exchange(buffers[id.index()], {}));
  });
}

Result<FloatValues> FloatExecutor::Impl::RunAlone(const Step& step,
                                                  std::vector<const float*> operands) {
  FloatValues result;
  IMCC_TRY(Guarded(step, [&] {
    for (size_t i = 0; i < operands.size(); ++i) {
      const FloatValues& constant = constants[step.inputs[i].index()];
      if (!constant.empty()) operands[i] = constant.data();
    }
    result.resize(static_cast<size_t>(sizes[step.output.index()]));
    Compute(step, operands, result.data());
  }));
  return result;
}

void FloatExecutor::Impl::Compute(const Step& step, std::span<const float* const> operands,
                                  float* result) const {
  step.kernel(operands, result);
  ApplyInPlace(step.activation, result, sizes[step.output.index()]);
}

std::vector<FloatValues> FloatExecutor::Impl::Finish() {
  std::vector<FloatValues> results;
  for (const TensorId id : outputs) {
    const float* data = values[id.index()];
    results.emplace_back(data, data + sizes[id.index()]);
  }
  for (Buffer& buffer : buffers) pool.Give(std::exchange(buffer, {}));
  return results;
}

FloatExecutor::FloatExecutor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FloatExecutor::FloatExecutor(FloatExecutor&&) noexcept = default;
FloatExecutor& FloatExecutor::operator=(FloatExecutor&&) noexcept = default;
FloatExecutor::~FloatExecutor() = default;

Result<FloatExecutor> FloatExecutor::Create(const Graph& graph, int /*threads*/) try {
  const OneOpenMpThread scope;
  auto impl = std::make_unique<Impl>();
  IMCC_TRY(impl->Prepare(graph));
  return FloatExecutor(std::move(impl));
} catch (const dnnl::error& failure) {
  return Error{.code = ErrorCode::kCapacity,
               .subject = graph.name,
               .message = fmt::format("oneDNN cannot start: {}", failure.what())};
} catch (const std::bad_alloc&) {
  return OutOfMemory(graph.name);
}

Result<std::vector<FloatValues>> FloatExecutor::Run(const std::vector<FloatValues>& inputs,
                                                    const Observer& observe) try {
  const OneOpenMpThread scope;
  IMCC_TRY(impl_->Start(inputs, observe));
  for (const Step& step : impl_->steps) IMCC_TRY(impl_->RunStep(step, observe));
  return impl_->Finish();
} catch (const std::bad_alloc&) {
  return OutOfMemory("float executor");
}

Result<FloatValues> FloatExecutor::RunNode(NodeId node, const std::vector<const float*>& operands) {
  const OneOpenMpThread scope;
  return impl_->RunAlone(impl_->steps[node.index()], operands);
}

}  // namespace imcc
