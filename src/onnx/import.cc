// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/import.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/files.h"
#include "onnx/constant_evaluator.h"
#include "onnx/external_data.h"
#include "onnx/importer.h"
#include "onnx/model_inputs.h"
#include "onnx/operators.h"
#include "onnx/schema_notes.h"
#include "onnx/sort_nodes.h"

namespace imcc {
namespace {

constexpr int64_t kNewestOpset = 24;        // The newest whose operator changes were read.
constexpr Bytes kMaxModelBytes(INT32_MAX);  // protobuf's own limit.

Error Damaged(std::string message) {
  return Error{.code = ErrorCode::kModel,
               .message = std::move(message),
               .hint = "export or download the ONNX file again"};
}

Result<onnx::ModelProto> ParseModel(const std::string& bytes) {
  if (bytes.size() > static_cast<size_t>(kMaxModelBytes.count())) {
    return Damaged("the ONNX model is larger than 2 GiB");
  }
  google::protobuf::io::ArrayInputStream array(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream stream(&array);
  stream.SetTotalBytesLimit(INT32_MAX);
  onnx::ModelProto model;
  // An empty file parses: it is a valid message in which nothing is set.
  if (bytes.empty() || !model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) {
    return Damaged(bytes.empty() ? "the ONNX file is empty"
                                 : "the file is not an ONNX model, or is truncated");
  }
  if (!model.has_graph()) return Damaged("the ONNX model holds no graph");
  return model;
}

bool IsStandardDomain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

Result<int64_t> ReadOpset(const onnx::ModelProto& model, std::vector<Note>& notes) {
  int64_t opset = 0;
  for (const auto& import : model.opset_import()) {
    if (IsStandardDomain(import.domain())) opset = import.version();
  }
  if (opset < 1) return Damaged("the ONNX model does not say which opset it uses");
  if (opset > kNewestOpset) {
    notes.push_back({.severity = Note::Severity::kWarning,
                     .where = "import-onnx",
                     .message = fmt::format("opset {} is newer than imcc knows; operators are read "
                                            "as in opset {}",
                                            opset, kNewestOpset)});
  }
  return opset;
}

bool IsQuantizationOperator(const std::string& op) {
  return op.starts_with("QLinear") || op == "QuantizeLinear" || op == "DequantizeLinear" ||
         op == "DynamicQuantizeLinear" || op == "ConvInteger" || op == "MatMulInteger";
}

/// ONNX Runtime's quantiser writes operators on int8 that ONNX does not have.
bool IsKnownDomain(const OnnxNode& node) {
  const std::string& domain = node.proto().domain();
  const bool is_quantized = node.op().starts_with("QLinear") || node.op() == "QGemm";
  return IsStandardDomain(domain) || (domain == "com.microsoft" && is_quantized);
}

class ModelImport {
 public:
  ModelImport(const onnx::ModelProto& model, std::string directory, ImportedModel& result)
      : proto_(model.graph()),
        directory_(std::move(directory)),
        result_(result),
        importer_(model.graph().name()) {}

  Status Run(const ImportOptions& options) {
    IMCC_ASSIGN(const std::vector<int> order, SortNodes(proto_));
    for (const int i : order) nodes_.emplace_back(proto_.node(i), NodeName(i), result_.opset);
    IMCC_TRY(CheckOperators());
    for (const OnnxNode& node : nodes_) AddSchemaNotes(node, result_.notes);
    IMCC_TRY(ReadInitializers());
    ReserveNames();
    IMCC_TRY(AddModelInputs(proto_, options, importer_, result_.notes));
    for (const OnnxNode& node : nodes_) IMCC_TRY(ImportNode(node));
    IMCC_TRY(AddOutputs(options));
    NameOutputMoves();
    RemoveDeadCode(importer_.graph());
    IMCC_TRY(Verify(importer_.graph()));
    result_.graph = std::move(importer_.graph());
    return {};
  }

 private:
  std::string NodeName(int i) const {
    const onnx::NodeProto& node = proto_.node(i);
    return node.name().empty() ? fmt::format("{}_{}", node.op_type(), i) : node.name();
  }

  bool IsSupported(const OnnxNode& node) const {
    if (!IsKnownDomain(node)) return false;
    return node.op() == "Constant" || FindOperator(node.op()) != nullptr ||
           ConstantEvaluator::Knows(node.op());
  }

  /// Names every operator imcc does not have at once, so that nobody has to find them one by one.
  Status CheckOperators() const {
    std::map<std::string, std::vector<const OnnxNode*>> missing;
    for (const OnnxNode& node : nodes_) {
      if (IsSupported(node)) continue;
      const std::string& domain = node.proto().domain();
      missing[IsStandardDomain(domain) ? node.op() : domain + "." + node.op()].push_back(&node);
    }
    if (missing.empty()) return {};
    std::string list;
    bool quantized = false;
    for (const auto& [op, nodes] : missing) {
      list += fmt::format("{}{} ({}x, first: '{}')", list.empty() ? "" : ", ", op, nodes.size(),
                          nodes.front()->name());
      quantized = quantized || IsQuantizationOperator(nodes.front()->op());
    }
    const OnnxNode& first = *missing.begin()->second.front();
    return Error{.code = ErrorCode::kUnsupported,
                 .subject = fmt::format("{} '{}'", first.op(), first.name()),
                 .message = fmt::format("operators of opset {} that imcc does not support: {}",
                                        result_.opset, list),
                 .hint = quantized
                             ? "give imcc the float model, or quantise it with QuantizeLinear "
                               "and DequantizeLinear around every operator (QDQ)"
                             : "cut the model before them, replace them by supported "
                               "operators, or simplify it (onnx-simplifier)"};
  }

  void ReserveNames() {
    for (const auto& input : proto_.input()) {
      if (importer_.Find(input.name()) == nullptr) importer_.ReserveName(input.name());
    }
    for (const auto& node : proto_.node()) {
      if (node.op_type() == "Constant") continue;
      for (const std::string& output : node.output()) importer_.ReserveName(output);
    }
  }

  Status ReadInitializers() {
    if (proto_.sparse_initializer_size() != 0) {
      return Error{.code = ErrorCode::kUnsupported,
                   .message = "the model has sparse initializers, which imcc does not support"};
    }
    for (const auto& tensor : proto_.initializer()) {
      IMCC_ASSIGN(HostTensor value, ReadTensor(tensor, directory_));
      evaluator_.Grant(value.elements());
      importer_.BindConstant(tensor.name(), std::move(value));
    }
    return {};
  }

  bool HasOnlyConstantInputs(const OnnxNode& node) const {
    for (size_t i = 0; i < node.input_count(); ++i) {
      const Value* value = importer_.Find(node.input(i));
      if (node.has_input(i) && (value == nullptr || !value->constant)) return false;
    }
    return node.input_count() > 0;
  }

  Status ImportNode(const OnnxNode& node) {
    std::vector<Node>& nodes = importer_.graph().nodes;
    const size_t before = nodes.size();
    IMCC_TRY(ImportAlone(node));
    for (size_t i = before; i < nodes.size(); ++i) nodes[i].origin = {node.name(), node.op()};
    return {};
  }

  Status ImportAlone(const OnnxNode& node) {
    if (node.output().empty()) return node.Invalid("has no output");
    if (node.op() == "Constant") {
      IMCC_TRY(ImportConstant(node));
    } else if (ConstantEvaluator::Knows(node.op()) && HasOnlyConstantInputs(node)) {
      IMCC_ASSIGN(HostTensor value, evaluator_.Evaluate(importer_, node));
      importer_.BindConstant(node.output(), std::move(value));
    } else {
      const ImportOperator import = FindOperator(node.op());
      if (import == nullptr) {
        return node.Unsupported(
            "its inputs are computed by the network; imcc evaluates it on "
            "constants only");
      }
      if (node.opset() < OldestOpset(node.op())) {
        return node.Unsupported(
            fmt::format("imcc reads it as defined since opset {}", OldestOpset(node.op())),
            "export the model again with opset 13");
      }
      IMCC_TRY(import(importer_, node));
    }
    return node.CheckAttributes();
  }

  Status ImportConstant(const OnnxNode& node) {
    HostTensor value;
    if (const auto* tensor = node.Attribute("value", onnx::AttributeProto::TENSOR)) {
      IMCC_ASSIGN(value, ReadTensor(tensor->t(), directory_));
    } else if (node.has("value_float")) {
      value.floats = {node.Float("value_float", 0)};
    } else if (node.has("value_int")) {
      value.is_float = false;
      value.ints = {node.Int("value_int", 0)};
    } else if (auto floats = node.Floats("value_floats")) {
      value.floats = *floats;
      value.shape = Shape{static_cast<int64_t>(floats->size())};
    } else if (auto ints = node.Ints("value_ints")) {
      value.is_float = false;
      value.ints = *ints;
      value.shape = Shape{static_cast<int64_t>(ints->size())};
    } else {
      return node.Unsupported("has no dense numeric value");
    }
    importer_.BindConstant(node.output(), std::move(value));
    return {};
  }

  Status AddOutputs(const ImportOptions& options) {
    if (proto_.output_size() == 0) return Damaged("the ONNX model has no outputs");
    Graph& graph = importer_.graph();
    for (const auto& output : proto_.output()) {
      const Value* value = importer_.Find(output.name());
      if (value != nullptr && value->constant && value->constant->is_float && options.any_inputs) {
        graph.outputs.push_back(graph.AddTensor({.name = output.name(),
                                                 .shape = value->constant->shape,
                                                 .constant = value->constant->floats}));
        continue;
      }
      if (value == nullptr || value->constant) {
        return Error{.code = ErrorCode::kModel,
                     .subject = fmt::format("output '{}'", output.name()),
                     .message = value == nullptr
                                    ? "is not computed by any node"
                                    : "is a constant, it does not depend on the input"};
      }
      TensorId id = value->tensor;
      if (graph.tensor(id).name != output.name()) id = Rename(id, output.name());
      if (std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end()) {
        return Damaged(fmt::format("output '{}' is listed twice", output.name()));
      }
      CheckDeclaredShape(output, ExternalShape(graph.tensor(id)));
      graph.outputs.push_back(id);
    }
    return {};
  }

  /// What brings an output into its layout and name stands for the node that made it.
  void NameOutputMoves() {
    Graph& graph = importer_.graph();
    std::map<TensorId, NodeOrigin> origins;
    for (Node& node : graph.nodes) {
      if (node.origin == NodeOrigin{} && !node.inputs.empty())
        node.origin = origins[node.inputs[0]];
      origins[node.output] = node.origin;
    }
  }

  /// An output that is another value under a new name (Identity and the like).
  TensorId Rename(TensorId id, const std::string& name) {
    Graph& graph = importer_.graph();
    const Tensor& from = graph.tensor(id);
    const TensorId renamed =
        graph.AddTensor({.name = name, .shape = from.shape, .layout = from.layout});
    graph.nodes.push_back({.kind = OpKind::kReshape,
                           .name = name,
                           .onnx_op = "Identity",
                           .inputs = {id},
                           .output = renamed});
    return renamed;
  }

  void CheckDeclaredShape(const onnx::ValueInfoProto& output, const Shape& shape) {
    const auto& declared = output.type().tensor_type().shape();
    if (declared.dim_size() == 0) return;
    bool agrees = declared.dim_size() == static_cast<int>(shape.rank());
    for (int i = 0; agrees && i < declared.dim_size(); ++i) {
      agrees = !declared.dim(i).has_dim_value() ||
               declared.dim(i).dim_value() == shape[static_cast<size_t>(i)];
    }
    if (agrees) return;
    result_.notes.push_back(
        {.severity = Note::Severity::kWarning,
         .where = fmt::format("output '{}'", output.name()),
         .message = fmt::format("has shape {}, not what the model declares", shape.ToString())});
  }

  const onnx::GraphProto& proto_;
  std::string directory_;
  ImportedModel& result_;
  Importer importer_;
  ConstantEvaluator evaluator_;
  std::vector<OnnxNode> nodes_;
};

}  // namespace

Result<ImportedModel> ImportOnnxBytes(const std::string& bytes, const std::string& directory,
                                      const ImportOptions& options) {
  IMCC_ASSIGN(const onnx::ModelProto model, ParseModel(bytes));
  ImportedModel result;
  result.producer = model.producer_name();
  IMCC_ASSIGN(result.opset, ReadOpset(model, result.notes));
  IMCC_TRY(ModelImport(model, directory, result).Run(options));
  return result;
}

Result<std::vector<std::string>> ExternalDataFiles(const std::string& path) {
  IMCC_ASSIGN(const std::string bytes, ReadFile(path, kMaxModelBytes, ErrorCode::kIo));
  IMCC_ASSIGN(const onnx::ModelProto model, ParseModel(bytes));
  const std::string directory = std::filesystem::path(path).parent_path().string();
  std::set<std::string> files;
  const auto add = [&](const onnx::TensorProto& tensor) {
    const Result<std::string> file = ExternalDataFile(tensor, directory);
    if (file.ok() && !file->empty()) files.insert(*file);
  };
  for (const auto& tensor : model.graph().initializer()) add(tensor);
  for (const auto& node : model.graph().node())
    for (const auto& attribute : node.attribute())
      if (attribute.has_t()) add(attribute.t());
  return std::vector<std::string>(files.begin(), files.end());
}

Result<ImportedModel> ImportOnnx(const std::string& path, const ImportOptions& options) {
  IMCC_ASSIGN(const std::string bytes, ReadFile(path, kMaxModelBytes, ErrorCode::kIo));
  Result<ImportedModel> model =
      ImportOnnxBytes(bytes, std::filesystem::path(path).parent_path().string(), options);
  if (model.ok()) return model;
  Error error = model.error();
  if (error.place.file.empty()) error.place.file = path;
  return error;
}

}  // namespace imcc
