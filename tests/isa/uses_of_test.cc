// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// The boxes of UsesOf against the bytes a window touches, found tap by tap.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "isa/task.h"

namespace imcc {
namespace {

using ByteSet = std::set<uint64_t>;

ByteSet BytesOf(const std::vector<MemoryBox>& boxes) {
  ByteSet bytes;
  for (const MemoryBox& box : boxes)
    for (int64_t i1 = 0; i1 < box.count1; ++i1)
      for (int64_t i0 = 0; i0 < box.count0; ++i0)
        for (int64_t i = 0; i < box.run; ++i)
          bytes.insert(box.base.offset +
                       static_cast<uint64_t>(i1 * box.stride1 + i0 * box.stride0 + i));
  return bytes;
}

MvmTask RandomTask(std::mt19937& random, int stride_limit) {
  const auto pick = [&](int low, int high) {
    return static_cast<uint8_t>(std::uniform_int_distribution<int>(low, high)(random));
  };
  MvmTask t{.input = {Region::kL1, 4096}};
  t.in_h = pick(1, 9);
  t.in_w = pick(1, 9);
  t.channels = pick(1, 5);
  t.pixel_stride = static_cast<uint16_t>(t.channels + pick(0, 2));
  t.row_stride = uint32_t{t.in_w} * t.pixel_stride + pick(0, 3);
  t.out_h = pick(1, 5);
  t.out_w = pick(1, 5);
  t.kernel_h = pick(1, 3);
  t.kernel_w = pick(1, 3);
  t.stride_h = pick(1, stride_limit);
  t.stride_w = pick(1, stride_limit);
  t.origin_y = static_cast<int16_t>(pick(0, 6) - 3);
  t.origin_x = static_cast<int16_t>(pick(0, 6) - 3);
  if (pick(0, 1) == 1) {
    t.ring.rows = static_cast<uint16_t>(t.in_h + pick(0, 3));
    t.ring.first = static_cast<uint16_t>(pick(0, t.ring.rows - 1));
  }
  return t;
}

ByteSet Touched(const MvmTask& t) {
  ByteSet bytes;
  for (int oy = 0; oy < t.out_h; ++oy)
    for (int ox = 0; ox < t.out_w; ++ox)
      for (int ky = 0; ky < t.kernel_h; ++ky)
        for (int kx = 0; kx < t.kernel_w; ++kx) {
          const int y = t.origin_y + oy * t.stride_h + ky * t.dilation_h;
          const int x = t.origin_x + ox * t.stride_w + kx * t.dilation_w;
          if (y < 0 || y >= t.in_h || x < 0 || x >= t.in_w) continue;
          for (int c = 0; c < t.channels; ++c)
            bytes.insert(t.input.offset + static_cast<uint64_t>(t.ring.Slot(y)) * t.row_stride +
                         static_cast<uint64_t>(x * t.pixel_stride + c));
        }
  return bytes;
}

TEST(UsesOf, ExactForWindowsThatLeaveNoGaps) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    MvmTask t = RandomTask(random, 1);
    if (t.channels < t.pixel_stride) t.pixel_stride = t.channels;
    EXPECT_EQ(BytesOf(UsesOf(Task{.payload = t}).reads), Touched(t)) << round;
  }
}

// With strides beyond the kernel the box covers the lines in between too, never less, and never a
// byte outside the plane.
TEST(UsesOf, NeverMissesAByte) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const MvmTask t = RandomTask(random, 4);
    const ByteSet used = BytesOf(UsesOf(Task{.payload = t}).reads);
    for (const uint64_t byte : Touched(t)) EXPECT_TRUE(used.contains(byte)) << round;
    const uint64_t slots = t.ring.rows == 0 ? t.in_h : t.ring.rows;
    const uint64_t end =
        t.input.offset + (slots - 1) * t.row_stride + uint64_t{t.in_w} * t.pixel_stride;
    if (!used.empty()) {
      EXPECT_GE(*used.begin(), t.input.offset);
      EXPECT_LT(*used.rbegin(), end);
    }
  }
}

}  // namespace
}  // namespace imcc
