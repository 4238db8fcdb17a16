// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/model_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <onnx/onnx_pb.h>

#include <algorithm>

#include "base/nearest_name.h"

namespace imcc {
namespace {

std::string Subject(const onnx::ValueInfoProto& input) {
  return fmt::format("input '{}'", input.name());
}

/// Inputs without an initializer: IR versions before 4 list weights as inputs too.
std::vector<const onnx::ValueInfoProto*> TrueInputs(const onnx::GraphProto& proto,
                                                    const Importer& importer) {
  std::vector<const onnx::ValueInfoProto*> inputs;
  for (const auto& input : proto.input()) {
    if (importer.Find(input.name()) == nullptr) inputs.push_back(&input);
  }
  return inputs;
}

bool PassesThrough(const std::string& op) {
  return op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Cast" ||
         op == "Identity";
}

/// True if the model brings this input from NHWC to NCHW itself, at most after scaling it.
bool IsTransposedFromNhwc(const onnx::GraphProto& proto, std::string value) {
  for (int steps = 0; steps < 8; ++steps) {
    const onnx::NodeProto* consumer = nullptr;
    for (const auto& node : proto.node()) {
      const bool reads =
          std::find(node.input().begin(), node.input().end(), value) != node.input().end();
      if (!reads) continue;
      if (consumer != nullptr) return false;
      consumer = &node;
    }
    if (consumer == nullptr || consumer->output_size() == 0) return false;
    if (consumer->op_type() == "Transpose") {
      for (const auto& attribute : consumer->attribute()) {
        const auto& perm = attribute.ints();
        if (attribute.name() == "perm" &&
            std::vector<int64_t>(perm.begin(), perm.end()) == std::vector<int64_t>{0, 3, 1, 2}) {
          return true;
        }
      }
      return false;
    }
    if (!PassesThrough(consumer->op_type())) return false;
    value = consumer->output(0);
  }
  return false;
}

/// The model's own dimensions; -1 where dynamic.
Result<std::vector<int64_t>> DeclaredDims(const onnx::ValueInfoProto& input) {
  if (!input.type().has_tensor_type()) {
    return Error{
        .code = ErrorCode::kUnsupported, .subject = Subject(input), .message = "is not a tensor"};
  }
  const auto& type = input.type().tensor_type();
  const int element = type.elem_type();
  if (element != onnx::TensorProto::FLOAT && element != onnx::TensorProto::FLOAT16 &&
      element != onnx::TensorProto::DOUBLE && element != onnx::TensorProto::BFLOAT16) {
    return Error{
        .code = ErrorCode::kUnsupported,
        .subject = Subject(input),
        .message = fmt::format("has element type {}; only float inputs are supported", element),
        .hint = "export the model with a float input"};
  }
  std::vector<int64_t> dims;
  for (const auto& dim : type.shape().dim())
    dims.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  return dims;
}

const std::vector<int64_t>* GivenDims(const ImportOptions& options, const std::string& name,
                                      bool only_input) {
  auto found = options.input_shapes.find(name);
  if (found == options.input_shapes.end() && only_input) found = options.input_shapes.find("");
  return found == options.input_shapes.end() ? nullptr : &found->second;
}

std::string Suggestion(const onnx::ValueInfoProto& input, std::vector<int64_t> dims) {
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 1) dims[i] = i == 0 ? 1 : (i == 1 && dims.size() == 4 ? 3 : 224);
  }
  return fmt::format("give its shape, for example --input-shape {}:{}", input.name(),
                     fmt::join(dims, ","));
}

class InputShape {
 public:
  InputShape(const onnx::ValueInfoProto& input, const std::vector<int64_t>* given, bool any_batch,
             std::vector<Note>& notes)
      : input_(input), given_(given), any_batch_(any_batch), notes_(notes) {}

