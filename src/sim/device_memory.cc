// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/device_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

namespace imcc {

DeviceMemory::Block DeviceMemory::Allocate(uint64_t size) {
  auto* bytes = static_cast<uint8_t*>(std::calloc(std::max<uint64_t>(size, 1), 1));
  if (bytes == nullptr) throw std::bad_alloc();
  return Block(bytes);
}

DeviceMemory::DeviceMemory(const MemoryExtent& extent, size_t cores)
    : extent_(extent), l2_(Allocate(extent.l2)), ddr_(Allocate(extent.ddr)) {
  for (size_t core = 0; core < cores; ++core) l1_.push_back(Allocate(extent.l1));
}

namespace {

constexpr uint64_t kMaxSimulated = uint64_t{16} << 30U;

class ExtentMeter {
 public:
  explicit ExtentMeter(const Target& target) : target_(target) {}

  /// `what` is called only to word an error.
  template <class What>
  Status Add(Address base, uint64_t size, const What& what) {
    const auto limit = static_cast<uint64_t>(Level(base.region).size.count());
    if (size > limit || base.offset > limit - size)
      return Error{.code = ErrorCode::kFormat,
                   .subject = what(),
                   .message = fmt::format("touches byte {} of a memory of {} bytes",
                                          base.offset + size, limit),
                   .hint = "the ELF is damaged or was made for another target"};
    uint64_t& extent = extent_.of(base.region);
    extent = std::max(extent, base.offset + size);
    return {};
  }

  /// `repeats`: the box may touch a byte more than once, as a copy that fills memory does.
  template <class What>
  Status AddBox(const MemoryBox& box, bool repeats, const What& what) {
    const int64_t size = (box.count0 - 1) * box.stride0 + (box.count1 - 1) * box.stride1 + box.run;
    IMCC_TRY(Add(box.base, static_cast<uint64_t>(size), what));
    // Keeps a damaged descriptor from running for hours over the same bytes.
    const int64_t limit = repeats ? int64_t{1} << 32U : Level(box.base.region).size.count();
    if (box.run == 0 || box.count0 * box.count1 <= limit / box.run) return {};
    return Error{.code = ErrorCode::kFormat,
                 .subject = what(),
                 .message = "touches a memory more often than it has bytes",
                 .hint = "the ELF is damaged or was made for another target"};
  }

  const MemoryExtent& extent() const { return extent_; }

 private:
  const MemoryLevel& Level(Region region) const {
    return region == Region::kL1 ? target_.l1 : region == Region::kL2 ? target_.l2 : target_.ddr;
  }
  const Target& target_;
  MemoryExtent extent_;
};

Status AddTasks(const Program& program, ExtentMeter& meter) {
  for (const std::vector<Task>& tasks : program.cores) {
    for (size_t i = 0; i < tasks.size(); ++i) {
      const MemoryUse use = UsesOf(tasks[i]);
      const auto what = [&] { return fmt::format("task {} ({})", i, Disassemble(tasks[i])); };
      for (const MemoryBox& box : use.reads) IMCC_TRY(meter.AddBox(box, true, what));
      for (const MemoryBox& box : use.writes) IMCC_TRY(meter.AddBox(box, false, what));
    }
  }
  return {};
}

Status AddTensors(const std::vector<IoTensor>& tensors, ExtentMeter& meter) {
  for (const IoTensor& tensor : tensors) {
    if (tensor.channels > tensor.pixel_stride ||
        tensor.width * tensor.pixel_stride > tensor.row_stride)
      return Error{.code = ErrorCode::kFormat,
                   .subject = tensor.name,
                   .message = "its strides are smaller than its pixels"};
    IMCC_TRY(meter.Add(tensor.address, static_cast<uint64_t>(tensor.bytes()),
                       [&] { return tensor.name; }));
  }
  return {};
}

}  // namespace

Result<MemoryExtent> MeasureExtent(const Program& program, const Target& target) {
  ExtentMeter meter(target);
  IMCC_TRY(AddTasks(program, meter));
  for (const Segment& segment : program.segments)
    IMCC_TRY(meter.Add(segment.address, segment.bytes.size(), [&] { return segment.name; }));
  IMCC_TRY(AddTensors(program.inputs, meter));
  IMCC_TRY(AddTensors(program.outputs, meter));
  const uint64_t bytes = meter.extent().l2 + meter.extent().ddr;
  if (bytes > kMaxSimulated)
    return Error{.code = ErrorCode::kCapacity,
                 .subject = "simulator",
                 .message = fmt::format("the program touches {} bytes of L2 and DDR, more than the "
                                        "{} that are simulated",
                                        bytes, kMaxSimulated),
                 .hint = "set ddr_constraint, or use a smaller network"};
  return meter.extent();
}

}  // namespace imcc
