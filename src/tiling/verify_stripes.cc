// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/verify_stripes.h"

#include <fmt/format.h>

namespace imcc {

namespace {

constexpr int64_t kEmpty = -1;

bool IsGlobal(const Kernel& kernel) { return kernel.window() && kernel.window()->is_global(); }

/// Runs the stripes of one group and notes which row lies in which slot of every line buffer.
class Replay {
 public:
  Replay(const MappedNetwork& network, const TileGroup& group)
      : network_(network), group_(group), done_(static_cast<size_t>(group.count)) {
    for (const LineBuffer& line : group.lines)
      slots_.emplace_back(static_cast<size_t>(line.rows), kEmpty);
    loaded_.resize(group.lines.size());
  }

  /// What is wrong, or an empty text.
  std::string Run() {
    for (const Stripe& stripe : group_.stripes)
      if (std::string wrong = Compute(stripe); !wrong.empty())
        return fmt::format("{}, rows {} to {}: {}", network_.kernels[stripe.kernel.index()].name,
                           stripe.rows.begin, stripe.rows.end, wrong);
    for (int64_t i = 0; i < group_.count; ++i) {
      const Kernel& kernel = network_.kernels[group_.kernel(i)];
      const int64_t height =
          IsGlobal(kernel) ? kernel.inputs[0].map.height : kernel.output.box.height;
      if (done_[static_cast<size_t>(i)] != height)
        return fmt::format("{}: {} of {} rows are computed", kernel.name,
                           done_[static_cast<size_t>(i)], height);
    }
    return "";
  }

 private:
  /// Puts rows where their slots are; a row that is there already was brought twice.
  bool Fill(size_t line, Interval<int64_t> rows) {
    std::vector<int64_t>& slots = slots_[line];
    if (rows.end - rows.begin > static_cast<int64_t>(slots.size())) return false;
    for (int64_t y = rows.begin; y < rows.end; ++y)
      slots[static_cast<size_t>(y) % slots.size()] = y;
    return true;
  }

  bool Holds(size_t line, int64_t y) const {
    const std::vector<int64_t>& slots = slots_[line];
    return slots[static_cast<size_t>(y) % slots.size()] == y;
  }

  std::string Compute(const Stripe& stripe) {
    const size_t i = stripe.kernel.index() - group_.first.index();
    const Kernel& kernel = network_.kernels[stripe.kernel.index()];
    if (stripe.rows.empty() || stripe.rows.begin != done_[i])
      return "rows are not computed once, in order";
    done_[i] = stripe.rows.end;
    for (size_t o = 0; o < kernel.inputs.size(); ++o) {
      const auto line = static_cast<size_t>(group_.input_lines[i][o]);
      if (std::string wrong = Load(line, stripe.loads[o]); !wrong.empty()) return wrong;
      for (const int64_t y : RowsTapped(kernel, o, stripe.rows))
        if (!Holds(line, y)) return fmt::format("row {} of operand {} is not in its lines", y, o);
    }
    const auto output = static_cast<size_t>(group_.output_line[i]);
    const Interval<int64_t> rows = IsGlobal(kernel) ? Interval<int64_t>{0, 1} : stripe.rows;
    return Fill(output, rows) ? "" : "the lines are too few for the rows made at once";
  }

  std::string Load(size_t line, Interval<int64_t> rows) {
    if (rows.empty()) return "";
    if (rows.begin < loaded_[line]) return "rows are loaded twice";
    loaded_[line] = rows.end;
    return Fill(line, rows) ? "" : "the lines are too few for the rows loaded at once";
  }

  /// Every in-plane row that a tap of these output rows reads, tap by tap.
  static std::vector<int64_t> RowsTapped(const Kernel& kernel, size_t operand,
                                         Interval<int64_t> rows) {
    std::vector<int64_t> tapped;
    const int64_t height = kernel.inputs[operand].map.height;
    const Window* window = nullptr;
    if (const ImcKernel* imc = kernel.imc(); imc && operand == 0) window = &imc->window;
    if (const WindowKernel* w = kernel.window(); w && !w->is_global()) window = &w->window;
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
  std::vector<std::vector<int64_t>> slots_;  // By line: the row in each slot.
  std::vector<int64_t> done_;                // By kernel of the group: rows computed.
  std::vector<int64_t> loaded_;              // By line: rows loaded.
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
