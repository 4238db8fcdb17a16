// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/sample_report.h"

namespace imcc::testing {
namespace {

std::vector<LayerReport> Layers() {
  LayerReport conv{.name = "features/conv1",
                   .op = "Conv 3x3 s2",
                   .shape = "16x16x64",
                   .engine = "imc",
                   .macs = Macs(442368),
                   .mvms = Mvms(256),
                   .weight_bytes = Bytes(12288),
                   .effective_utilisation = 0.0066,
                   .occupancy = 0.047,
                   .predicted_cycles = Cycles(2048),
                   .cycles = Cycles(3072),
                   .bound_by = "mvm",
                   .ddr_bytes = Bytes(12288),
                   .l2_bytes = Bytes(20480),
                   .tiles = 2};
  LayerReport add{.name = "add<1>",
                  .op = "Add",
                  .shape = "16x16x64",
                  .engine = "vector",
                  .predicted_cycles = Cycles(256),
                  .cycles = Cycles(1024),
                  .bound_by = "latency",
                  .l2_bytes = Bytes(49152)};
  return {conv, add};
}

/// Two tensors: one in half of L1, one in L2.
MemoryTimeline Memory() {
  Program program;
  program.layers.resize(2);
  program.memory = {.l1 = Bytes(1024),
                    .l2 = Bytes(8192),
                    .ddr = Bytes(1 << 20),
                    .blocks = {{"conv<1>.out", {Region::kL1, 0}, Bytes(256), {0, 2}},
                               {"add.in", {Region::kL1, 256}, Bytes(256), {1, 2}},
                               {"sum.out", {Region::kL2, 64}, Bytes(4096), {1, 2}}}};
  return SummarizeMemory(program);
}

}  // namespace

QuantizationReport SampleQuantization() {
  std::vector<int64_t> histogram(kHistogramBins + 2 * kHistogramMargin);
  histogram[kHistogramMargin] = 1000;
  histogram[kHistogramMargin + kHistogramBins] = 3;
  return {.samples = 16,
          .tensors = {{.op = "input",
                       .tensor = "image",
                       .scale = 0.0078125F,
                       .range = {-1, 0.9921875F},
                       .seen = {-1, 1},
                       .rounded_db = 41.75,
                       .isolated_db = 41.75,
                       .accumulated_db = 41.75,
                       .histogram = histogram},
                      {.layer = "features/conv<1>",
                       .op = "Conv",
                       .tensor = "relu1",
                       .scales = 16,
                       .scale = 0.5F,
                       .zero_point = -128,
                       .range = {0, 6},
                       .seen = {0, 7.5F},
                       .clipped_share = 0.0025,
                       .rounded_db = 31.25,
                       .isolated_db = 28.5,
                       .accumulated_db = 20.25,
                       .histogram = histogram,
                       .suggestion = "try something <else>"},
                      {.layer = "flatten", .op = "Flatten", .tensor = "flat"}},
          .worst = {1, 0}};
}

Report SampleReport() {
  Report report;
  report.network = "tiny";
  report.model = "tiny-model";
  report.target = "quad512";
  report.imcc_version = "9.9.9";
  report.options = {{"elf_in_ddr", "true"}, {"tiling_depth", "1"}};
  report.macs = Macs(442368);
  report.mvms = Mvms(256);
  report.weight_bytes = Bytes(12288);
  report.cycles = Cycles(4096);
  report.clock_hz = 800e6;
  report.frame_seconds = 50e-6;
  report.latency_seconds = 60e-6;
  report.frames_per_second = 20000;
  report.lower_bound_cycles = Cycles(2048);
  report.efficiency = 0.5;
  report.effective_utilisation = 0.0066;
  report.occupancy = 0.047;
  report.ddr_bytes = Bytes(13312);
  report.l2_bytes = Bytes(69632);
  report.planned_ddr_bytes = Bytes(13312);
  report.planned_l2_bytes = Bytes(69632);
  report.ddr_lower_bound = Bytes(12000);
  report.elf_bytes = Bytes(20000);
  report.tasklist_bytes = Bytes(1024);
  report.device_mac_share = 0.975;
  report.compile_seconds = {{"import-onnx", 0.5}, {"fold", 0.25}, {"fold", 0.25}};
  report.bounds = {
      .mvm = Cycles(2048), .vector = Cycles(512), .l2 = Cycles(1000), .ddr = Cycles(300)};
  report.memories = {{"L1", Bytes(3670016), Bytes(1835008)}, {"DDR", Bytes(1 << 30), Bytes(0)}};
  report.layers = Layers();
  report.memory = Memory();
  report.groups = {{.first_layer = 0,
                    .layers = 2,
                    .stripes = 8,
                    .rows = 2,
                    .line_bytes = Bytes(6144),
                    .recompute = 1,
                    .saved_bytes = Bytes(32768),
                    .predicted_cycles = Cycles(3900),
                    .cycles = Cycles(4000)}};
  report.engines = {{"mvm", Cycles(2048), Cycles(1024), Cycles(512), Cycles(512), 2},
                    {"vector", Cycles(768), Cycles(3328), Cycles(0), Cycles(0), 3}};
  report.links = {{"ddr", Bytes(13312), Cycles(300)}};
  report.host_link_bytes = Bytes(30000);
  report.parts = {{.file = "model.elf",
                   .on_device = true,
                   .nodes = 2,
                   .macs = Macs(442368),
                   .cycles = Cycles(4096),
                   .frame_seconds = 50e-6,
                   .host_link_bytes = Bytes(30000)},
                  {.file = "epilogue.onnx", .nodes = 1, .macs = Macs(11343)}};
  report.host_nodes = {{.node = "softmax",
                        .op = "Softmax",
                        .reason = "no unit for it",
                        .part = 1,
                        .macs = Macs(11343),
                        .mac_share = 0.025,
                        .crossing = Bytes(16384)}};
  report.quantization = SampleQuantization();
  report.notes = {{Note::Severity::kWarning, "calibration", "only 3 samples"},
                  {Note::Severity::kNote, "", "nothing else"}};
  return report;
}

}  // namespace imcc::testing
