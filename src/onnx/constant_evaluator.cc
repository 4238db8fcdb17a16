// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/constant_evaluator.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "onnx/operators.h"

namespace imcc {
namespace {

constexpr std::array<std::string_view, 21> kKnown = {
    "Add",   "Cast",    "Ceil",  "Concat",  "ConstantOfShape", "Div",      "Dropout",
    "Equal", "Where",   "Floor", "Flatten", "Gather",          "Identity", "Mul",
    "Neg",   "Reshape", "Slice", "Sqrt",    "Squeeze",         "Sub",      "Unsqueeze"};

/// Calls `copy(to, from)` for whichever of the two vectors is in use.
template <class Copy>
void ForValues(HostTensor& to, const HostTensor& from, Copy copy) {
  if (from.is_float) {
    copy(to.floats, from.floats);
  } else {
    copy(to.ints, from.ints);
  }
}

HostTensor Allocate(const Shape& shape, bool is_float) {
  HostTensor tensor;
  tensor.shape = shape;
  tensor.is_float = is_float;
  const auto count = static_cast<size_t>(shape.elements());
  (is_float ? tensor.floats.resize(count) : tensor.ints.resize(count));
  return tensor;
}

int64_t ProductFrom(const Shape& shape, size_t axis) {
  int64_t product = 1;
  for (size_t i = axis; i < shape.rank(); ++i) product *= shape[i];
  return product;
}

/// For every element of `shape` in order, the index of the element of `operand` broadcast to it.
std::vector<size_t> BroadcastIndices(const Shape& operand, const Shape& shape) {
  std::vector<size_t> indices(static_cast<size_t>(shape.elements()));
  for (size_t i = 0; i < indices.size(); ++i) {
    auto rest = static_cast<int64_t>(i);
    int64_t index = 0;
    int64_t stride = 1;
    for (size_t back = 1; back <= shape.rank(); ++back) {
      const int64_t length = shape[shape.rank() - back];
      if (back <= operand.rank()) {
        const int64_t own = operand[operand.rank() - back];
        index += own == 1 ? 0 : rest % length * stride;
        stride *= own;
      }
      rest /= length;
    }
    indices[i] = static_cast<size_t>(index);
  }
  return indices;
}

std::optional<Shape> BroadcastShape(const Shape& a, const Shape& b) {
  const size_t rank = std::max(a.rank(), b.rank());
  std::vector<int64_t> dims(rank);
  for (size_t back = 1; back <= rank; ++back) {
    const int64_t dim_a = back <= a.rank() ? a[a.rank() - back] : 1;
    const int64_t dim_b = back <= b.rank() ? b[b.rank() - back] : 1;
    if (dim_a != dim_b && dim_a != 1 && dim_b != 1) return std::nullopt;
    dims[rank - back] = dim_a == 1 ? dim_b : dim_a;
  }
  return Shape(dims);
}

float Apply(const std::string& op, float a, float b) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  return op == "Mul" ? a * b : a / b;
}

/// Wraps like the integers of the model do; the divisor is not 0.
int64_t Apply(const std::string& op, int64_t a, int64_t b) {
  const auto x = static_cast<uint64_t>(a);
  const auto y = static_cast<uint64_t>(b);
  if (op == "Add") return static_cast<int64_t>(x + y);
  if (op == "Sub") return static_cast<int64_t>(x - y);
  if (op == "Mul") return static_cast<int64_t>(x * y);
  return b == -1 ? static_cast<int64_t>(0 - x) : a / b;
}

float ApplyUnary(const std::string& op, float x) {
  if (op == "Floor") return std::floor(x);
  if (op == "Ceil") return std::ceil(x);
  return op == "Sqrt" ? std::sqrt(x) : -x;
}

int64_t ToInt(float x) {
  // Casting what does not fit is undefined; saturate.
  if (!(x > -9.2e18F)) return std::isnan(x) ? 0 : INT64_MIN;
  return x < 9.2e18F ? static_cast<int64_t>(x) : INT64_MAX;
}

HostTensor Cast(const OnnxNode& node, const HostTensor& x) {
  const int64_t to = node.Int("to", onnx::TensorProto::FLOAT);
  const bool to_float = to == onnx::TensorProto::FLOAT || to == onnx::TensorProto::DOUBLE ||
                        to == onnx::TensorProto::FLOAT16 || to == onnx::TensorProto::BFLOAT16;
  const bool to_unsigned = to == onnx::TensorProto::UINT8 || to == onnx::TensorProto::UINT16 ||
                           to == onnx::TensorProto::UINT32 || to == onnx::TensorProto::UINT64;
  if (to_float && x.is_float) return x;
  if (!to_float && !x.is_float) {
    HostTensor y = x;
    y.is_unsigned = to_unsigned;
    return y;
  }
  HostTensor y;
  y.shape = x.shape;
  y.is_float = to_float;
  y.is_unsigned = to_unsigned;
  if (x.is_float)
    for (const float value : x.floats) y.ints.push_back(ToInt(value));
  else
    for (const int64_t value : x.ints) y.floats.push_back(static_cast<float>(value));
  return y;
}

HostTensor Unary(const OnnxNode& node, HostTensor x) {
  for (float& value : x.floats) value = ApplyUnary(node.op(), value);
  if (node.op() == "Neg") {
    for (int64_t& value : x.ints) value = Apply("Sub", int64_t{0}, value);
  }
  return x;
}

Result<const HostTensor*> Constant(const Importer& importer, const OnnxNode& node, size_t i) {
  IMCC_ASSIGN(const Value* value, importer.Input(node, i));
  if (!value->constant) return node.Invalid(fmt::format("'{}' is not constant", node.input(i)));
  return &*value->constant;
}

}  // namespace

