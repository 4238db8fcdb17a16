// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/md5.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace imcc {
namespace {

constexpr size_t kBlockBytes = 64;
using State = std::array<uint32_t, 4>;

/// RFC 1321, 3.4: T[i] = floor(2^32 * |sin(i + 1)|).
std::array<uint32_t, 64> SineTable() {
  std::array<uint32_t, 64> table{};
  for (size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<uint32_t>(
        std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
  }
  return table;
}

uint32_t LoadLittleEndian(const unsigned char* bytes) {
  return static_cast<uint32_t>(bytes[0]) | static_cast<uint32_t>(bytes[1]) << 8 |
         static_cast<uint32_t>(bytes[2]) << 16 | static_cast<uint32_t>(bytes[3]) << 24;
}

/// The round function of step `i` and the word of the block it takes.
std::pair<uint32_t, size_t> Mix(size_t i, uint32_t b, uint32_t c, uint32_t d) {
  switch (i / 16) {
    case 0:
      return {(b & c) | (~b & d), i};
    case 1:
      return {(b & d) | (c & ~d), (5 * i + 1) % 16};
    case 2:
      return {b ^ c ^ d, (3 * i + 5) % 16};
    default:
      return {c ^ (b | ~d), (7 * i) % 16};
  }
}

void AddBlock(State& state, const unsigned char* block, const std::array<uint32_t, 64>& sines) {
  static constexpr std::array<std::array<int, 4>, 4> kShifts = {
      {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
  auto [a, b, c, d] = state;
  for (size_t i = 0; i < 64; ++i) {
    const auto [mixed, word] = Mix(i, b, c, d);
    const uint32_t sum = a + mixed + sines[i] + LoadLittleEndian(block + 4 * word);
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kShifts[i / 16][i % 4]);
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

/// The last bytes, a one bit, zeros, and the length in bits: one or two whole blocks.
std::string Tail(std::string_view bytes) {
  std::string tail(bytes.substr(bytes.size() / kBlockBytes * kBlockBytes));
  tail += '\x80';
  while (tail.size() % kBlockBytes != kBlockBytes - 8) tail += '\0';
  const uint64_t bits = static_cast<uint64_t>(bytes.size()) * 8;
  for (int i = 0; i < 8; ++i) tail += static_cast<char>((bits >> (8 * i)) & 0xff);
  return tail;
}

}  // namespace

std::string Md5Hex(std::string_view bytes) {
  const auto sines = SineTable();
  State state = {0x67452301U, 0xefcdab89U, 0x98badcfeU, 0x10325476U};
  const std::string tail = Tail(bytes);
  for (const std::string_view part : {bytes, std::string_view(tail)}) {
    const auto* data = reinterpret_cast<const unsigned char*>(part.data());
    for (size_t at = 0; at + kBlockBytes <= part.size(); at += kBlockBytes)
      AddBlock(state, data + at, sines);
  }
  std::string hex;
  for (const uint32_t word : state) {
    for (int i = 0; i < 4; ++i) {
      const uint32_t byte = (word >> (8 * i)) & 0xff;
      hex += "0123456789abcdef"[byte >> 4];
      hex += "0123456789abcdef"[byte & 15];
    }
  }
  return hex;
}

}  // namespace imcc
