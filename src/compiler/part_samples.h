// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "partition/partition.h"
#include "quantize/quantize.h"
#include "reference/float_executor.h"

namespace imcc {

/// Calibration samples of every device part: what the parts before it make, in float, of the
/// network's samples. Device parts are calibrated in their order; what one made of a sample is kept
/// if a later one depends on it, so that no part runs more often than it has to. Different samples
/// may be asked for by different threads at once.
class PartSamples {
 public:
  /// All three must outlive this.
  PartSamples(const Graph& network, const Partition& partition, const SampleSource& source,
              int64_t samples);

  /// The inputs of a device part.
  SampleSource Of(size_t part);

  /// What a device part made of a sample. Without this it runs again where it is needed.
  void Keep(size_t part, int64_t sample, std::vector<FloatValues> outputs);

 private:
  using Values = std::map<std::string, FloatValues>;  // Stored order, by tensor name.
  /// How far a sample has come: the values that later parts read, and the first part to run.
  struct Progress {
    bool started = false;
    size_t next = 0;
    Values values;
  };

  Result<std::vector<FloatValues>> Run(size_t part, int64_t sample);
  static Status RunPart(const Graph& graph, Values& values);
  bool IsReadFrom(const std::string& name, size_t part) const;
  void KeepProgress(size_t next, int64_t sample, Values values);

  const Graph& network_;
  const Partition& partition_;
  const SampleSource& source_;
  size_t last_device_ = 0;
  std::map<std::string, size_t> last_reader_;  // Part up to the last device part, by tensor.
  std::vector<Progress> progress_;             // By sample.
};

}  // namespace imcc
