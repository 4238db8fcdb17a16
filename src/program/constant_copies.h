// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "program/program.h"

namespace imcc {

/// Follows the constants of a program through the copies of a core: weights kept in DDR reach the
/// array by way of L1. Copies of anything else are of no interest here and are ignored.
class ConstantCopies {
 public:
  /// `program` must outlive this object.
  explicit ConstantCopies(const Program& program);

  /// To be called in the order of the task list, which is one of the legal orders.
  void Apply(const DmaTask& copy);

  /// Where the file put the byte that now stands at `address`; none if it is no constant.
  std::optional<Address> HomeOf(Address address) const;

  /// The bytes [address, address + size); 0 where they are no constants.
  std::vector<uint8_t> Read(Address address, size_t size) const;

 private:
  using Key = std::pair<Region, uint64_t>;
  struct Run {
    uint64_t size = 0;
    Address home;
    const uint8_t* bytes = nullptr;  // In a segment.
  };
  using Runs = std::map<Key, Run>;

  Runs::const_iterator FirstIn(Address address) const;  // The first run that ends beyond it.
  std::vector<std::pair<Key, Run>> Within(Address address, uint64_t size) const;
  void Erase(Address address, uint64_t size);
  void CopyRun(Address source, Address destination, uint64_t size);

  Runs runs_;  // Disjoint, by the address they stand at.
};

}  // namespace imcc
