// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/chrome_trace.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "cli/engine_names.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;

/// Names a process or thread of the viewer.
Json NameEvent(const char* what, size_t core, size_t engine, const std::string& name) {
  return {{"ph", "M"}, {"name", what}, {"pid", core}, {"tid", engine}, {"args", {{"name", name}}}};
}

Json TaskEvent(const Program& program, const TaskSpan& span, Cycles program_start,
               double microseconds_per_cycle) {
  const auto core = static_cast<size_t>(span.core);
  const auto index = static_cast<size_t>(span.index);
  IMCC_CHECK(core < program.cores.size() && index < program.cores[core].size(),
             "a traced task that is not in the program");
  const Task& task = program.cores[core][index];
  const bool known = task.layer < program.layers.size();
  return {
      {"ph", "X"},
      {"name", known ? program.layers[task.layer].name : "task"},
      {"cat", kEngineNames.at(static_cast<size_t>(task.engine))},
      {"pid", core},
      {"tid", static_cast<size_t>(task.engine)},
      {"ts", static_cast<double>((program_start + span.start).count()) * microseconds_per_cycle},
      {"dur", static_cast<double>((span.end - span.start).count()) * microseconds_per_cycle},
      {"args", {{"task", Disassemble(task)}, {"index", index}}}};
}

}  // namespace

std::string ChromeTrace(const std::vector<const Program*>& programs,
                        const std::vector<FrameTiming>& timings, double clock_hz) {
  Json events = Json::array();
  size_t cores = 0;
  for (const Program* program : programs) cores = std::max(cores, program->cores.size());
  for (size_t core = 0; core < cores; ++core) {
    events.push_back(NameEvent("process_name", core, 0, "core " + std::to_string(core)));
    for (size_t e = 0; e < kEngines; ++e)
      events.push_back(NameEvent("thread_name", core, e, kEngineNames.at(e)));
  }
  Cycles start;
  for (size_t i = 0; i < timings.size(); ++i) {
    for (const TaskSpan& span : timings[i].trace)
      events.push_back(TaskEvent(*programs[i], span, start, 1e6 / clock_hz));
    start += timings[i].cycles;
  }
  const Json json = {{"displayTimeUnit", "ns"}, {"traceEvents", std::move(events)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace imcc
