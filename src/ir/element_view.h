// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/units.h"
#include "ir/shape.h"

namespace imcc {

/// One digit of an element's number: every step moves the source by `stride` elements, or digit d
/// moves it to table[d].
struct ViewDigit {
  int64_t extent = 1;
  int64_t stride = 0;
  std::vector<int64_t> table;  // Empty where a stride says it all, else `extent` entries.

  int64_t Offset(int64_t digit) const {
    return table.empty() ? digit * stride : table[static_cast<size_t>(digit)];
  }
  friend bool operator==(const ViewDigit&, const ViewDigit&) = default;
};

/// Which element of a source each element of a result is, both counted in stored order without
/// padding: the number of the result's element, written in mixed radix, one digit a loop (numpy
/// calls it as_strided). Transposes, reshapes, slices, repetitions and any chain of them are such
/// views.
struct ElementView {
  int64_t offset = 0;
  std::vector<ViewDigit> digits;  // Outermost first.

  int64_t elements() const;
  /// The source of one element, in [0, elements()).
  int64_t Source(int64_t element) const;
  /// A range that holds the sources of elements [begin, end), not empty; exact where the elements
  /// differ in one digit only.
  Interval<int64_t> Sources(Interval<int64_t> range) const;
};

/// Every element is itself.
ElementView WholeView(int64_t elements);

/// What a view of `shape` becomes with its axes in another order (ONNX Transpose). Nothing if the
/// borders of the axes are not borders of what the view can take apart.
std::optional<ElementView> Transposed(const ElementView& view, const Shape& shape,
                                      const std::vector<int64_t>& permutation);

/// What a view of `shape` becomes with some positions along one axis (ONNX Gather of a list).
/// Nothing for the same reason.
std::optional<ElementView> Gathered(const ElementView& view, const Shape& shape, int64_t axis,
                                    const std::vector<int64_t>& indices);

/// Visits the sources of elements in order, faster than asking for each.
class ElementWalk {
 public:
  /// Starts at an element of the view, which has to outlive the walk.
  ElementWalk(const ElementView& view, int64_t element);
  int64_t source() const { return source_; }
  void Next();

 private:
  const ElementView& view_;
  std::vector<int64_t> position_;  // By digit.
  int64_t source_ = 0;
};

}  // namespace imcc
