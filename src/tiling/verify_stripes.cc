// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/verify_stripes.h"

#include <fmt/format.h>

#include <algorithm>

namespace imcc {

namespace {

constexpr int64_t kEmpty = -1;

/// What a slot of a line buffer holds.
struct Row {
  int64_t y = kEmpty;
  Interval<int64_t> columns;
};

/// Runs the stripes of one group and notes which row lies in which slot of every line buffer.
class Replay {
 public:
  Replay(const MappedNetwork& network, const TileGroup& group)
      : network_(network), group_(group), done_(static_cast<size_t>(group.count)) {
    for (const LineBuffer& line : group.lines) slots_.emplace_back(static_cast<size_t>(line.rows));
    loaded_.resize(group.lines.size());
  }

  /// What is wrong, or an empty text.
  std::string Run() {
    size_t band = 0;
    for (const Stripe& stripe : group_.stripes) {
      for (; band < stripe.band; ++band)
        if (std::string wrong = FinishBand(band); !wrong.empty()) return wrong;
      if (std::string wrong = Compute(stripe); !wrong.empty())
        return fmt::format("{}, rows {} to {}: {}", network_.kernels[stripe.kernel.index()].name,
                           stripe.rows.begin, stripe.rows.end, wrong);
    }
    for (; band < group_.bands.size(); ++band)
      if (std::string wrong = FinishBand(band); !wrong.empty()) return wrong;
    return CheckStores();
  }

 private:
  const Kernel& KernelAt(size_t i) const {
    return network_.kernels[group_.kernel(static_cast<int64_t>(i))];
  }

  /// All rows are computed; the next band starts with empty lines.
  std::string FinishBand(size_t band) {
    for (size_t i = 0; i < done_.size(); ++i) {
      const Kernel& kernel = KernelAt(i);
      const int64_t height =
          kernel.is_global_pool() ? kernel.inputs[0].map.height : kernel.output.box.height;
      if (done_[i] != height && !group_.bands[band].computed[i].empty())
        return fmt::format("{}: {} of {} rows are computed", kernel.name, done_[i], height);
      done_[i] = 0;
    }
    loaded_.assign(loaded_.size(), 0);
    for (std::vector<Row>& line : slots_) line.assign(line.size(), {});
    return "";
  }

  /// What others read is stored once, and was computed.
  std::string CheckStores() const {
    for (size_t i = 0; i < done_.size(); ++i) {
      if (group_.lines[static_cast<size_t>(group_.output_line[i])].is_internal) continue;
      int64_t reached = 0;
      for (const Band& band : group_.bands) {
        const Interval<int64_t> stored = band.stored[i];
        if (stored.empty()) continue;
        if (stored.begin != reached || !Within(stored, band.computed[i]))
          return fmt::format("{}: columns are not stored once", KernelAt(i).name);
        reached = stored.end;
      }
      if (reached != KernelAt(i).output.box.width)
        return fmt::format("{}: {} columns are stored", KernelAt(i).name, reached);
    }
    return "";
  }

  static bool Within(Interval<int64_t> part, Interval<int64_t> whole) {
    return part.empty() || (part.begin >= whole.begin && part.end <= whole.end);
  }

  /// Puts rows where their slots are. Slices of a joined tensor lie in one row: what all have
  /// counts.
  bool Fill(size_t line, Interval<int64_t> rows, Interval<int64_t> columns) {
    std::vector<Row>& slots = slots_[line];
    if (rows.end - rows.begin > static_cast<int64_t>(slots.size())) return false;
    if (columns.end - columns.begin > group_.lines[line].width) return false;
    for (int64_t y = rows.begin; y < rows.end; ++y) {
      Row& row = slots[static_cast<size_t>(y) % slots.size()];
      if (row.y != y) row = {y, columns};
      row.columns = {std::max(columns.begin, row.columns.begin),
                     std::min(columns.end, row.columns.end)};
    }
    return true;
  }

  bool Holds(size_t line, int64_t y, Interval<int64_t> columns) const {
    const std::vector<Row>& slots = slots_[line];
    const Row& row = slots[static_cast<size_t>(y) % slots.size()];
    return row.y == y && Within(columns, row.columns);
  }

