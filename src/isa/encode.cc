// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "isa/byte_codec.h"
#include "isa/task.h"

namespace imcc {

namespace {

constexpr size_t kHeaderBytes = 16;
constexpr uint64_t kOffsetBits = 36;
constexpr uint64_t kMaxOffset = (uint64_t{1} << kOffsetBits) - 1;
constexpr uint32_t kSemaphoreValueBits = 18;

/// Writes the fields of a payload.
struct FieldWriter {
  ByteWriter bytes;

  template <class T>
  void Field(const T& value) {
    bytes.Put(value);
  }
  void Field(const Address& address) {
    IMCC_CHECK(address.offset <= kMaxOffset, "an address does not fit a descriptor");
    const uint64_t bits = static_cast<uint64_t>(address.region) << kOffsetBits | address.offset;
    for (unsigned i = 0; i < 5; ++i) bytes.Put(static_cast<uint8_t>(bits >> (8U * i)));
  }
  void Field24(uint32_t value) {
    IMCC_CHECK(value < 1U << 24U, "a 24-bit field of a descriptor overflows");
    for (unsigned i = 0; i < 3; ++i) bytes.Put(static_cast<uint8_t>(value >> (8U * i)));
  }
  void Field(const RowRing& ring) {
    Field(ring.rows);
    Field(ring.first);
  }
  /// An address in L1, without its region.
  void Local(const Address& address) {
    IMCC_CHECK(address.region == Region::kL1, "an engine is given an address outside L1");
    Field24(static_cast<uint32_t>(address.offset));
  }
  void KindAndFlags(uint8_t kind, uint8_t flags) {
    bytes.Put(static_cast<uint8_t>(kind | flags << 4U));
  }
};

/// Reads them back.
struct FieldReader {
  ByteReader bytes;
  bool valid = true;
  size_t used = 0;

  template <class T>
  void Field(T& value) {
    value = bytes.Get<T>();
    used += sizeof(T);
  }
  void Field(Address& address) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < 5; ++i) bits |= uint64_t{bytes.Get<uint8_t>()} << (8U * i);
    used += 5;
    const uint64_t region = bits >> kOffsetBits;
    const bool known = region >= 1 && region <= 3;
    valid = valid && known;
    address.region = known ? static_cast<Region>(region) : Region::kDdr;
    address.offset = bits & kMaxOffset;
  }
  void Field24(uint32_t& value) {
    value = 0;
    for (unsigned i = 0; i < 3; ++i) value |= uint32_t{bytes.Get<uint8_t>()} << (8U * i);
    used += 3;
  }
  void Field(RowRing& ring) {
    Field(ring.rows);
    Field(ring.first);
  }
  void Local(Address& address) {
    uint32_t offset = 0;
    Field24(offset);
    address = {Region::kL1, offset};
  }
  void KindAndFlags(uint8_t& kind, uint8_t& flags) {
    const auto byte = bytes.Get<uint8_t>();
    ++used;
    kind = byte & 0xfU;
    flags = byte >> 4U;
  }
};

template <class Io, class... Ts>
void Fields(Io& io, Ts&... fields) {
  (io.Field(fields), ...);
}

// One list of fields per task, in descriptor order, for writing and reading alike (docs/isa.md).

template <class Io>
void Visit(Io&, FenceTask&) {}

template <class Io>
void Visit(Io& io, DmaTask& t) {
  Fields(io, t.source, t.destination, t.run, t.count0, t.source_stride0, t.destination_stride0,
         t.count1, t.source_stride1, t.destination_stride1);
}

template <class Io>
void Visit(Io& io, LoadWeightsTask& t) {
  Fields(io, t.source, t.set, t.row0, t.column0, t.rows, t.columns, t.column_stride, t.valid);
}

template <class Io>
void Visit(Io& io, MvmTask& t) {
  Fields(io, t.input, t.ring);
  io.Field24(t.row_stride);
  Fields(io, t.pixel_stride, t.channels, t.in_h, t.in_w, t.out_h, t.out_w, t.origin_y, t.origin_x,
         t.kernel_h, t.kernel_w, t.stride_h, t.stride_w, t.dilation_h, t.dilation_w, t.first_pword,
         t.pwords, t.columns, t.set_pword0, t.set_column0, t.zero_point);
  io.KindAndFlags(t.set, t.flags);
  io.Field24(t.accumulator);
  io.Field(t.replicas);
}

template <class Io>
void Visit(Io& io, RequantizeTask& t) {
  io.Field24(t.accumulator);
  Fields(io, t.out_h, t.out_w, t.columns, t.channels, t.first_column, t.parameters, t.output,
         t.row_stride, t.pixel_stride, t.zero_point, t.lo, t.hi);
  io.KindAndFlags(t.replicas, t.flags);
  if (t.flags != 0) io.Field(t.tables);
  if ((t.flags & RequantizeTask::kAdd) == 0) return;
  io.Field(t.residual);
  io.Field24(t.residual_row_stride);
  io.Field(t.residual_pixel_stride);
}

