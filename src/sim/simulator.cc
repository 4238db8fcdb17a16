// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/simulator.h"

#include <fmt/format.h>

#include <cstring>
#include <random>

#include "sim/checker.h"
#include "sim/core.h"
#include "sim/device_memory.h"
#include "sim/happens_before.h"
#include "target/target.h"

namespace imcc {

struct Simulator::Impl {
  Program program;
  Target target;
  HappensBefore order;
  MemoryExtent extent;
  DeviceMemory memory;
  std::vector<Core> cores;
  std::optional<Checker> checker;  // Made by the first checked frame.

  Impl(Program p, Target t, HappensBefore o, const MemoryExtent& e)
      : program(std::move(p)),
        target(std::move(t)),
        order(std::move(o)),
        extent(e),
        memory(e, program.cores.size()) {
    for (size_t core = 0; core < program.cores.size(); ++core)
      cores.emplace_back(core, target, memory);
    LoadSegments();
  }

  void LoadSegments();
  void StartChecker();
  void WriteInput(const IoTensor& tensor, const std::vector<int8_t>& values);
  Result<std::vector<int8_t>> ReadOutput(const IoTensor& tensor);
  Status RunTask(size_t core, size_t index, const FunctionalOptions& options);
  Status RunTasks(const FunctionalOptions& options);
};

namespace {

/// Core copies of an address: L1 segments go to every core, shared memories exist once.
size_t Copies(const Address& address, size_t cores) {
  return address.region == Region::kL1 ? cores : 1;
}

/// The engine queues of all cores while a frame runs.
class Queues {
 public:
  explicit Queues(const Program& program) : program_(program) {
    for (const std::vector<Task>& tasks : program.cores) {
      std::array<std::vector<size_t>, kEngines> queues;
      for (size_t i = 0; i < tasks.size(); ++i)
        queues[static_cast<size_t>(tasks[i].engine)].push_back(i);
      for (auto& queue : queues) queues_.push_back(std::move(queue));
      left_ += tasks.size();
    }
    next_.resize(queues_.size());
    semaphores_.resize(program.cores.size());
  }

  bool done() const { return left_ == 0; }

  /// A task whose queue and semaphores allow it to run: the first in list order, or any.
  std::optional<std::pair<size_t, size_t>> Pick(std::mt19937_64* random) {
    std::vector<size_t> ready;
    for (size_t q = 0; q < queues_.size(); ++q)
      if (next_[q] < queues_[q].size() && Ready(q)) ready.push_back(q);
    if (ready.empty()) return std::nullopt;
    size_t queue = ready[0];
    if (random != nullptr) {
      queue = ready[(*random)() % ready.size()];
    } else {
      for (const size_t q : ready)
        if (queues_[q][next_[q]] < queues_[queue][next_[queue]]) queue = q;
    }
    const size_t index = queues_[queue][next_[queue]];
    return std::pair(queue / kEngines, index);
  }

  void Finish(size_t core, size_t index) {
    const Task& task = program_.cores[core][index];
    ++next_[core * kEngines + static_cast<size_t>(task.engine)];
    ++semaphores_[core][task.signal];
    --left_;
  }

 private:
  bool Ready(size_t queue) const {
    const size_t core = queue / kEngines;
    const Task& task = program_.cores[core][queues_[queue][next_[queue]]];
    for (const Wait& wait : task.waits)
      if (semaphores_[core][wait.semaphore] < wait.value) return false;
    return true;
  }

