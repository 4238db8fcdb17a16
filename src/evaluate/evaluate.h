// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "compiler/compile.h"
#include "images/images.h"

/// In: a compilation and labelled samples. Out: accuracy of the float graph, the quantised graph
/// and the device, side by side.
namespace imcc {

struct EvaluationOptions {
  int64_t skip = 0;    // Leave out the first samples, e.g. those that calibrated.
  int64_t limit = -1;  // At most this many; -1 = all.
  int threads = 0;     // Samples at once; 0 = all cores. Never changes a figure.
  std::function<void(int64_t done, int64_t of)> progress;  // May be empty.
};

/// The part of `total` samples that the options ask for.
Interval<int64_t> EvaluatedSamples(int64_t total, const EvaluationOptions& options);

/// Share of the samples of which something holds.
struct SampleShare {
  double share = 0;
  Interval<double> interval;  // 95 % confidence (Wilson).
};

struct Accuracy {
  SampleShare top1;  // The label has the largest score.
  SampleShare top5;  // The label is among the five largest.
};

/// Device against float over all samples.
struct OutputSimilarity {
  std::string name;
  double cosine = 0;
  std::optional<double> snr_db;  // Nothing where there is no difference at all.
  /// Mean over the samples of each one's own ratio, without samples that do not differ.
  std::optional<double> mean_snr_db;
  double largest_error = 0;
};

struct ClassifierFigures {
  Accuracy reference;     // Float graph.
  Accuracy quantized;     // Integer reference executor.
  Accuracy device;        // The ELF on the simulator.
  SampleShare agreement;  // Float and device predict the same class.
};

struct Evaluation {
  int64_t n = 0;
  std::optional<ClassifierFigures> classifier;  // Only where samples have labels.
  std::vector<OutputSimilarity> outputs;
  /// Frames in which any device output differs in any bit from the integer reference executor.
  int64_t mismatching_frames = 0;
};

/// The validation samples. A network without classes needs no labels: its val_data may also be
/// anything that calibrates (a folder of images, a plain list, .npy).
Result<std::vector<SampleRef>> ListEvaluationSamples(const Network& network);

/// Runs every sample three ways. The ELF is loaded anew, as a user would.
Result<Evaluation> Evaluate(const Compilation& compilation, const Network& network,
                            const EvaluationOptions& options);

}  // namespace imcc