  Result<Shape> Resolve() {
    IMCC_ASSIGN(std::vector<int64_t> dims, DeclaredDims(input_));
    if (given_ != nullptr) IMCC_TRY(Override(dims));
    if (dims.size() > 1 && dims[0] == -1) {
      dims[0] = 1;
      notes_.push_back({.where = "import-onnx",
                        .message = fmt::format("{} has a dynamic batch; compiled for batch 1",
                                               Subject(input_))});
    }
    for (const int64_t dim : dims) {
      if (dim < 1) {
        return Fail(ErrorCode::kUnsupported, "has a dynamic dimension", Suggestion(input_, dims));
      }
    }
    IMCC_TRY(CheckedElements(dims, Subject(input_)).ok()
                 ? Status()
                 : Status(CheckedElements(dims, Subject(input_)).error()));
    if (dims.size() >= 4 && dims[0] != 1 && !any_batch_) {
      const int64_t batch = dims[0];
      dims[0] = 1;
      return Fail(ErrorCode::kUnsupported,
                  fmt::format("has batch {}; imcc compiles batch 1", batch),
                  Suggestion(input_, dims));
    }
    return Shape(dims);
  }

 private:
  Error Fail(ErrorCode code, std::string message, std::string hint = "") const {
    return Error{.code = code,
                 .subject = Subject(input_),
                 .message = std::move(message),
                 .hint = std::move(hint)};
  }

  Status Override(std::vector<int64_t>& dims) const {
    const std::string text = fmt::format("{}", fmt::join(*given_, ","));
    if (dims.empty()) dims.assign(given_->size(), -1);
    if (given_->size() != dims.size()) {
      return Fail(ErrorCode::kUsage,
                  fmt::format("has {} dimensions, but the shape given is {}", dims.size(), text));
    }
    for (size_t i = 0; i < dims.size(); ++i) {
      // A fixed batch may be replaced; other fixed dimensions are part of the network.
      if ((*given_)[i] < 1 || (i > 0 && dims[i] != -1 && dims[i] != (*given_)[i])) {
        return Fail(
            ErrorCode::kUsage,
            fmt::format("the shape given, {}, differs from the model's in dimension {} ({})", text,
                        i, dims[i]));
      }
      dims[i] = (*given_)[i];
    }
    return {};
  }

  const onnx::ValueInfoProto& input_;
  const std::vector<int64_t>* given_;
  bool any_batch_;
  std::vector<Note>& notes_;
};

Status CheckGivenNames(const std::vector<const onnx::ValueInfoProto*>& inputs,
                       const ImportOptions& options) {
  std::vector<std::string> names;
  for (const auto* input : inputs) names.push_back(input->name());
  for (const auto& [name, dims] : options.input_shapes) {
    if (name.empty() && inputs.size() == 1) continue;
    if (name.empty()) {
      return Error{.code = ErrorCode::kUsage,
                   .message = fmt::format("the model has {} inputs; say which one the shape is for",
                                          inputs.size()),
                   .hint = fmt::format("inputs: {}", fmt::join(names, ", "))};
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    return Error{.code = ErrorCode::kUsage,
                 .subject = fmt::format("input '{}'", name),
                 .message = "the model has no such input",
                 .hint = DidYouMean(name, names)};
  }
  return {};
}

}  // namespace

Status AddModelInputs(const onnx::GraphProto& proto, const ImportOptions& options,
                      Importer& importer, std::vector<Note>& notes) {
  const auto inputs = TrueInputs(proto, importer);
  if (inputs.empty() && !options.any_inputs) {
    return Error{.code = ErrorCode::kModel, .message = "the model has no inputs"};
  }
  IMCC_TRY(CheckGivenNames(inputs, options));
  for (const onnx::ValueInfoProto* input : inputs) {
    const auto* given = GivenDims(options, input->name(), inputs.size() == 1);
    IMCC_ASSIGN(Shape shape, InputShape(*input, given, options.any_batch, notes).Resolve());
    Layout layout = Layout::kPlain;
    if (shape.rank() == 4 && !IsTransposedFromNhwc(proto, input->name())) {
      layout = Layout::kChannelsLast;
      shape = ChannelsLastShape(shape);
    }
    const TensorId id =
        importer.graph().AddTensor({.name = input->name(), .shape = shape, .layout = layout});
    importer.graph().inputs.push_back(id);
    importer.BindTensor(input->name(), id);
  }
  return {};
}

}  // namespace imcc
