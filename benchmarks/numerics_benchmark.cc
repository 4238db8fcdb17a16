// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Speed of the integer kernels on one thread. items_per_second = multiply-accumulates (GemmInt8,
// MultiplyAccumulateRow) or requantised values (RequantizeRow) a second.
#include <benchmark/benchmark.h>

#include <vector>

#include "numerics/int8_kernels.h"

namespace imcc {
namespace {

std::vector<int8_t> Bytes(int64_t count) {
  std::vector<int8_t> bytes(static_cast<size_t>(count));
  uint32_t state = 1;
  for (int8_t& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<int8_t>(state >> 24U);
  }
  return bytes;
}

bool Runs(benchmark::State& state, KernelSet set) {
  if (set <= BestKernelSet()) return true;
  state.SkipWithError("this CPU lacks the instructions");
  return false;
}

void Gemm(benchmark::State& state, KernelSet set) {
  if (!Runs(state, set)) return;
  const int64_t m = state.range(0);
  const int64_t n = state.range(1);
  const int64_t k = state.range(2);
  const std::vector<int8_t> a = Bytes(m * k);
  const std::vector<int8_t> b = Bytes(n * k);
  std::vector<int32_t> c(static_cast<size_t>(m * n));
  for (auto unused : state) {
    (void)unused;
    GemmInt8({.m = m,
              .n = n,
              .k = k,
              .a = a.data(),
              .lda = k,
              .b = b.data(),
              .ldb = k,
              .c = c.data(),
              .ldc = n},
             set);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * m * n * k);
}

void Requantise(benchmark::State& state, KernelSet set) {
  if (!Runs(state, set)) return;
  const int64_t n = state.range(0);
  const std::vector<int32_t> acc(static_cast<size_t>(n), 12345);
  const std::vector<int32_t> bias(static_cast<size_t>(n), -77);
  const std::vector<uint32_t> requantizers(static_cast<size_t>(n), Pack(MakeRequantizer(0.0037F)));
  std::vector<int8_t> out(static_cast<size_t>(n));
  for (auto unused : state) {
    (void)unused;
    RequantizeRow(acc.data(), bias.data(), requantizers.data(), n, 3, {}, out.data(), set);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * n);
}

void MultiplyAccumulate(benchmark::State& state, KernelSet set) {
  if (!Runs(state, set)) return;
  const int64_t n = state.range(0);
  const std::vector<int8_t> x = Bytes(n);
  const std::vector<int8_t> w = Bytes(n);
  std::vector<int32_t> acc(static_cast<size_t>(n));
  for (auto unused : state) {
    (void)unused;
    MultiplyAccumulateRow(x.data(), w.data(), n, acc.data(), set);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * n);
}

void Shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Args({1024, 512, 512})
      ->Args({3136, 64, 576})
      ->Args({49, 512, 512})
      ->Args({12544, 16, 32});
}

BENCHMARK_CAPTURE(Gemm, scalar, KernelSet::kScalar)->Args({64, 64, 512});
BENCHMARK_CAPTURE(Gemm, avx2, KernelSet::kAvx2)->Apply(Shapes);
BENCHMARK_CAPTURE(Gemm, vnni, KernelSet::kAvx512Vnni)->Apply(Shapes);
BENCHMARK_CAPTURE(Requantise, scalar, KernelSet::kScalar)->Arg(512);
BENCHMARK_CAPTURE(Requantise, avx2, KernelSet::kAvx2)->Arg(32)->Arg(512);
BENCHMARK_CAPTURE(MultiplyAccumulate, scalar, KernelSet::kScalar)->Arg(512);
BENCHMARK_CAPTURE(MultiplyAccumulate, avx2, KernelSet::kAvx2)->Arg(32)->Arg(512);

}  // namespace
}  // namespace imcc