bool ConstantEvaluator::Knows(const std::string& op) {
  return op == "Transpose" || std::find(kKnown.begin(), kKnown.end(), op) != kKnown.end();
}

Status ConstantEvaluator::Spend(const OnnxNode& node, const Shape& shape) {
  IMCC_ASSIGN(const int64_t elements, CheckedElements(shape.dims(), node.name()));
  budget_ -= elements;
  if (budget_ >= 0) return {};
  return node.Unsupported("computing constants takes more than 2^26 elements and those it holds",
                          "simplify the model (onnx-simplifier) first");
}

Result<HostTensor> ConstantEvaluator::Evaluate(const Importer& importer, const OnnxNode& node) {
  const std::string& op = node.op();
  IMCC_ASSIGN(const HostTensor* x, Constant(importer, node, 0));
  IMCC_TRY(Spend(node, x->shape));
  if (op == "Gather") return Gather(importer, node);
  if (op == "Concat") return Concat(importer, node);
  if (op == "Slice") return Slice(importer, node);
  if (op == "Transpose") return Transpose(importer, node);
  if (op == "ConstantOfShape") return ConstantOfShape(importer, node);
  if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div") return Binary(importer, node);
  if (op == "Equal") return Equal(importer, node);
  if (op == "Where") return Where(importer, node);
  if (op == "Identity" || op == "Dropout") return *x;
  if (op == "Cast") return Cast(node, *x);
  if (op == "Floor" || op == "Ceil" || op == "Sqrt" || op == "Neg") return Unary(node, *x);
  return Reshape(importer, node);
}

Result<HostTensor> ConstantEvaluator::Reshape(const Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor* x, Constant(importer, node, 0));
  HostTensor y = *x;
  y.scales.clear();  // They lay along an axis of the old shape.
  if (node.op() == "Flatten") {
    IMCC_ASSIGN(y.shape, FlattenedShape(node, x->shape));
  } else if (node.op() == "Squeeze") {
    IMCC_ASSIGN(y.shape, SqueezedShape(importer, node, x->shape));
  } else if (node.op() == "Unsqueeze") {
    IMCC_ASSIGN(y.shape, UnsqueezedShape(importer, node, x->shape));
  } else {
    IMCC_ASSIGN(const std::vector<int64_t> wanted, importer.IntsInput(node, 1));
    IMCC_ASSIGN(y.shape, ResolveReshape(node, x->shape, wanted));
  }
  return y;
}

Result<HostTensor> ConstantEvaluator::Transpose(const Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor* x, Constant(importer, node, 0));
  std::vector<int64_t> permutation;
  for (size_t i = x->shape.rank(); i-- > 0;) permutation.push_back(static_cast<int64_t>(i));
  std::vector<int64_t> sorted(permutation.rbegin(), permutation.rend());
  if (const auto given = node.Ints("perm")) permutation = *given;
  if (!std::is_permutation(permutation.begin(), permutation.end(), sorted.begin(), sorted.end())) {
    return node.Invalid("perm is not a permutation of the axes of " + x->shape.ToString());
  }
  return Permute(*x, permutation);
}

