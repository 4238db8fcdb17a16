// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/plan_stripes.h"

#include <algorithm>
#include <limits>

#include "mapping/predict_timeline.h"
#include "tiling/plan_bands.h"

namespace imcc {

namespace {

constexpr int64_t kNoMore = std::numeric_limits<int64_t>::max();

class StripePlanner {
 public:
  StripePlanner(const MappedNetwork& network, const BufferLinks& links, GroupSpan span,
                StripeCut cut, const StripeSettings& settings)
      : network_(network),
        links_(links),
        span_(span),
        count_(span.count()),
        stripes_(static_cast<size_t>(cut.stripes)),
        bands_(cut.bands),
        settings_(settings) {
    group_.first = KernelId(span.first);
    group_.count = static_cast<int64_t>(count_);
  }

  TileGroup Plan() {
    PropagateRows();
    MakeLines();
    group_.bands = PlanBands(network_, group_, bands_);
    for (size_t band = 0; band < group_.bands.size(); ++band) EmitWaves(band);
    for (size_t i = 0; i < group_.lines.size(); ++i) {
      group_.lines[i].rows = std::min(group_.lines[i].rows, heights_[i]);
      group_.lines[i].width = WidestBand(i);
    }
    return std::move(group_);
  }

 private:
  const Kernel& KernelAt(size_t i) const { return network_.kernels[span_.first + i]; }
  BufferId OutputOf(size_t i) const { return KernelAt(i).output.buffer; }

  /// Kernels of the group that read the output of kernel i.
  std::vector<size_t> ReadersOf(size_t i) const {
    std::vector<size_t> readers;
    for (const size_t k : links_.readers[OutputOf(i).index()])
      if (span_.Contains(k)) readers.push_back(k - span_.first);
    return readers;
  }

  /// Rows of kernel i that stripe t of its readers needs, or its share where nobody in the group
  /// reads it.
  int64_t RowsAfter(size_t i, size_t t) const {
    const int64_t height = TiledPlane(KernelAt(i)).height;
    if (t + 1 == stripes_) return height;
    const std::vector<size_t> readers = ReadersOf(i);
    if (readers.empty())
      return CeilDiv(height * static_cast<int64_t>(t + 1), static_cast<int64_t>(stripes_));
    int64_t rows = 0;
    for (const size_t reader : readers)
      for (size_t o = 0; o < KernelAt(reader).inputs.size(); ++o)
        if (KernelAt(reader).inputs[o].buffer == OutputOf(i))
          rows = std::max(rows, RowsNeeded(KernelAt(reader), o, done_[reader][t]));
    return std::min(rows, height);
  }

  void PropagateRows() {
    done_.assign(count_, std::vector<int64_t>(stripes_));
    delay_.assign(count_, 0);
    for (size_t i = count_; i-- > 0;)
      for (size_t t = 0; t < stripes_; ++t) done_[i][t] = RowsAfter(i, t);
    for (size_t i = 0; i < count_; ++i)
      for (const size_t reader : ReadersOf(i))
        delay_[reader] = std::max(delay_[reader], delay_[i] + 1);
  }

  int64_t WidestBand(size_t line) const {
    int64_t width = 0;
    for (const Band& band : group_.bands)
      width = std::max(width, band.held[line].end - band.held[line].begin);
    return width;
  }

  Interval<int64_t> RowsOf(size_t i, size_t t) const {
    return {t == 0 ? 0 : done_[i][t - 1], done_[i][t]};
  }

  int NewLine(BufferId buffer, const FeatureMap& map, int64_t pixel_stride) {
    group_.lines.push_back(
        {.buffer = buffer,
         .rows = 0,
         .width = map.width,
         .pixel_stride = pixel_stride,
         .is_internal = IsInternal(network_, links_, buffer, span_.first, span_.last)});
    heights_.push_back(map.height);
    return static_cast<int>(group_.lines.size()) - 1;
  }

  /// One for each tensor that the group reads, and one for each slice that it only writes.
  void MakeLines() {
    group_.input_lines.resize(count_);
    group_.output_line.assign(count_, -1);
    struct Known {
      BufferId buffer;
      FeatureMap map;  // A reshape shows the same bytes as another map.
    };
    std::vector<Known> known;  // The lines that are read.
    const auto find = [&](BufferId buffer, const FeatureMap& map) {
      for (size_t i = 0; i < known.size(); ++i)
        if (known[i].buffer == buffer && known[i].map == map) return static_cast<int>(i);
      return -1;
    };
    for (size_t i = 0; i < count_; ++i)
      for (const Operand& input : KernelAt(i).inputs) {
        int line = find(input.buffer, input.map);
        if (line < 0) {
          line = NewLine(input.buffer, input.map, input.pixel_stride);
          known.push_back({input.buffer, input.map});
        }
        group_.input_lines[i].push_back(line);
      }
    for (size_t i = 0; i < count_; ++i) {
      const Destination& output = KernelAt(i).output;
      const int line = find(output.buffer, output.whole);
      // A slice takes the room of its own channels only, in whole pwords like its buffer.
      const int64_t stride = output.covers_channels()
                                 ? output.pixel_stride
                                 : RoundUp(output.box.channels, settings_.pword);
      group_.output_line[i] = line >= 0 ? line : NewLine(output.buffer, output.box, stride);
    }
  }