  const Program& program_;
  std::vector<std::vector<size_t>> queues_;  // [core * kEngines + engine]
  std::vector<size_t> next_;
  std::vector<std::array<uint32_t, kSemaphores>> semaphores_;
  size_t left_ = 0;
};

Error WrongInput(const std::string& message) {
  return Error{.code = ErrorCode::kData, .subject = "network input", .message = message};
}

}  // namespace

void Simulator::Impl::LoadSegments() {
  for (const Segment& segment : program.segments)
    for (size_t core = 0; core < Copies(segment.address, cores.size()); ++core)
      if (!segment.bytes.empty())
        std::memcpy(memory.At(core, segment.address), segment.bytes.data(), segment.bytes.size());
}

void Simulator::Impl::StartChecker() {
  if (!checker) {
    checker.emplace(program, target, extent, order);
    for (const Segment& segment : program.segments)
      for (size_t core = 0; core < Copies(segment.address, cores.size()); ++core)
        checker->HostWrites(core, segment.address, segment.bytes.size());
  }
  checker->StartFrame();
}

void Simulator::Impl::WriteInput(const IoTensor& t, const std::vector<int8_t>& values) {
  const int8_t* from = values.data();
  for (int64_t y = 0; y < t.height; ++y) {
    Address row = t.address;
    row.offset += static_cast<uint64_t>(y * t.row_stride);
    // Padding channels are zero: a packed kernel row reads them (their weights are zero too).
    std::memset(memory.At(0, row), 0, static_cast<size_t>(t.width * t.pixel_stride));
    for (int64_t x = 0; x < t.width; ++x, from += t.channels)
      std::memcpy(memory.At(0, row) + x * t.pixel_stride, from, static_cast<size_t>(t.channels));
    if (checker) checker->HostWrites(0, row, static_cast<uint64_t>(t.width * t.pixel_stride));
  }
}

Result<std::vector<int8_t>> Simulator::Impl::ReadOutput(const IoTensor& t) {
  std::vector<int8_t> values(static_cast<size_t>(t.height * t.width * t.channels));
  int8_t* to = values.data();
  for (int64_t y = 0; y < t.height; ++y) {
    for (int64_t x = 0; x < t.width; ++x, to += t.channels) {
      Address pixel = t.address;
      pixel.offset += static_cast<uint64_t>(y * t.row_stride + x * t.pixel_stride);
      std::memcpy(to, memory.At(0, pixel), static_cast<size_t>(t.channels));
      if (checker) IMCC_TRY(checker->HostReads(pixel, static_cast<uint64_t>(t.channels), t.name));
    }
  }
  return values;
}

Status Simulator::Impl::RunTask(size_t core, size_t index, const FunctionalOptions& options) {
  const Task& task = program.cores[core][index];
  if (options.check) IMCC_TRY(checker->Check(core, index, task));
  Status status = cores[core].Execute(task, options.kernels);
  if (status.ok()) return status;
  Error error = status.error();
  error.subject = fmt::format("core {} task {} ({})", core, index, Disassemble(task));
  return error;
}

Status Simulator::Impl::RunTasks(const FunctionalOptions& options) {
  // A single list is a legal order of its own tasks: HappensBefore has checked every wait.
  if (!options.random_order && program.cores.size() == 1) {
    for (size_t i = 0; i < program.cores[0].size(); ++i) IMCC_TRY(RunTask(0, i, options));
    return {};
  }
  Queues queues(program);
  std::mt19937_64 random(options.random_order.value_or(0));
  while (!queues.done()) {
    const auto next = queues.Pick(options.random_order ? &random : nullptr);
    if (!next)
      return Error{.code = ErrorCode::kSimulation,
                   .subject = "frame",
                   .message = "every engine waits: the program is deadlocked"};
    IMCC_TRY(RunTask(next->first, next->second, options));
    queues.Finish(next->first, next->second);
  }
  return {};
}

Simulator::Simulator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Simulator::Simulator(Simulator&&) noexcept = default;
Simulator& Simulator::operator=(Simulator&&) noexcept = default;
Simulator::~Simulator() = default;

const Program& Simulator::program() const { return impl_->program; }

Result<Simulator> Simulator::Load(const std::string& elf_bytes) {
  IMCC_ASSIGN(Program program, ReadElf(elf_bytes));
  IMCC_ASSIGN(Target target, ParseEmbeddedTarget(program.target_yaml));
  if (program.cores.empty() || static_cast<int64_t>(program.cores.size()) > target.cores)
    return Error{.code = ErrorCode::kFormat,
                 .subject = "ELF",
                 .message = fmt::format("has task lists for {} cores of {}", program.cores.size(),
                                        target.cores)};
  for (const std::vector<Task>& tasks : program.cores)
    for (size_t i = 0; i < tasks.size(); ++i) {
      const Status limits = CheckArrayLimits(tasks[i], target);
      if (limits.ok()) continue;
      Error error = limits.error();
      error.subject = fmt::format("task {} ({})", i, Disassemble(tasks[i]));
      return error;
    }
  IMCC_ASSIGN(HappensBefore order, HappensBefore::Analyse(program));
  IMCC_ASSIGN(const MemoryExtent extent, MeasureExtent(program, target));
  return Simulator(
      std::make_unique<Impl>(std::move(program), std::move(target), std::move(order), extent));
}

Result<std::vector<std::vector<int8_t>>> Simulator::RunFrame(
    const std::vector<std::vector<int8_t>>& inputs, const FunctionalOptions& options) {
  const Program& program = impl_->program;
  if (inputs.size() != program.inputs.size())
    return WrongInput(fmt::format("{} tensors given, and the network has {}", inputs.size(),
                                  program.inputs.size()));
  if (options.check) impl_->StartChecker();
  for (size_t i = 0; i < inputs.size(); ++i) {
    const IoTensor& tensor = program.inputs[i];
    const int64_t expected = tensor.height * tensor.width * tensor.channels;
    if (static_cast<int64_t>(inputs[i].size()) != expected)
      return WrongInput(fmt::format("'{}' has {} values, and {} were given", tensor.name, expected,
                                    inputs[i].size()));
    impl_->WriteInput(tensor, inputs[i]);
  }
  IMCC_TRY(impl_->RunTasks(options));
  std::vector<std::vector<int8_t>> outputs;
  for (const IoTensor& tensor : program.outputs) {
    IMCC_ASSIGN(std::vector<int8_t> values, impl_->ReadOutput(tensor));
    outputs.push_back(std::move(values));
  }
  return outputs;
}

}  // namespace imcc
