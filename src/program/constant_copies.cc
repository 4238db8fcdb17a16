// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/constant_copies.h"

#include <algorithm>

namespace imcc {
namespace {

/// Weights move in long runs; a copy of more pieces than this moves activations, or is hostile.
constexpr int64_t kMaxRuns = int64_t{1} << 16;

}  // namespace

ConstantCopies::ConstantCopies(const Program& program) {
  for (const Segment& segment : program.segments)
    if (!segment.bytes.empty())
      runs_[{segment.address.region, segment.address.offset}] = {
          segment.bytes.size(), segment.address, segment.bytes.data()};
}

ConstantCopies::Runs::const_iterator ConstantCopies::FirstIn(Address address) const {
  auto it = runs_.upper_bound({address.region, address.offset});
  if (it != runs_.begin()) {
    const auto before = std::prev(it);
    if (before->first.first == address.region &&
        before->first.second + before->second.size > address.offset)
      it = before;
  }
  return it;
}

std::vector<std::pair<ConstantCopies::Key, ConstantCopies::Run>> ConstantCopies::Within(
    Address address, uint64_t size) const {
  const uint64_t end = address.offset + size;
  std::vector<std::pair<Key, Run>> parts;
  for (auto it = FirstIn(address); it != runs_.end(); ++it) {
    if (it->first.first != address.region || it->first.second >= end) break;
    const uint64_t begin = std::max(it->first.second, address.offset);
    const uint64_t skipped = begin - it->first.second;
    parts.push_back({{address.region, begin},
                     {std::min(it->first.second + it->second.size, end) - begin,
                      Plus(it->second.home, skipped), it->second.bytes + skipped}});
  }
  return parts;
}

void ConstantCopies::Erase(Address address, uint64_t size) {
  const uint64_t end = address.offset + size;
  for (auto it = FirstIn(address);
       it != runs_.end() && it->first.first == address.region && it->first.second < end;) {
    const auto [key, run] = *it;
    it = runs_.erase(it);
    const uint64_t run_end = key.second + run.size;
    if (key.second < address.offset)
      runs_[key] = {address.offset - key.second, run.home, run.bytes};
    if (run_end > end) {
      const uint64_t skipped = end - key.second;
      runs_[{key.first, end}] = {run_end - end, Plus(run.home, skipped), run.bytes + skipped};
    }
  }
}

void ConstantCopies::CopyRun(Address source, Address destination, uint64_t size) {
  const auto parts = Within(source, size);
  Erase(destination, size);
  for (const auto& [key, run] : parts)
    runs_[{destination.region, destination.offset + (key.second - source.offset)}] = run;
}

void ConstantCopies::Apply(const DmaTask& copy) {
  if (int64_t{copy.count0} * copy.count1 > kMaxRuns) return;
  // Only activations are copied backwards.
  if (copy.source_stride0 < 0 || copy.source_stride1 < 0) return;
  const int64_t extent = int64_t{copy.source_stride0} * (copy.count0 - 1) +
                         int64_t{copy.source_stride1} * (copy.count1 - 1) + copy.run;
  const auto first = FirstIn(copy.source);
  const bool constant = first != runs_.end() && first->first.first == copy.source.region &&
                        first->first.second < Plus(copy.source, extent).offset;
  if (!constant) return;
  for (int64_t i1 = 0; i1 < copy.count1; ++i1)
    for (int64_t i0 = 0; i0 < copy.count0; ++i0)
      CopyRun(Plus(copy.source, i1 * copy.source_stride1 + i0 * copy.source_stride0),
              Plus(copy.destination, i1 * copy.destination_stride1 + i0 * copy.destination_stride0),
              copy.run);
}

std::optional<Address> ConstantCopies::HomeOf(Address address) const {
  const auto parts = Within(address, 1);
  if (parts.empty()) return std::nullopt;
  return parts.front().second.home;
}

std::vector<uint8_t> ConstantCopies::Read(Address address, size_t size) const {
  std::vector<uint8_t> bytes(size);
  for (const auto& [key, run] : Within(address, size))
    std::copy_n(run.bytes, run.size,
                bytes.begin() + static_cast<std::ptrdiff_t>(key.second - address.offset));
  return bytes;
}

}  // namespace imcc
