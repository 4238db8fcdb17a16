// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/compile.h"

#include <algorithm>

#include "compiler/assemble_program.h"
#include "compiler/build_report.h"
#include "compiler/choose_replication_for_paging.h"
#include "compiler/join_reports.h"
#include "compiler/keep_groups_that_pay.h"
#include "compiler/plan_memory_that_pays.h"
#include "mapping/mapping.h"
#include "mapping/pick_by_moving.h"
#include "mapping/transpose_on_array.h"
#include "memory/memory.h"
#include "schedule/schedule.h"
#include "tiling/tiling.h"

namespace imcc {

namespace {

/// By pass, in order; a pass that several device parts went through is listed once.
void AddCompileSeconds(const PassRunner& runner, bool several_parts, Report& report) {
  for (const PassTiming& timing : runner.timings()) {
    const double seconds = timing.seconds + timing.verify_seconds;
    const auto same = std::find_if(report.compile_seconds.begin(), report.compile_seconds.end(),
                                   [&](const auto& entry) { return entry.first == timing.name; });
    if (several_parts && same != report.compile_seconds.end())
      same->second += seconds;
    else
      report.compile_seconds.emplace_back(timing.name, seconds);
  }
}

}  // namespace

Result<CompiledProgram> CompileQuantized(const QuantizedGraph& quantized,
                                         const CompileRequest& request, PassRunner& runner) {
  const Target& target = request.target;
  const CompilationOptions& options = request.network.options;
  QuantizedGraph graph = quantized;
  MappingChoices choices;
  MappedNetwork mapped;
  TilePlan tiles;
  MemoryPlan memory;
  Schedule schedule;
  CompiledProgram result;

  // Channels that a transpose or reshape alone reads are picked by the same move.
  IMCC_TRY(runner.Run({.name = "pick-by-moving",
                       .can_disable = true,
                       .run = [&]() -> Status {
                         graph = PickByMoving(std::move(graph), target, options);
                         return {};
                       },
                       .verify = [&] { return Verify(graph); },
                       .dump = [&] { return Dump(graph); }}));
  // Matrices are transposed by the array where copies of single bytes take longer.
  IMCC_TRY(runner.Run({.name = "transpose-on-array",
                       .can_disable = true,
                       .run = [&]() -> Status {
                         graph = TransposeOnArray(std::move(graph), target);
                         return {};
                       },
                       .verify = [&] { return Verify(graph); },
                       .dump = [&] { return Dump(graph); }}));
  choices = PlainChoices(graph, target);
  // In an L1 that is too small for any choice, choosing would take forever.
  IMCC_TRY(CheckTilesFit(LayOutNetwork(graph, choices, target, options), target, options));
  // How many copies of its weights each convolution gets in the array.
  IMCC_TRY(runner.Run({.name = "choose-replication", .can_disable = true, .run = [&]() -> Status {
                         choices = ChooseReplicationForPaging(graph, target, options);
                         return {};
                       }}));
  // Whole-tensor kernels; convolutions cut into weight matrices for the array.
  IMCC_TRY(runner.Run({.name = "map-network",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(mapped, MapNetwork(graph, choices, target, options));
                         return {};
                       },
                       .verify = [&] { return Verify(mapped, graph, choices, target); },
                       .dump = [&] { return Dump(mapped); }}));
  // Boxes of rows and columns that fit L1 twice.
  IMCC_TRY(runner.Run({.name = "plan-tiles",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(tiles, PlanTiles(mapped, target, options));
                         return {};
                       },
                       .verify = [&] { return Verify(tiles, mapped); },
                       .dump = [&] { return Dump(tiles, mapped); }}));
  // Groups of kernels computed depth first, as far as the simulated frame gets shorter.
  IMCC_TRY(runner.Run({.name = "keep-groups-that-pay",
                       .can_disable = true,
                       .run = [&]() -> Status {
                         tiles = KeepGroupsThatPay(mapped, std::move(tiles), target, options);
                         return {};
                       },
                       .verify = [&] { return Verify(tiles, mapped); },
                       .dump = [&] { return Dump(tiles, mapped); }}));
  // An address in L1, L2 or DDR for every buffer, page by page where that makes the frame shorter.
  IMCC_TRY(runner.Run({.name = "plan-memory",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(memory, PlanMemoryThatPays(mapped, tiles, target, options));
                         return {};
                       },
                       .verify = [&]() -> Status {
                         Status pages = VerifyPages(memory, mapped);
                         return pages.ok() ? Verify(memory) : std::move(pages);
                       },
                       .dump = [&] { return Dump(memory); }}));
  // Tasks for the engines, ordered only by semaphores.
  IMCC_TRY(
      runner.Run({.name = "schedule-tasks",
                  .run = [&]() -> Status {
                    IMCC_ASSIGN(schedule, ScheduleTasks(mapped, tiles, memory, target, options));
                    IMCC_ASSIGN(result.program,
                                AssembleProgram(graph, mapped, memory, schedule, target, options));
                    return {};
                  },
                  .verify = [&] { return Verify(result.program); },
                  .dump = [&] { return DisassembleProgram(result.program); }}));
  // The file the simulator loads.
  IMCC_TRY(runner.Run({.name = "write-elf", .run = [&]() -> Status {
                         IMCC_ASSIGN(result.elf, WriteElf(result.program));
                         return {};
                       }}));
  // One frame, in cycles.
  IMCC_TRY(runner.Run({.name = "simulate-timing", .run = [&]() -> Status {
                         IMCC_ASSIGN(result.timing, SimulateTiming(result.program));
                         return {};
                       }}));
  result.report = BuildReport({.network = request.network,
                               .target = target,
                               .mapped = mapped,
                               .tiles = tiles,
                               .memory = memory,
                               .schedule = schedule,
                               .program = result.program,
                               .timing = result.timing,
                               .elf_bytes = Bytes(static_cast<int64_t>(result.elf.size()))});
  return result;
}

Result<Compilation> Compile(const CompileRequest& request) {
  IMCC_TRY(CheckOptions(request.network.options));
  PassOptions passes = request.passes;
  if (!passes.on_start && request.progress)
    passes.on_start = [&](const std::string& name) { request.progress(name, 0, 0); };
  PassRunner runner(std::move(passes));
  Compilation result;
  IMCC_ASSIGN(result.network, QuantizeNetwork(request, runner));
  for (const QuantizedGraph& graph : result.network.quantized) {
    IMCC_ASSIGN(CompiledProgram program, CompileQuantized(graph, request, runner));
    result.programs.push_back(std::move(program));
  }
  IMCC_TRY(runner.CheckNames());
  result.report = JoinReports(result.network, result.programs, request);
  Report& report = result.report;
  report.notes = result.network.notes;
  report.quantization = result.network.explanation;
  for (Note& note : ShallowOptionNotes(request.network.options))
    report.notes.push_back(std::move(note));
  AddCompileSeconds(runner, result.programs.size() > 1, report);
  return result;
}

}  // namespace imcc