Result<HostTensor> ConstantEvaluator::Gather(const Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor* x, Constant(importer, node, 0));
  IMCC_ASSIGN(const std::vector<int64_t> indices, importer.IntsInput(node, 1));
  IMCC_ASSIGN(const HostTensor* index_tensor, Constant(importer, node, 1));
  IMCC_ASSIGN(const int64_t axis_signed, NormalizeAxis(node, node.Int("axis", 0), x->shape.rank()));
  const auto axis = static_cast<size_t>(axis_signed);
  const int64_t length = x->shape[axis];
  std::vector<int64_t> dims(x->shape.dims().begin(), x->shape.dims().begin() + axis_signed);
  const int64_t before = Shape(dims).elements();
  dims.insert(dims.end(), index_tensor->shape.dims().begin(), index_tensor->shape.dims().end());
  dims.insert(dims.end(), x->shape.dims().begin() + axis_signed + 1, x->shape.dims().end());
  IMCC_TRY(Spend(node, Shape(dims)));

  const int64_t block = ProductFrom(x->shape, axis + 1);
  HostTensor y;
  y.shape = Shape(dims);
  y.is_float = x->is_float;
  for (int64_t outer = 0; outer < before; ++outer) {
    for (const int64_t index : indices) {
      if (index < -length || index >= length) {
        return node.Invalid(fmt::format("index {} is outside axis of length {}", index, length));
      }
      const int64_t from = (outer * length + (index < 0 ? index + length : index)) * block;
      ForValues(y, *x, [&](auto& to, const auto& values) {
        to.insert(to.end(), values.begin() + from, values.begin() + from + block);
      });
    }
  }
  return y;
}

Result<HostTensor> ConstantEvaluator::Concat(const Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor* first, Constant(importer, node, 0));
  IMCC_ASSIGN(const int64_t axis_signed,
              NormalizeAxis(node, node.Int("axis", 1), first->shape.rank()));
  const auto axis = static_cast<size_t>(axis_signed);
  std::vector<const HostTensor*> parts;
  Shape shape = first->shape;
  shape[axis] = 0;
  for (size_t i = 0; i < node.input_count(); ++i) {
    IMCC_ASSIGN(parts.emplace_back(), Constant(importer, node, i));
    Shape same = parts.back()->shape;
    if (same.rank() == shape.rank()) same[axis] = shape[axis];
    if (same != shape || parts.back()->is_float != first->is_float) {
      return node.Invalid("its inputs differ in shape or type");
    }
    shape[axis] += parts.back()->shape[axis];
  }
  IMCC_TRY(Spend(node, shape));
  HostTensor y;
  y.shape = shape;
  y.is_float = first->is_float;
  const int64_t before = shape.elements() == 0 ? 0 : shape.elements() / ProductFrom(shape, axis);
  for (int64_t outer = 0; outer < before; ++outer) {
    for (const HostTensor* part : parts) {
      const int64_t block = ProductFrom(part->shape, axis);
      ForValues(y, *part, [&](auto& to, const auto& values) {
        to.insert(to.end(), values.begin() + outer * block, values.begin() + (outer + 1) * block);
      });
    }
  }
  return y;
}

Result<HostTensor> ConstantEvaluator::Slice(const Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor* x, Constant(importer, node, 0));
  IMCC_ASSIGN(const SliceRange range, ReadSlice(importer, node, x->shape));
  HostTensor y = Allocate(Shape(range.counts), x->is_float);
  const size_t rank = x->shape.rank();
  for (int64_t i = 0; i < y.elements(); ++i) {
    int64_t rest = i;
    int64_t source = 0;
    int64_t stride = 1;
    for (size_t axis = rank; axis-- > 0;) {
      source += (range.starts[axis] + rest % range.counts[axis] * range.steps[axis]) * stride;
      rest /= range.counts[axis];
      stride *= x->shape[axis];
    }
    ForValues(y, *x, [&](auto& to, const auto& values) {
      to[static_cast<size_t>(i)] = values[static_cast<size_t>(source)];
    });
  }
  return y;
}

