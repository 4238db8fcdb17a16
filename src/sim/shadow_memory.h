// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "isa/task.h"
#include "sim/happens_before.h"

namespace imcc {

/// Which bytes of one address space hold a defined value, and who touched each byte last.
class ShadowSpace {
 public:
  explicit ShadowSpace(uint64_t size);

  void Define(uint64_t begin, uint64_t count, bool defined);
  bool IsDefined(uint64_t begin, uint64_t count) const;
  bool defined(uint64_t byte) const { return defined_[byte]; }

  /// Forget who touched what, at the start of a frame.
  void ForgetAccesses();

  struct Accessor {
    size_t core = 0, task = 0;
    TaskOrder order;
  };
  /// Records an access; returns an earlier conflicting one that is not ordered before it.
  std::optional<Accessor> Touch(uint64_t begin, uint64_t count, bool write, const Accessor& by,
                                const HappensBefore& order);

 private:
  static constexpr uint64_t kGranule = 64;  // Bytes with one list of accesses.
  struct Access {
    Accessor by;
    uint64_t mask = 0;  // Bytes of the granule.
    bool write = false;
  };
  std::optional<Accessor> TouchGranule(std::vector<Access>& accesses, uint64_t mask, bool write,
                                       const Accessor& by, const HappensBefore& order);

  std::vector<bool> defined_;
  std::vector<std::vector<Access>> granules_;
  std::vector<uint64_t> touched_;  // Granules with accesses, to forget quickly.
};

}  // namespace imcc
