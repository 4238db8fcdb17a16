// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "paging/improve_pages.h"

#include "paging/fit_pages.h"

namespace imcc {

namespace {

/// Moves tried in all: some tenths of a second for a network of 150 layers.
constexpr int64_t kMaxMoves = 3000;

class LocalSearch {
 public:
  LocalSearch(PageState& best, const PagingTricks& tricks, int64_t lower_bound)
      : best_(best), tricks_(tricks), lower_bound_(lower_bound) {}

  void Run() {
    bool improved = true;
    while (improved && !Done()) {
      improved = false;
      for (size_t t = 0; t < best_.problem().tensors.size() && !Done(); ++t)
        improved = TryTensor(t) || improved;
    }
  }

 private:
  bool Done() const { return best_.cost() <= lower_bound_ || moves_ >= kMaxMoves; }

  bool TryTensor(size_t tensor) {
    const PagedTensor& paged = best_.problem().tensors[tensor];
    const size_t gaps = paged.gaps.size();
    bool improved = TryAbsent(tensor, std::vector<int64_t>(gaps, 0));
    improved = TryAbsent(tensor, std::vector<int64_t>(gaps, paged.pages)) || improved;
    for (size_t g = 0; gaps > 1 && g < gaps; ++g)
      for (const int64_t pages : {int64_t{0}, paged.pages}) {
        std::vector<int64_t> absent = best_.absent()[tensor];
        absent[g] = pages;
        improved = TryAbsent(tensor, absent) || improved;
      }
    for (const int64_t change : {-1, 1}) improved = TryShift(tensor, change) || improved;
    return improved;
  }

  /// One page more or less in every gap that can.
  bool TryShift(size_t tensor, int64_t change) {
    std::vector<int64_t> absent = best_.absent()[tensor];
    for (int64_t& pages : absent) {
      const int64_t shifted = pages + change;
      if (shifted >= 0 && shifted <= best_.problem().tensors[tensor].pages) pages = shifted;
    }
    return TryAbsent(tensor, absent);
  }

  bool TryAbsent(size_t tensor, const std::vector<int64_t>& absent) {
    if (absent == best_.absent()[tensor] || Done()) return false;
    ++moves_;
    PageState state = best_;
    state.SetAbsent(tensor, absent);
    std::vector<bool> kept(state.problem().tensors.size());
    kept[tensor] = true;
    if (!DropCheapest(state, tricks_, kept)) return false;
    FillRoom(state, kept);
    FillRoom(state);
    if (state.cost() >= best_.cost()) return false;
    best_ = std::move(state);
    return true;
  }

  PageState& best_;
  const PagingTricks& tricks_;
  int64_t lower_bound_;
  int64_t moves_ = 0;
};

}  // namespace

void ImprovePages(PageState& state, const PagingTricks& tricks, int64_t lower_bound) {
  LocalSearch(state, tricks, lower_bound).Run();
}

}  // namespace imcc
