// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <vector>

#include "offsets/offsets.h"

namespace imcc::testing {

/// A buffer that lives in [begin, end).
inline Placeable Make(int64_t begin, int64_t end, int64_t size, int64_t alignment = 1) {
  return {.life = {begin, end}, .size = Bytes(size), .alignment = Bytes(alignment)};
}

/// What random buffers look like.
struct RandomBuffers {
  size_t count = 7;
  int64_t times = 8;  // Lives lie in [0, times).
  int64_t max_life = 5;
  int64_t max_size = 12;
  int64_t max_alignment = 1;
};

std::vector<Placeable> DrawBuffers(const RandomBuffers& shape, std::mt19937_64& random);

/// Buffers that fill a rectangle of `capacity` times `times` without a hole: cut it in two, in
/// space or in time, again and again. Their lowest peak is known to be `capacity`.
std::vector<Placeable> CutRectangle(size_t count, int64_t times, int64_t capacity,
                                    std::mt19937_64& random);

/// Buffers of which `capacity` bytes are live at every time: again and again two of them end and
/// one or two others of as many bytes begin. Their lowest peak is often above the capacity, since
/// the two that end need not be neighbours.
std::vector<Placeable> KeepFull(size_t count, int64_t capacity, std::mt19937_64& random);

/// What a network of `count` layers keeps: a tensor each, most of them until the next layer, some
/// for a few, a residual now and then for up to 400; larger ones come first.
std::vector<Placeable> DrawNetwork(size_t count, std::mt19937_64& random);

/// The lowest peak by trying every order of at most 10 buffers, each put on top of the earlier ones
/// it collides with. Some order is that of the offsets of a lowest plan that has been pushed down.
Bytes LowestPeakByEnumeration(const std::vector<Placeable>& buffers);

}  // namespace imcc::testing
