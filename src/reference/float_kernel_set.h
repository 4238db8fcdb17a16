// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace imcc {

/// Which kernels compute the float network in this process.
struct FloatKernelSet {
  std::string name;           // "oneDNN 2.6.3, AVX2"
  bool same_bits_everywhere;  // On every x86-64 CPU from AVX2 on: the set imcc promises bits for.
};

/// oneDNN held to AVX2 for the life of the process, whatever the CPU has above and whatever
/// ONEDNN_MAX_CPU_ISA says: the kernels of each instruction set block their sums differently, and
/// ranges, hence ELFs, would depend on whose machine calibrated. Its AVX2 kernels add the products
/// of an output one after another, whatever the sizes of the caches. To be called before the first
/// primitive; where the process has used oneDNN before, or the CPU lacks AVX2, the set says so.
const FloatKernelSet& FloatKernels();

}  // namespace imcc
