// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/element_view.h"

#include <algorithm>

namespace imcc {
namespace {

/// Elements that all digits from `first` on number.
int64_t ElementsFrom(const std::vector<ViewDigit>& digits, size_t first) {
  int64_t product = 1;
  for (size_t i = first; i < digits.size(); ++i) product *= digits[i].extent;
  return product;
}

Interval<int64_t> SourcesFrom(const std::vector<ViewDigit>& digits, size_t first,
                              Interval<int64_t> range) {
  if (first == digits.size()) return {0, 1};
  const ViewDigit& digit = digits[first];
  const int64_t inner = ElementsFrom(digits, first + 1);
  const int64_t low = range.begin / inner;
  const int64_t high = (range.end - 1) / inner;
  const int64_t base = low * inner;
  const Interval<int64_t> within =
      low == high ? SourcesFrom(digits, first + 1, {range.begin - base, range.end - base})
                  : SourcesFrom(digits, first + 1, {0, inner});
  int64_t least = digit.Offset(low);
  int64_t most = least;
  for (int64_t i = low; i <= high; ++i) {
    least = std::min(least, digit.Offset(i));
    most = std::max(most, digit.Offset(i));
  }
  return {within.begin + least, within.end + most};
}

using Digits = std::vector<ViewDigit>;

/// Cuts digits from the inner end until they number `extent` elements; takes them from `digits`.
std::optional<Digits> TakeAxis(Digits& digits, int64_t extent) {
  Digits axis;
  while (extent > 1) {
    if (digits.empty()) return std::nullopt;
    ViewDigit& digit = digits.back();
    if (extent % digit.extent == 0) {
      extent /= digit.extent;
      axis.insert(axis.begin(), std::move(digit));
      digits.pop_back();
      continue;
    }
    if (digit.extent % extent != 0 || !digit.table.empty()) return std::nullopt;
    axis.insert(axis.begin(), ViewDigit{.extent = extent, .stride = digit.stride, .table = {}});
    digit.stride *= extent;
    digit.extent /= extent;
    extent = 1;
  }
  return axis;
}

/// The digits of every axis of `shape`.
std::optional<std::vector<Digits>> DigitsOfAxes(const ElementView& view, const Shape& shape) {
  std::vector<Digits> axes(shape.rank());
  Digits left = view.digits;
  for (size_t i = shape.rank(); i-- > 0;) {
    std::optional<Digits> axis = TakeAxis(left, shape[i]);
    if (!axis) return std::nullopt;
    axes[i] = std::move(*axis);
  }
  return axes;
}

ElementView Joined(int64_t offset, const std::vector<Digits>& axes) {
  ElementView view{.offset = offset, .digits = {}};
  for (const Digits& axis : axes)
    for (const ViewDigit& digit : axis)
      if (digit.extent > 1) view.digits.push_back(digit);
  return view;
}

/// The digit that goes from one of `sources` to the next; the first has to be 0.
ViewDigit DigitOf(std::vector<int64_t> sources) {
  const auto extent = static_cast<int64_t>(sources.size());
  const int64_t stride = sources.size() > 1 ? sources[1] : 0;
  for (int64_t i = 0; i < extent; ++i)
    if (sources[static_cast<size_t>(i)] != i * stride)
      return {.extent = extent, .stride = 0, .table = std::move(sources)};
  return {.extent = extent, .stride = stride, .table = {}};
}

}  // namespace

int64_t ElementView::elements() const { return ElementsFrom(digits, 0); }

int64_t ElementView::Source(int64_t element) const {
  int64_t source = offset;
  for (size_t i = digits.size(); i-- > 0;) {
    source += digits[i].Offset(element % digits[i].extent);
    element /= digits[i].extent;
  }
  return source;
}

Interval<int64_t> ElementView::Sources(Interval<int64_t> range) const {
  const Interval<int64_t> sources = SourcesFrom(digits, 0, range);
  return {sources.begin + offset, sources.end + offset};
}

ElementView WholeView(int64_t elements) {
  return {.offset = 0, .digits = {{.extent = elements, .stride = 1, .table = {}}}};
}

std::optional<ElementView> Transposed(const ElementView& view, const Shape& shape,
                                      const std::vector<int64_t>& permutation) {
  const auto axes = DigitsOfAxes(view, shape);
  if (!axes) return std::nullopt;
  std::vector<Digits> permuted;
  for (const int64_t axis : permutation) permuted.push_back((*axes)[static_cast<size_t>(axis)]);
  return Joined(view.offset, permuted);
}

std::optional<ElementView> Gathered(const ElementView& view, const Shape& shape, int64_t axis,
                                    const std::vector<int64_t>& indices) {
  auto axes = DigitsOfAxes(view, shape);
  if (!axes) return std::nullopt;
  Digits& picked = (*axes)[static_cast<size_t>(axis)];
  const ElementView along{.offset = 0, .digits = picked};
  const int64_t first = along.Source(indices[0]);
  std::vector<int64_t> sources;
  for (const int64_t index : indices) sources.push_back(along.Source(index) - first);
  picked = {DigitOf(std::move(sources))};
  return Joined(view.offset + first, *axes);
}

ElementWalk::ElementWalk(const ElementView& view, int64_t element)
    : view_(view), position_(view.digits.size()), source_(view.Source(element)) {
  for (size_t i = view.digits.size(); i-- > 0;) {
    position_[i] = element % view.digits[i].extent;
    element /= view.digits[i].extent;
  }
}

void ElementWalk::Next() {
  for (size_t i = position_.size(); i-- > 0;) {
    const ViewDigit& digit = view_.digits[i];
    source_ -= digit.Offset(position_[i]);
    if (++position_[i] < digit.extent) {
      source_ += digit.Offset(position_[i]);
      return;
    }
    position_[i] = 0;
    source_ += digit.Offset(0);
  }
}

}  // namespace imcc