template <class Io>
void Visit(Io& io, ElementwiseTask& t) {
  Fields(io, t.a, t.b, t.output, t.parameters, t.height, t.width, t.channels, t.row_stride_a,
         t.row_stride_b, t.row_stride_out, t.pixel_stride_a, t.pixel_stride_out, t.kind, t.flags);
}

template <class Io>
void Visit(Io& io, TableTask& t) {
  Fields(io, t.input, t.output, t.height, t.width, t.channels, t.row_stride_in, t.row_stride_out,
         t.pixel_stride_in, t.pixel_stride_out, t.flags);
  if ((t.flags & TableTask::kTable) != 0) io.Field(t.table);
}

template <class Io>
void Visit(Io& io, WindowTask& t) {
  Fields(io, t.input, t.ring, t.output);
  io.Local(t.parameters);
  Fields(io, t.in_h, t.in_w, t.out_h, t.out_w, t.origin_y, t.origin_x, t.kernel_h, t.kernel_w,
         t.stride_h, t.stride_w, t.dilation_h, t.dilation_w, t.channels);
  io.Field24(t.row_stride_in);
  io.Field24(t.row_stride_out);
  Fields(io, t.pixel_stride_in, t.pixel_stride_out);
  io.KindAndFlags(t.kind, t.flags);
}

template <class Io>
void Visit(Io& io, ResizeTask& t) {
  Fields(io, t.input, t.ring, t.output, t.parameters, t.out_h, t.out_w, t.out_y0, t.out_x0, t.in_h,
         t.in_w, t.in_y0, t.in_x0, t.channels);
  io.Field24(t.row_stride_in);
  io.Field24(t.row_stride_out);
  Fields(io, t.pixel_stride_in, t.pixel_stride_out, t.taps);
}

template <class Io>
void Visit(Io& io, AcrossTask& t) {
  Fields(io, t.input, t.output, t.parameters, t.height, t.width, t.channels, t.row_stride_in,
         t.row_stride_out, t.pixel_stride_in, t.pixel_stride_out);
  io.KindAndFlags(t.kind, t.flags);
}

/// The payload of an opcode (its index in TaskPayload), default-constructed.
template <size_t Index = 0>
TaskPayload MakePayload(size_t opcode) {
  if constexpr (Index < std::variant_size_v<TaskPayload>) {
    if (opcode == Index) return TaskPayload(std::in_place_index<Index>);
    return MakePayload<Index + 1>(opcode);
  } else {
    return FenceTask{};
  }
}

uint32_t PackWait(const Wait& wait) {
  IMCC_CHECK(wait.semaphore < kSemaphores && wait.value <= kMaxSemaphoreValue,
             "a wait does not fit a descriptor");
  return wait.semaphore | wait.value << 6U;
}

Error Bad(const std::string& what) {
  return Error{.code = ErrorCode::kFormat, .subject = "task descriptor", .message = what};
}

bool AllPositive(std::initializer_list<int64_t> values) {
  return std::all_of(values.begin(), values.end(), [](int64_t v) { return v > 0; });
}

/// True if `flags` has no bit besides `known`.
bool OnlyFlags(int flags, int known) { return (flags & ~known) == 0; }

