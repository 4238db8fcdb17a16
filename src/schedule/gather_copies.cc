// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/gather_copies.h"

#include <utility>

namespace imcc {
namespace {

/// Bytes from one address to another.
int64_t Distance(Address from, Address to) {
  return static_cast<int64_t>(to.offset) - static_cast<int64_t>(from.offset);
}

/// Appends a part to `count` of them at even distances; false if it does not stand there.
bool Append(const DmaTask& whole, const DmaTask& part, uint16_t& count, int32_t& source_stride,
            int32_t& destination_stride) {
  const int64_t from = Distance(whole.source, part.source);
  const int64_t to = Distance(whole.destination, part.destination);
  if (count == UINT16_MAX) return false;
  if (count == 1) {
    source_stride = static_cast<int32_t>(from);
    destination_stride = static_cast<int32_t>(to);
  } else if (from != int64_t{source_stride} * count || to != int64_t{destination_stride} * count) {
    return false;
  }
  ++count;
  return true;
}

}  // namespace

void CopyGatherer::Add(Address source, Address destination) {
  if (run_.run > 0 && source == Plus(run_.source, run_.run) &&
      destination == Plus(run_.destination, run_.run)) {
    ++run_.run;
    return;
  }
  AddRun();
  run_ = {.source = source, .destination = destination, .run = 1};
}

void CopyGatherer::AddRun() {
  if (run_.run == 0) return;
  if (plane_.run != run_.run ||
      !Append(plane_, run_, plane_.count0, plane_.source_stride0, plane_.destination_stride0)) {
    AddPlane();
    plane_ = run_;
  }
  run_ = {};
}

void CopyGatherer::AddPlane() {
  if (plane_.run == 0) return;
  const bool alike = copy_.run == plane_.run && copy_.count0 == plane_.count0 &&
                     copy_.source_stride0 == plane_.source_stride0 &&
                     copy_.destination_stride0 == plane_.destination_stride0;
  if (!alike ||
      !Append(copy_, plane_, copy_.count1, copy_.source_stride1, copy_.destination_stride1)) {
    if (copy_.run > 0) copies_.push_back(copy_);
    copy_ = plane_;
  }
  plane_ = {};
}

std::vector<DmaTask> CopyGatherer::Finish() {
  AddRun();
  AddPlane();
  if (copy_.run > 0) copies_.push_back(copy_);
  copy_ = {};
  return std::exchange(copies_, {});
}

}  // namespace imcc
