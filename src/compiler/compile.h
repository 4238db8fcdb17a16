// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/network.h"
#include "explain/explain.h"
#include "ir/quantized_graph.h"
#include "partition/partition.h"
#include "pass/pass_runner.h"
#include "program/program.h"
#include "quantize/quantize.h"
#include "report/report.h"
#include "sim/simulator.h"
#include "target/target.h"

/// The road: a Network and a Target in, everything the output folder holds out.
namespace imcc {

struct CompileRequest {
  Network network;
  Target target;
  PassOptions passes;
  std::map<std::string, std::vector<int64_t>> input_shapes;  // --input-shape
  int64_t calibration_limit = 200;                           // Samples used at most.
  bool random_calibration = false;  // No data: random inputs, with a loud warning.
  int threads = 0;                  // 0 = all cores. Never changes an output byte.
  bool no_host_fallback = false;    // An operator the device cannot run is an error.
  int64_t explain_samples = 0;      // Calibration samples to explain quantisation on; 0 = do not.
  bool timings = false;             // Wall-clock times in report.json: it then differs each run.
  std::function<void(const std::string& stage, int64_t done, int64_t of)> progress;
};

/// The network after the front half of the road.
struct QuantizedNetwork {
  Partition partition;                    // Float: host and device in turn.
  Graph float_graph;                      // The whole simplified network.
  std::vector<QuantizedGraph> quantized;  // The device parts, in their order.
  std::optional<QuantizationReport> explanation;
  std::vector<Note> notes;
  std::set<std::string> int8_io;  // Inputs and outputs that frames hold as int8.
  std::string float_kernels;      // What calibrated; empty if nothing did.
};

/// Import, simplify, partition, calibrate, quantise.
Result<QuantizedNetwork> QuantizeNetwork(const CompileRequest& request, PassRunner& runner);

/// The program of one device part and what is known about it.
struct CompiledProgram {
  Program program;
  std::string elf;
  FrameTiming timing;
  Report report;
};

/// Map, tile, place, schedule, encode, simulate timing. No calibration in it.
Result<CompiledProgram> CompileQuantized(const QuantizedGraph& quantized,
                                         const CompileRequest& request, PassRunner& runner);

struct Compilation {
  QuantizedNetwork network;
  std::vector<CompiledProgram> programs;  // Of the device parts, in their order.
  Report report;                          // Of the whole network.
};

/// The whole road.
Result<Compilation> Compile(const CompileRequest& request);

/// As standard ONNX: the device part alone where there is one; else the whole network, QDQ where it
/// runs on the device and float where it does not.
Result<std::string> QuantizedOnnx(const QuantizedNetwork& network);

/// An error if <out>/<network>/<model>/ cannot be replaced, because of files in it that imcc did
/// not write, or that this compilation reads. Worth asking before the work.
Status CheckOutput(const CompileRequest& request, const std::string& out_dir);

/// Opens a folder as its users will.
using OpenOutput = std::function<Status(const std::string& folder)>;

/// Writes <out>/<network>/<model>/ (model.json, manifest.json, model.elf, quantized.onnx, ...).
/// Everything goes to a temporary sibling first, is opened there (`open` may be empty) and renamed
/// into place, so that an error leaves no partial folder. Returns the path of model.json.
Result<std::string> WriteOutput(const Compilation& compilation, const CompileRequest& request,
                                const std::string& out_dir, const OpenOutput& open = {});

}  // namespace imcc