  /// The first row of a line that a stripe not yet emitted reads.
  int64_t FirstNeeded(int line, size_t band) const {
    int64_t row = kNoMore;
    for (size_t i = 0; i < count_; ++i) {
      if (group_.bands[band].computed[i].empty()) continue;
      size_t t = next_[i];
      while (t < stripes_ && RowsOf(i, t).empty()) ++t;
      if (t == stripes_) continue;
      for (size_t o = 0; o < group_.input_lines[i].size(); ++o)
        if (group_.input_lines[i][o] == line)
          row = std::min(row, RowsRead(KernelAt(i), o, RowsOf(i, t)).begin);
    }
    return row;
  }

  /// A line gets rows up to `top`: everything still needed and the new rows lie in it at once.
  void Fill(int line, Interval<int64_t> rows, size_t band, bool is_copied) {
    int64_t& top = top_[static_cast<size_t>(line)];
    top = std::max(top, rows.end);
    const int64_t held = top - std::min(FirstNeeded(line, band), rows.begin);
    const int64_t spare = is_copied && settings_.double_buffer ? rows.end - rows.begin : 0;
    LineBuffer& buffer = group_.lines[static_cast<size_t>(line)];
    buffer.rows = std::max(buffer.rows, held + spare);
  }

  bool MadeInside(BufferId buffer) const {
    const std::vector<size_t>& writers = links_.writers[buffer.index()];
    return !writers.empty() && span_.Contains(writers.front()) && span_.Contains(writers.back());
  }

  void Emit(size_t i, size_t t, size_t band) {
    const Kernel& kernel = KernelAt(i);
    Stripe stripe{
        .kernel = KernelId(span_.first + i), .band = band, .rows = RowsOf(i, t), .loads = {}};
    for (size_t o = 0; o < kernel.inputs.size(); ++o) {
      const int line = group_.input_lines[i][o];
      Interval<int64_t>& load = stripe.loads.emplace_back();
      if (MadeInside(kernel.inputs[o].buffer)) continue;
      const Interval<int64_t> read = RowsRead(kernel, o, stripe.rows);
      int64_t& top = top_[static_cast<size_t>(line)];
      load = {std::max(top, top == 0 ? read.begin : top), std::max(top, read.end)};
      if (!load.empty()) Fill(line, load, band, /*is_copied=*/true);
    }
    next_[i] = t + 1;
    const int line = group_.output_line[i];
    const bool is_internal = group_.lines[static_cast<size_t>(line)].is_internal;
    const bool is_global = kernel.is_global_pool();
    Fill(line, is_global ? Interval<int64_t>{0, 1} : stripe.rows, band, !is_internal);
    group_.stripes.push_back(std::move(stripe));
  }

  /// In wave w, kernel i computes stripe w - delay.
  void EmitWaves(size_t band) {
    next_.assign(count_, 0);
    top_.assign(group_.lines.size(), 0);
    const size_t last_delay = *std::max_element(delay_.begin(), delay_.end());
    group_.lag = static_cast<int64_t>(last_delay);
    for (size_t wave = 0; wave < stripes_ + last_delay; ++wave)
      for (size_t i = 0; i < count_; ++i)
        if (wave >= delay_[i] && wave - delay_[i] < stripes_ &&
            !group_.bands[band].computed[i].empty() && !RowsOf(i, wave - delay_[i]).empty())
          Emit(i, wave - delay_[i], band);
  }

  const MappedNetwork& network_;
  const BufferLinks& links_;
  const GroupSpan span_;
  const size_t count_, stripes_;
  const int64_t bands_;
  const StripeSettings settings_;
  TileGroup group_;
  std::vector<std::vector<int64_t>> done_;  // Rows computed, by kernel, after each stripe.
  std::vector<size_t> delay_;               // Waves a kernel lags behind the first.
  std::vector<size_t> next_;                // By kernel: the stripe to be emitted next.
  std::vector<int64_t> top_;                // By line: rows loaded or computed so far.
  std::vector<int64_t> heights_;            // By line: of the tensor.
};

}  // namespace

TileGroup PlanStripes(const MappedNetwork& network, const BufferLinks& links, GroupSpan span,
                      StripeCut cut, const StripeSettings& settings) {
  return StripePlanner(network, links, span, cut, settings).Plan();
}

}  // namespace imcc
