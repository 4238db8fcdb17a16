// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace imcc {

/// Static tensor shape. Feature maps are [N, H, W, C] with N == 1.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> dims) : dims_(dims) {}
  explicit Shape(std::vector<int64_t> dims) : dims_(std::move(dims)) {}

  size_t rank() const { return dims_.size(); }
  int64_t operator[](size_t axis) const { return dims_[axis]; }
  int64_t& operator[](size_t axis) { return dims_[axis]; }
  int64_t back() const { return dims_.back(); }
  const std::vector<int64_t>& dims() const { return dims_; }
  int64_t elements() const;      // Product of all dimensions; 1 for rank 0.
  std::string ToString() const;  // "1x56x56x64"
  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<int64_t> dims_;
};

/// A shape seen as one feature map: rows x columns x channels. Rank 4 [1,H,W,C] is itself; lower
/// ranks put the last axis into channels and everything before it into columns ([N,C] -> 1xNxC).
struct FeatureMap {
  int64_t height = 1;
  int64_t width = 1;
  int64_t channels = 1;

  int64_t pixels() const { return height * width; }
  int64_t elements() const { return pixels() * channels; }
  friend bool operator==(FeatureMap, FeatureMap) = default;
};
FeatureMap AsFeatureMap(const Shape& shape);

/// True if tensors joined to this shape along a stored axis lie side by side as boxes of its
/// feature map.
bool JoinsBoxes(const Shape& shape, size_t axis);

/// True if permuting a tensor of this shape leaves the order of its elements as it is: axes longer
/// than one stay in order.
bool KeepsOrder(const Shape& shape, const std::vector<int64_t>& permutation);

/// A shape of rank 2 or more seen as matrices in a row: the last two axes of each, all others
/// count.
struct Matrices {
  int64_t count = 1;
  int64_t rows = 1;
  int64_t columns = 1;
  int64_t elements() const { return rows * columns; }  // Of one.
  friend bool operator==(Matrices, Matrices) = default;
};
Matrices AsMatrices(const Shape& shape);

}  // namespace imcc
