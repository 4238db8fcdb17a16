// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "explain/quantization_report.h"
#include "program/array_picture.h"
#include "program/memory_timeline.h"

/// In: the figures of one compilation. Out: the table on the terminal, report.json, report.html.
namespace imcc {

/// Version of this build of imcc, "0.1.0".
std::string ImccVersion();

/// One row of the layer table.
struct LayerReport {
  size_t part = 0;  // Of Report::parts.
  std::string name;
  std::string op;      // "Conv 3x3 s2", "Add", ...
  std::string shape;   // Output, "56x56x64".
  std::string engine;  // "imc", "depthwise", "vector", "dma".
  Macs macs;
  Mvms mvms;
  Bytes weight_bytes;                // As stored for the device, padding included.
  double effective_utilisation = 0;  // MACs / (array cells * MVMs).
  double occupancy = 0;              // Array cells holding weights / cells of the sets used.
  Cycles predicted_cycles;           // Cost model.
  Cycles cycles;                     // Simulated, share of the frame.
  std::string bound_by;  // "mvm", "weights", "vector", "depthwise", "move", "l2", "ddr", "latency".
  Bytes ddr_bytes;
  Bytes l2_bytes;
  int64_t tiles = 1;
};

/// Layers computed together, stripe by stripe (tiling_depth).
struct GroupReport {
  size_t first_layer = 0;
  int64_t layers = 0;
  int64_t stripes = 0;   // Of the last layer, in all bands.
  int64_t bands = 1;     // Parts that the columns are cut into.
  int64_t rows = 0;      // Of the last layer's output in one stripe.
  Bytes line_bytes;      // L1 for line buffers.
  double recompute = 1;  // Pixels computed / pixels of the tensors.
  Bytes saved_bytes;     // Read and written in L1 alone: tensors that only the group touches.
  Cycles predicted_cycles;
  Cycles cycles;  // Simulated, share of the frame.
};

/// Lower bounds of DESIGN 6, cycles.
struct Bounds {
  Cycles mvm, weight_load, vector, depthwise, l2, ddr;
  std::pair<std::string, Cycles> largest() const;
};

struct MemoryReport {
  std::string level;  // "L1", "L2", "DDR"
  Bytes capacity;     // Usable after reservations and constraints.
  Bytes peak;
};

struct EngineReport {
  std::string name;
  Cycles busy, waiting, fetching, empty;
  int64_t tasks = 0;
};

struct LinkReport {
  std::string name;
  Bytes bytes;
  Cycles busy;
};

/// A run of the network on one side; they take turns.
struct PartReport {
  std::string file;  // "model.elf", "host1.onnx", ...
  bool on_device = false;
  int64_t nodes = 0;
  Macs macs;
  // Of device parts only; what the host takes for its own is not simulated.
  Cycles cycles;
  double frame_seconds = 0;  // Launch and cycles.
  Bytes host_link_bytes;     // Inputs and outputs.
  Bytes reload_bytes;        // Resident bytes that the parts before overwrote.
};

struct HostNodeReport {
  std::string node, op, reason;
  size_t part = 0;  // Of Report::parts.
  Macs macs;
  double mac_share = 0;  // Of the network's.
  Bytes crossing;        // Over the host link because of it.
};

struct Report {
  static constexpr int kVersion = 1;
  std::string network, model, target;
  std::string imcc_version = ImccVersion();
  std::map<std::string, std::string> options;  // Effective.
  Macs macs;
  Mvms mvms;
  Bytes weight_bytes;
  Cycles cycles;
  double clock_hz = 0;
  double frame_seconds = 0;
  double latency_seconds = 0;
  double frames_per_second = 0;
  Cycles lower_bound_cycles;
  double efficiency = 0;  // lower bound / simulated.
  double effective_utilisation = 0;
  double occupancy = 0;
  int64_t set_cells = 0;      // What occupancy is a share of.
  Bytes ddr_bytes, l2_bytes;  // A frame, counted by the simulator.
  Bytes planned_ddr_bytes, planned_l2_bytes;
  /// No paging of these tensors and weights moves fewer; with page_memory.
  std::optional<Bytes> ddr_lower_bound;
  Bytes intermediate_bytes;  // Of these, tensors inside the network going in and out of L1.
  Bytes elf_bytes, tasklist_bytes;
  int64_t launches = 1;  // A frame.
  Bytes host_link_bytes;
  Bytes reload_bytes;  // Of all parts; their time is in the frame's.
  double reload_seconds = 0;
  double device_mac_share = 1;
  std::vector<std::pair<std::string, double>> compile_seconds;  // By pass, in order.
  Bounds bounds;
  std::vector<MemoryReport> memories;
  MemoryTimeline memory;  // Over time; report.html alone.
  std::vector<LayerReport> layers;
  std::vector<GroupReport> groups;   // Depth-first groups, in execution order.
  std::vector<ArrayPicture> arrays;  // Of the layers that use the array; report.html alone.
  std::vector<EngineReport> engines;
  std::vector<LinkReport> links;
  std::vector<PartReport> parts;
  std::vector<HostNodeReport> host_nodes;
  std::optional<QuantizationReport> quantization;  // If it was asked for.
  std::vector<Note> notes;

  /// Host and device alternate in the middle of the network, so that layers belong to parts.
  bool has_several_device_parts() const { return launches > 1; }
};

/// The table per layer and the summary, for a terminal `columns` wide.
std::string RenderText(const Report& report, int columns = 120);
/// The stable, versioned contract documented in docs/report.md. Ends with a newline.
std::string RenderJson(const Report& report);
/// One self-contained file: no network access, no external scripts.
std::string RenderHtml(const Report& report);

}  // namespace imcc
