// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "report/quantization_views.h"
#include "report/report.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;

Json LayerJson(const LayerReport& layer) {
  return {{"name", layer.name},
          {"op", layer.op},
          {"part", layer.part},
          {"shape", layer.shape},
          {"engine", layer.engine},
          {"macs", layer.macs.count()},
          {"mvms", layer.mvms.count()},
          {"weight_bytes", layer.weight_bytes.count()},
          {"cycles", layer.cycles.count()},
          {"predicted_cycles", layer.predicted_cycles.count()},
          {"effective_utilisation", layer.effective_utilisation},
          {"occupancy", layer.occupancy},
          {"bound_by", layer.bound_by},
          {"ddr_bytes", layer.ddr_bytes.count()},
          {"l2_bytes", layer.l2_bytes.count()},
          {"tiles", layer.tiles}};
}

Json GroupsJson(const Report& report) {
  Json list = Json::array();
  for (const GroupReport& group : report.groups)
    list.push_back({{"first_layer", group.first_layer},
                    {"layers", group.layers},
                    {"stripes", group.stripes},
                    {"rows", group.rows},
                    {"bands", group.bands},
                    {"line_bytes", group.line_bytes.count()},
                    {"recompute", group.recompute},
                    {"saved_bytes", group.saved_bytes.count()},
                    {"predicted_cycles", group.predicted_cycles.count()},
                    {"cycles", group.cycles.count()}});
  return list;
}

/// A pass that runs more than once has one entry with the sum.
Json SecondsJson(const Report& report) {
  Json seconds = Json::object();
  for (const auto& [pass, value] : report.compile_seconds)
    seconds[pass] = seconds.value(pass, 0.0) + value;
  return seconds;
}

Json PeakJson(const Report& report) {
  Json peak = Json::object();
  for (const MemoryReport& memory : report.memories) peak[memory.level] = memory.peak.count();
  return peak;
}

Json TotalsJson(const Report& report) {
  return {{"macs", report.macs.count()},
          {"mvms", report.mvms.count()},
          {"weight_bytes", report.weight_bytes.count()},
          {"cycles", report.cycles.count()},
          {"frame_seconds", report.frame_seconds},
          {"latency_seconds", report.latency_seconds},
          {"frames_per_second", report.frames_per_second},
          {"lower_bound_cycles", report.lower_bound_cycles.count()},
          {"bound_by", report.bounds.largest().first},
          {"efficiency", report.efficiency},
          {"effective_utilisation", report.effective_utilisation},
          {"occupancy", report.occupancy},
          {"ddr_bytes", report.ddr_bytes.count()},
          {"l2_bytes", report.l2_bytes.count()},
          {"planned_ddr_bytes", report.planned_ddr_bytes.count()},
          {"planned_l2_bytes", report.planned_l2_bytes.count()},
          {"ddr_lower_bound",
           report.ddr_lower_bound ? Json(report.ddr_lower_bound->count()) : Json(nullptr)},
          {"intermediate_bytes", report.intermediate_bytes.count()},
          {"elf_bytes", report.elf_bytes.count()},
          {"tasklist_bytes", report.tasklist_bytes.count()},
          {"launches", report.launches},
          {"host_link_bytes", report.host_link_bytes.count()},
          {"reload_bytes", report.reload_bytes.count()},
          {"reload_seconds", report.reload_seconds},
          {"device_mac_share", report.device_mac_share},
          {"compile_seconds", SecondsJson(report)},
          {"peak", PeakJson(report)}};
}

Json BoundsJson(const Bounds& bounds) {
  return {{"mvm", bounds.mvm.count()},       {"weights", bounds.weight_load.count()},
          {"vector", bounds.vector.count()}, {"depthwise", bounds.depthwise.count()},
          {"l2", bounds.l2.count()},         {"ddr", bounds.ddr.count()}};
}

Json MemoriesJson(const Report& report) {
  Json list = Json::array();
  for (const MemoryReport& memory : report.memories)
    list.push_back({{"level", memory.level},
                    {"capacity", memory.capacity.count()},
                    {"peak", memory.peak.count()}});
  return list;
}

Json EnginesJson(const Report& report) {
  Json list = Json::array();
  for (const EngineReport& engine : report.engines)
    list.push_back({{"name", engine.name},
                    {"busy", engine.busy.count()},
                    {"waiting", engine.waiting.count()},
                    {"fetching", engine.fetching.count()},
                    {"empty", engine.empty.count()},
                    {"tasks", engine.tasks}});
  return list;
}

Json LinksJson(const Report& report) {
  Json list = Json::array();
  for (const LinkReport& link : report.links)
    list.push_back(
        {{"name", link.name}, {"bytes", link.bytes.count()}, {"busy", link.busy.count()}});
  return list;
}

Json PartsJson(const Report& report) {
  Json list = Json::array();
  for (const PartReport& part : report.parts)
    list.push_back({{"file", part.file},
                    {"on", part.on_device ? "device" : "host"},
                    {"nodes", part.nodes},
                    {"macs", part.macs.count()},
                    {"cycles", part.cycles.count()},
                    {"frame_seconds", part.frame_seconds},
                    {"host_link_bytes", part.host_link_bytes.count()},
                    {"reload_bytes", part.reload_bytes.count()}});
  return list;
}

/// Where a host part stands.
const char* SideOf(const Report& report, size_t part) {
  bool before = false;
  bool after = false;
  for (size_t i = 0; i < report.parts.size(); ++i)
    if (report.parts[i].on_device) (i < part ? before : after) = true;
  return before && after ? "between" : before ? "epilogue" : after ? "prologue" : "host";
}

Json HostNodesJson(const Report& report) {
  Json list = Json::array();
  for (const HostNodeReport& node : report.host_nodes)
    list.push_back({{"node", node.node},
                    {"op", node.op},
                    {"reason", node.reason},
                    {"side", SideOf(report, node.part)},
                    {"part", node.part},
                    {"macs", node.macs.count()},
                    {"mac_share", node.mac_share},
                    {"crossing_bytes", node.crossing.count()}});
  return list;
}

Json NotesJson(const Report& report) {
  Json list = Json::array();
  for (const Note& note : report.notes)
    list.push_back({{"severity", note.severity == Note::Severity::kWarning ? "warning" : "note"},
                    {"where", note.where},
                    {"message", note.message}});
  return list;
}

}  // namespace

std::string RenderJson(const Report& report) {
  Json json = {{"version", Report::kVersion},
               {"imcc_version", report.imcc_version},
               {"network", report.network},
               {"model", report.model},
               {"target", report.target},
               {"clock_hz", report.clock_hz},
               {"options", report.options},
               {"totals", TotalsJson(report)},
               {"bounds", BoundsJson(report.bounds)},
               {"memories", MemoriesJson(report)},
               {"engines", EnginesJson(report)},
               {"links", LinksJson(report)}};
  Json layers = Json::array();
  for (const LayerReport& layer : report.layers) layers.push_back(LayerJson(layer));
  json["layers"] = std::move(layers);
  json["groups"] = GroupsJson(report);
  json["parts"] = PartsJson(report);
  json["host_nodes"] = HostNodesJson(report);
  if (report.quantization) json["quantization"] = QuantizationJson(*report.quantization);
  json["notes"] = NotesJson(report);
  // Names come from the model file and need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace imcc