  std::string Compute(const Stripe& stripe) {
    const size_t i = stripe.kernel.index() - group_.first.index();
    const Kernel& kernel = network_.kernels[stripe.kernel.index()];
    const Band& band = group_.bands[stripe.band];
    if (stripe.rows.empty() || stripe.rows.begin != done_[i])
      return "rows are not computed once, in order";
    done_[i] = stripe.rows.end;
    for (size_t o = 0; o < kernel.inputs.size(); ++o) {
      const auto line = static_cast<size_t>(group_.input_lines[i][o]);
      if (std::string wrong = Load(line, stripe.loads[o], band.held[line]); !wrong.empty())
        return wrong;
      const Interval<int64_t> columns = ColumnsTapped(kernel, o, band.computed[i]);
      for (const int64_t y : RowsTapped(kernel, o, stripe.rows))
        if (!Holds(line, y, columns))
          return fmt::format("row {} of operand {} is not in its lines", y, o);
    }
    const auto output = static_cast<size_t>(group_.output_line[i]);
    const Interval<int64_t> rows = kernel.is_global_pool() ? Interval<int64_t>{0, 1} : stripe.rows;
    return Fill(output, rows, band.computed[i]) ? ""
                                                : "the lines are too few for the rows made at once";
  }

  std::string Load(size_t line, Interval<int64_t> rows, Interval<int64_t> columns) {
    if (rows.empty()) return "";
    if (rows.begin < loaded_[line]) return "rows are loaded twice";
    loaded_[line] = rows.end;
    return Fill(line, rows, columns) ? "" : "the lines are too few for the rows loaded at once";
  }

  /// From the first to the last in-plane column that a tap of these output columns reads.
  static Interval<int64_t> ColumnsTapped(const Kernel& kernel, size_t operand,
                                         Interval<int64_t> columns) {
    const int64_t width = kernel.inputs[operand].map.width;
    if (kernel.is_global_pool()) return {0, width};
    Interval<int64_t> tapped{width, 0};
    const auto tap = [&](int64_t x) {
      if (x < 0 || x >= width) return;
      tapped = {std::min(tapped.begin, x), std::max(tapped.end, x + 1)};
    };
    const Window* window = WindowOf(kernel, operand);
    for (int64_t x = columns.begin; x < columns.end; ++x) {
      if (window != nullptr) {
        for (int64_t k = 0; k < window->kernel_w; ++k)
          tap(x * window->stride_w - window->padding.left + k * window->dilation_w);
      } else if (const ResizeKernel* resize = kernel.resize()) {
        tap(resize->columns[static_cast<size_t>(x)].lo);
        tap(resize->columns[static_cast<size_t>(x)].hi);
      } else {
        tap(width == 1 ? 0 : x);  // A broadcast has one column.
      }
    }
    return tapped;
  }

  static const Window* WindowOf(const Kernel& kernel, size_t operand) {
    if (const ImcKernel* imc = kernel.imc(); imc && operand == 0) return &imc->window;
    if (const WindowKernel* w = kernel.window(); w && !w->is_global()) return &w->window;
    return nullptr;
  }

  /// Every in-plane row that a tap of these output rows reads, tap by tap.
  static std::vector<int64_t> RowsTapped(const Kernel& kernel, size_t operand,
                                         Interval<int64_t> rows) {
    std::vector<int64_t> tapped;
    const int64_t height = kernel.inputs[operand].map.height;
    const Window* window = WindowOf(kernel, operand);
    for (int64_t y = rows.begin; y < rows.end; ++y) {
      if (window != nullptr) {
        for (int64_t k = 0; k < window->kernel_h; ++k) {
          const int64_t line = y * window->stride_h - window->padding.top + k * window->dilation_h;
          if (line >= 0 && line < height) tapped.push_back(line);
        }
      } else if (const ResizeKernel* resize = kernel.resize()) {
        const ResizeTap& tap = resize->rows[static_cast<size_t>(y)];
        tapped.insert(tapped.end(), {int64_t{tap.lo}, int64_t{tap.hi}});
      } else {
        tapped.push_back(height == 1 ? 0 : y);  // A broadcast has one row.
      }
    }
    return tapped;
  }

  const MappedNetwork& network_;
  const TileGroup& group_;
  std::vector<std::vector<Row>> slots_;  // By line: the row in each slot.
  std::vector<int64_t> done_;            // By kernel of the group: rows computed in the band.
  std::vector<int64_t> loaded_;          // By line: rows loaded in the band.
};

}  // namespace

Status VerifyStripes(const TileGroup& group, const MappedNetwork& network) {
  const std::string wrong = Replay(network, group).Run();
  if (wrong.empty()) return {};
  return Error{.code = ErrorCode::kUnsupported,
               .subject = network.kernels[group.first.index()].name,
               .message = "depth-first group: " + wrong};
}

}  // namespace imcc