Result<HostTensor> ConstantEvaluator::Binary(const Importer& importer, const OnnxNode& node) {
  return Binary(importer, node, node.op());
}

Result<HostTensor> ConstantEvaluator::Binary(const Importer& importer, const OnnxNode& node,
                                             const std::string& op) {
  IMCC_ASSIGN(const HostTensor* a, Constant(importer, node, 0));
  IMCC_ASSIGN(const HostTensor* b, Constant(importer, node, 1));
  const std::optional<Shape> shape = BroadcastShape(a->shape, b->shape);
  if (!shape || a->is_float != b->is_float) {
    return node.Invalid(fmt::format("shapes {} and {} or their types do not fit together",
                                    a->shape.ToString(), b->shape.ToString()));
  }
  IMCC_TRY(Spend(node, *shape));
  const bool divides = op == "Div";
  if (divides && std::find(b->ints.begin(), b->ints.end(), 0) != b->ints.end()) {
    return node.Invalid("divides by zero");
  }
  const std::vector<size_t> from_a = BroadcastIndices(a->shape, *shape);
  const std::vector<size_t> from_b = BroadcastIndices(b->shape, *shape);
  HostTensor y = Allocate(*shape, a->is_float);
  for (size_t i = 0; i < from_a.size(); ++i) {
    if (a->is_float) {
      y.floats[i] = Apply(op, a->floats[from_a[i]], b->floats[from_b[i]]);
    } else {
      y.ints[i] = Apply(op, a->ints[from_a[i]], b->ints[from_b[i]]);
    }
  }
  return y;
}

Result<HostTensor> ConstantEvaluator::Equal(const Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor difference, Binary(importer, node, "Sub"));
  HostTensor y = Allocate(difference.shape, /*is_float=*/false);
  for (size_t i = 0; i < y.ints.size(); ++i)
    y.ints[i] = difference.is_float ? difference.floats[i] == 0 : difference.ints[i] == 0;
  return y;
}

Result<HostTensor> ConstantEvaluator::Where(const Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor* condition, Constant(importer, node, 0));
  IMCC_ASSIGN(const HostTensor* a, Constant(importer, node, 1));
  IMCC_ASSIGN(const HostTensor* b, Constant(importer, node, 2));
  std::optional<Shape> shape = BroadcastShape(a->shape, b->shape);
  if (shape) shape = BroadcastShape(condition->shape, *shape);
  if (!shape || condition->is_float || a->is_float != b->is_float)
    return node.Invalid("the shapes or types of its inputs do not fit together");
  IMCC_TRY(Spend(node, *shape));
  const std::vector<size_t> from_condition = BroadcastIndices(condition->shape, *shape);
  const std::vector<size_t> from_a = BroadcastIndices(a->shape, *shape);
  const std::vector<size_t> from_b = BroadcastIndices(b->shape, *shape);
  HostTensor y = Allocate(*shape, a->is_float);
  for (size_t i = 0; i < from_a.size(); ++i) {
    const bool first = condition->ints[from_condition[i]] != 0;
    const HostTensor& source = first ? *a : *b;
    const size_t from = first ? from_a[i] : from_b[i];
    if (a->is_float)
      y.floats[i] = source.floats[from];
    else
      y.ints[i] = source.ints[from];
  }
  return y;
}

Result<HostTensor> ConstantEvaluator::ConstantOfShape(const Importer& importer,
                                                      const OnnxNode& node) {
  IMCC_ASSIGN(const std::vector<int64_t> dims, importer.IntsInput(node, 0));
  IMCC_TRY(Spend(node, Shape(dims)));
  HostTensor value{.shape = {1}, .is_float = true, .floats = {0}, .ints = {}};
  if (const auto* given = node.Attribute("value", onnx::AttributeProto::TENSOR)) {
    IMCC_ASSIGN(value, ReadTensor(given->t(), ""));
  }
  if (value.elements() != 1) return node.Invalid("its value is not a single element");
  HostTensor y = Allocate(Shape(dims), value.is_float);
  ForValues(y, value, [](auto& to, const auto& from) { std::fill(to.begin(), to.end(), from[0]); });
  return y;
}

}  // namespace imcc
