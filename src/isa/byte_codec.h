// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace imcc {

/// Appends little-endian values.
class ByteWriter {
 public:
  template <class T>
  void Put(T value) {
    using U = std::make_unsigned_t<T>;
    auto bits = static_cast<U>(value);
    for (size_t i = 0; i < sizeof(T); ++i) {
      bytes_.push_back(static_cast<uint8_t>(bits & 0xffU));
      if constexpr (sizeof(T) > 1) bits = static_cast<U>(bits >> 8U);
    }
  }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  std::vector<uint8_t> Take() && { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

/// Reads little-endian values; the caller has checked the size.
class ByteReader {
 public:
  explicit ByteReader(const uint8_t* bytes) : next_(bytes) {}
  template <class T>
  T Get() {
    using U = std::make_unsigned_t<T>;
    U bits = 0;
    for (size_t i = 0; i < sizeof(T); ++i)
      bits = static_cast<U>(bits | static_cast<U>(U{*next_++} << (8U * i)));
    return static_cast<T>(bits);
  }

 private:
  const uint8_t* next_;
};

}  // namespace imcc
