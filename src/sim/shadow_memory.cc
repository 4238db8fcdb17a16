// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/shadow_memory.h"

#include <algorithm>

namespace imcc {

ShadowSpace::ShadowSpace(uint64_t size)
    : defined_(size), granules_((size + kGranule - 1) / kGranule) {}

void ShadowSpace::Define(uint64_t begin, uint64_t count, bool defined) {
  const auto first = defined_.begin() + static_cast<std::ptrdiff_t>(begin);
  std::fill(first, first + static_cast<std::ptrdiff_t>(count), defined);
}

bool ShadowSpace::IsDefined(uint64_t begin, uint64_t count) const {
  const auto first = defined_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = first + static_cast<std::ptrdiff_t>(count);
  return std::find(first, last, false) == last;
}

void ShadowSpace::ForgetAccesses() {
  for (const uint64_t granule : touched_) granules_[granule].clear();
  touched_.clear();
}

std::optional<ShadowSpace::Accessor> ShadowSpace::TouchGranule(std::vector<Access>& accesses,
                                                               uint64_t mask, bool write,
                                                               const Accessor& by,
                                                               const HappensBefore& order) {
  std::optional<Accessor> conflict;
  for (Access& access : accesses) {
    if ((access.mask & mask) == 0 || (!write && !access.write)) continue;
    const bool same = access.by.core == by.core && access.by.task == by.task;
    if (!same && !order.Before(access.by.order, by.core, by.task)) conflict = access.by;
  }
  // A later access of these bytes need only be compared with this one: a write hides everything
  // before it, a read hides earlier reads of its own queue.
  for (Access& access : accesses)
    if (write || (!access.write && access.by.order.queue == by.order.queue)) access.mask &= ~mask;
  std::erase_if(accesses, [](const Access& access) { return access.mask == 0; });
  accesses.push_back({by, mask, write});
  return conflict;
}

std::optional<ShadowSpace::Accessor> ShadowSpace::Touch(uint64_t begin, uint64_t count, bool write,
                                                        const Accessor& by,
                                                        const HappensBefore& order) {
  std::optional<Accessor> conflict;
  for (uint64_t at = begin; at < begin + count;) {
    const uint64_t granule = at / kGranule;
    const uint64_t end = std::min(begin + count, (granule + 1) * kGranule);
    const uint64_t bits = end - at;
    const uint64_t ones = bits == kGranule ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
    std::vector<Access>& accesses = granules_[granule];
    if (accesses.empty()) touched_.push_back(granule);
    if (auto found = TouchGranule(accesses, ones << (at % kGranule), write, by, order))
      conflict = found;
    at = end;
  }
  return conflict;
}

}  // namespace imcc