/// Sizes, kinds and flags the engines rely on without looking.
struct Sane {
  bool operator()(const FenceTask&) const { return true; }
  bool operator()(const DmaTask& t) const { return AllPositive({t.run, t.count0, t.count1}); }
  bool operator()(const LoadWeightsTask& t) const {
    return AllPositive({t.rows, t.columns, t.column_stride, t.valid}) && t.valid <= t.rows;
  }
  bool operator()(const MvmTask& t) const {
    const bool subword = (t.flags & MvmTask::kSubword) != 0;
    return AllPositive({t.out_h, t.out_w, t.in_h, t.in_w, t.kernel_h, t.kernel_w, t.stride_h,
                        t.stride_w, t.dilation_h, t.dilation_w, t.pwords, t.columns,
                        subword ? t.pixel_stride : t.channels, t.replicas}) &&
           t.replicas <= kMaxReplicas && t.ring.Holds(t.in_h) &&
           OnlyFlags(t.flags, MvmTask::kAccumulate | MvmTask::kSubword | MvmTask::kCentred);
  }
  bool operator()(const RequantizeTask& t) const {
    return AllPositive({t.out_h, t.out_w, t.columns, t.channels, t.replicas}) &&
           t.replicas <= kMaxReplicas &&
           int64_t{t.first_column} + t.columns <= int64_t{t.replicas} * t.channels &&
           OnlyFlags(t.flags,
                     RequantizeTask::kTable | RequantizeTask::kAdd | RequantizeTask::kFinalTable) &&
           (t.flags & (RequantizeTask::kAdd | RequantizeTask::kFinalTable)) !=
               RequantizeTask::kFinalTable;
  }
  bool operator()(const ElementwiseTask& t) const {
    return AllPositive({t.height, t.width, t.channels}) && t.kind <= ElementwiseTask::kMin &&
           OnlyFlags(t.flags, ElementwiseTask::kBroadcastB | ElementwiseTask::kTable);
  }
  bool operator()(const TableTask& t) const {
    return AllPositive({t.height, t.width, t.channels}) && OnlyFlags(t.flags, TableTask::kTable);
  }
  bool operator()(const WindowTask& t) const {
    return AllPositive({t.out_h, t.out_w, t.in_h, t.in_w, t.kernel_h, t.kernel_w, t.stride_h,
                        t.stride_w, t.dilation_h, t.dilation_w, t.channels}) &&
           t.kind <= WindowTask::kGlobalMax && t.ring.Holds(t.in_h) &&
           OnlyFlags(t.flags,
                     WindowTask::kFirst | WindowTask::kLast | WindowTask::kChannelZeroPoints);
  }
  bool operator()(const ResizeTask& t) const {
    return AllPositive({t.out_h, t.out_w, t.in_h, t.in_w, t.channels}) && t.ring.Holds(t.in_h);
  }
  bool operator()(const AcrossTask& t) const {
    return AllPositive({t.height, t.width, t.channels}) && t.kind <= AcrossTask::kIndexOfSmallest &&
           OnlyFlags(t.flags, AcrossTask::kLast);
  }
};

}  // namespace

EncodedTask Encode(const Task& task) {
  FieldWriter writer;
  writer.bytes.Put(static_cast<uint8_t>(task.payload.index()));
  writer.bytes.Put(static_cast<uint8_t>(task.engine));
  writer.bytes.Put(task.signal);
  writer.bytes.Put(uint8_t{0});
  writer.bytes.Put(task.layer);
  for (const Wait& wait : task.waits) {
    const uint32_t packed = PackWait(wait);
    for (unsigned i = 0; i < 3; ++i) writer.bytes.Put(static_cast<uint8_t>(packed >> (8U * i)));
  }
  writer.bytes.Put(uint8_t{0});
  TaskPayload payload = task.payload;
  std::visit([&](auto& fields) { Visit(writer, fields); }, payload);
  IMCC_CHECK(writer.bytes.bytes().size() <= kTaskBytes, "a payload exceeds its descriptor");
  EncodedTask encoded = {};
  std::copy(writer.bytes.bytes().begin(), writer.bytes.bytes().end(), encoded.begin());
  return encoded;
}

Result<Task> Decode(const uint8_t* bytes) {
  const uint8_t opcode = bytes[0];
  if (opcode >= std::variant_size_v<TaskPayload>) return Bad(fmt::format("opcode {}", opcode));
  if (bytes[1] >= kEngines) return Bad(fmt::format("engine {}", bytes[1]));
  if (bytes[2] >= kSemaphores) return Bad(fmt::format("semaphore {}", bytes[2]));
  if (bytes[3] != 0 || bytes[15] != 0) return Bad("reserved bytes are not zero");
  Task task{.engine = static_cast<Engine>(bytes[1]),
            .signal = bytes[2],
            .layer = static_cast<uint16_t>(bytes[4] | bytes[5] << 8U)};
  for (size_t i = 0; i < task.waits.size(); ++i) {
    const uint8_t* at = bytes + 6 + 3 * i;
    const uint32_t packed = at[0] | uint32_t{at[1]} << 8U | uint32_t{at[2]} << 16U;
    task.waits[i] = {static_cast<uint8_t>(packed & 0x3fU), packed >> 6U};
    static_assert(kSemaphoreValueBits == 18);
  }
  task.payload = MakePayload(opcode);
  FieldReader reader{ByteReader(bytes + kHeaderBytes)};
  std::visit([&](auto& fields) { Visit(reader, fields); }, task.payload);
  if (!reader.valid) return Bad("an address names no memory");
  const uint8_t* rest = bytes + kHeaderBytes + reader.used;
  if (std::any_of(rest, bytes + kTaskBytes, [](uint8_t b) { return b != 0; }))
    return Bad("unused bytes are not zero");
  if (!std::visit(Sane{}, task.payload)) return Bad("a size, kind or flag is out of range");
  return task;
}

}  // namespace imcc
