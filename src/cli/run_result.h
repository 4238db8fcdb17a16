// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runtime/session.h"

namespace imcc {

/// One output over all frames.
struct OutputDigest {
  std::string name;
  Shape shape;
  bool is_int8 = false;                   // Else float32.
  std::vector<std::string> frame_hashes;  // MD5 of the values, little-endian, NCHW.
};

/// What `imcc run` found out.
struct RunResult {
  std::vector<OutputDigest> outputs;         // Of the network.
  std::vector<OutputDigest> device_outputs;  // int8 as the device left them, stored order.
  std::vector<double> host_seconds;          // Wall clock of each frame on this machine.
  std::vector<std::vector<int64_t>> top;     // Best classes of each frame, where it classifies.
  FrameTiming timing;
  double clock_hz = 0;
};

/// The figures as a person reads them, and as JSON (docs/cli.md).
std::string RunText(const RunResult& result, const Session& session, int columns);
std::string RunJson(const RunResult& result, const Session& session);

/// One hash for a list of frames: of their hashes, in order; that of a single frame is its own.
std::string CombinedHash(const std::vector<std::string>& hashes);

}  // namespace imcc
