// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/host_tensor.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "onnx/external_data.h"

namespace imcc {
namespace {

using Proto = onnx::TensorProto;

// More elements than any real layer has; keeps every later product in range.
constexpr int64_t kMaxElements = int64_t{1} << 31;

std::string Subject(const Proto& proto) { return fmt::format("tensor '{}'", proto.name()); }

Error BrokenTensor(const Proto& proto, std::string message) {
  return Error{.code = ErrorCode::kModel, .subject = Subject(proto), .message = std::move(message)};
}

float HalfToFloat(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int fraction = half & 1023;
  const float sign = (half & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

float Bfloat16ToFloat(uint16_t x) { return std::bit_cast<float>(static_cast<uint32_t>(x) << 16); }

/// Bytes per element in raw_data; 0 for types imcc does not read.
int64_t ElementBytes(int type) {
  switch (type) {
    case Proto::FLOAT:
    case Proto::INT32:
    case Proto::UINT32:
      return 4;
    case Proto::DOUBLE:
    case Proto::INT64:
    case Proto::UINT64:
      return 8;
    case Proto::FLOAT16:
    case Proto::BFLOAT16:
    case Proto::INT16:
    case Proto::UINT16:
      return 2;
    case Proto::INT8:
    case Proto::UINT8:
    case Proto::BOOL:
      return 1;
    default:
      return 0;
  }
}

bool IsFloatType(int type) {
  return type == Proto::FLOAT || type == Proto::DOUBLE || type == Proto::FLOAT16 ||
         type == Proto::BFLOAT16;
}

template <class Stored, class Out, class Convert>
void DecodeRaw(const std::string& raw, std::vector<Out>& out, Convert convert) {
  out.resize(raw.size() / sizeof(Stored));
  for (size_t i = 0; i < out.size(); ++i) {
    Stored value;
    std::memcpy(&value, raw.data() + i * sizeof(Stored), sizeof(Stored));
    out[i] = convert(value);
  }
}

void DecodeRawData(int type, const std::string& raw, HostTensor& tensor) {
  const auto to_float = [](auto x) { return static_cast<float>(x); };
  const auto to_int = [](auto x) { return static_cast<int64_t>(x); };
  switch (type) {
    case Proto::FLOAT:
      return DecodeRaw<float>(raw, tensor.floats, to_float);
    case Proto::DOUBLE:
      return DecodeRaw<double>(raw, tensor.floats, to_float);
    case Proto::FLOAT16:
      return DecodeRaw<uint16_t>(raw, tensor.floats, HalfToFloat);
    case Proto::BFLOAT16:
      return DecodeRaw<uint16_t>(raw, tensor.floats, Bfloat16ToFloat);
    case Proto::INT64:
      return DecodeRaw<int64_t>(raw, tensor.ints, to_int);
    case Proto::UINT64:
      return DecodeRaw<uint64_t>(raw, tensor.ints, to_int);
    case Proto::INT32:
      return DecodeRaw<int32_t>(raw, tensor.ints, to_int);
    case Proto::UINT32:
      return DecodeRaw<uint32_t>(raw, tensor.ints, to_int);
    case Proto::INT16:
      return DecodeRaw<int16_t>(raw, tensor.ints, to_int);
    case Proto::UINT16:
      return DecodeRaw<uint16_t>(raw, tensor.ints, to_int);
    case Proto::INT8:
      return DecodeRaw<int8_t>(raw, tensor.ints, to_int);
    default:
      return DecodeRaw<uint8_t>(raw, tensor.ints, to_int);
  }
}

template <class Field, class Out, class Convert>
void DecodeField(const Field& field, std::vector<Out>& out, Convert convert) {
  out.reserve(static_cast<size_t>(field.size()));
  for (const auto value : field) out.push_back(convert(value));
}

void DecodeTypedData(const Proto& proto, HostTensor& tensor) {
  const auto to_float = [](auto x) { return static_cast<float>(x); };
  const auto to_int = [](auto x) { return static_cast<int64_t>(x); };
  const auto half = [](int32_t x) { return HalfToFloat(static_cast<uint16_t>(x)); };
  const auto bfloat = [](int32_t x) { return Bfloat16ToFloat(static_cast<uint16_t>(x)); };
  switch (proto.data_type()) {
    case Proto::FLOAT:
      return DecodeField(proto.float_data(), tensor.floats, to_float);
    case Proto::DOUBLE:
      return DecodeField(proto.double_data(), tensor.floats, to_float);
    case Proto::FLOAT16:
      return DecodeField(proto.int32_data(), tensor.floats, half);
    case Proto::BFLOAT16:
      return DecodeField(proto.int32_data(), tensor.floats, bfloat);
    case Proto::INT64:
      return DecodeField(proto.int64_data(), tensor.ints, to_int);
    case Proto::UINT32:
    case Proto::UINT64:
      return DecodeField(proto.uint64_data(), tensor.ints, to_int);
    default:
      return DecodeField(proto.int32_data(), tensor.ints, to_int);
  }
}

}  // namespace

Result<int64_t> CheckedElements(const std::vector<int64_t>& dims, const std::string& subject) {
  int64_t elements = 1;
  bool empty = false;
  for (const int64_t dim : dims) {
    if (dim < 0) {
      return Error{.code = ErrorCode::kModel,
                   .subject = subject,
                   .message = fmt::format("dimension {} is negative", dim)};
    }
    empty = empty || dim == 0;
    if (dim > 0 && dim > kMaxElements / elements) {
      return Error{
          .code = ErrorCode::kModel,
          .subject = subject,
          .message = fmt::format("shape {} has more than 2^31 elements", Shape(dims).ToString())};
    }
    elements *= std::max<int64_t>(dim, 1);
  }
  return empty ? 0 : elements;
}

Result<HostTensor> ReadTensor(const Proto& proto, const std::string& directory) {
  const int64_t element_bytes = ElementBytes(proto.data_type());
  if (element_bytes == 0) {
    return Error{.code = ErrorCode::kUnsupported,
                 .subject = Subject(proto),
                 .message = fmt::format("element type {} is not supported", proto.data_type()),
                 .hint = "use float, float16, double or an integer type"};
  }
  if (proto.has_segment()) return BrokenTensor(proto, "is stored in segments");
  HostTensor tensor;
  tensor.shape = Shape(std::vector<int64_t>(proto.dims().begin(), proto.dims().end()));
  tensor.is_float = IsFloatType(proto.data_type());
  tensor.is_unsigned = proto.data_type() == Proto::UINT8;
  IMCC_ASSIGN(const int64_t elements, CheckedElements(tensor.shape.dims(), Subject(proto)));

  if (proto.data_location() == Proto::EXTERNAL) {
    IMCC_ASSIGN(const std::string raw,
                ReadExternalData(proto, directory, elements * element_bytes));
    DecodeRawData(proto.data_type(), raw, tensor);
  } else if (proto.has_raw_data()) {
    if (static_cast<int64_t>(proto.raw_data().size()) != elements * element_bytes) {
      return BrokenTensor(
          proto, fmt::format("holds {} bytes but shape {} needs {}", proto.raw_data().size(),
                             tensor.shape.ToString(), elements * element_bytes));
    }
    DecodeRawData(proto.data_type(), proto.raw_data(), tensor);
  } else {
    DecodeTypedData(proto, tensor);
  }
  const size_t values = tensor.is_float ? tensor.floats.size() : tensor.ints.size();
  if (static_cast<int64_t>(values) != elements) {
    return BrokenTensor(proto, fmt::format("holds {} values but shape {} needs {}", values,
                                           tensor.shape.ToString(), elements));
  }
  return tensor;
}

HostTensor Permute(const HostTensor& tensor, const std::vector<int64_t>& permutation) {
  const size_t rank = tensor.shape.rank();
  std::vector<int64_t> strides(rank, 1);
  for (size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * tensor.shape[i];

  HostTensor out;
  out.is_float = tensor.is_float;
  std::vector<int64_t> dims(rank);
  std::vector<int64_t> steps(rank);  // Input elements between neighbours along each output axis.
  for (size_t i = 0; i < rank; ++i) {
    dims[i] = tensor.shape[static_cast<size_t>(permutation[i])];
    steps[i] = strides[static_cast<size_t>(permutation[i])];
  }
  out.shape = Shape(dims);

  const auto count = static_cast<size_t>(tensor.elements());
  std::vector<int64_t> position(rank, 0);
  int64_t source = 0;
  (tensor.is_float ? out.floats.resize(count) : out.ints.resize(count));
  for (size_t i = 0; i < count; ++i) {
    const auto from = static_cast<size_t>(source);
    if (tensor.is_float) {
      out.floats[i] = tensor.floats[from];
    } else {
      out.ints[i] = tensor.ints[from];
    }
    for (size_t axis = rank; axis-- > 0;) {
      source += steps[axis];
      if (++position[axis] < dims[axis]) break;
      source -= steps[axis] * dims[axis];
      position[axis] = 0;
    }
  }
  return out;
}

}  // namespace imcc
