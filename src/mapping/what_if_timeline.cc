// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/what_if_timeline.h"

#include <algorithm>
#include <array>
#include <utility>

namespace imcc {

namespace {

/// Cycles by which two moves of the frame may differ and count as one.
constexpr double kSameMove = 1e-3;
/// Kernels a change is followed at most: what has not settled by then is estimated.
constexpr size_t kLongest = 24;

}  // namespace

/// Where the frame would end if it moved as each part of the machine did.
class WhatIfTimeline::Ends {
 public:
  void Add(double end) {
    lowest_ = empty_ ? end : std::min(lowest_, end);
    highest_ = empty_ ? end : std::max(highest_, end);
    empty_ = false;
  }
  bool agree() const { return !empty_ && highest_ - lowest_ <= kSameMove; }
  double highest() const { return highest_; }

 private:
  bool empty_ = true;
  double lowest_ = 0, highest_ = 0;
};

WhatIfTimeline::WhatIfTimeline(const MappedNetwork& network, const Placement& placement,
                               const Target& target, const CompilationOptions& options,
                               std::vector<const KernelDemand*> demands)
    : network_(network),
      demands_(std::move(demands)),
      timeline_(network, placement, target, options),
      start_(timeline_.queues()) {
  FindUses();
  timeline_.BeginTrial();
  for (size_t k = 0; k < demands_.size(); ++k) {
    moments_.push_back({timeline_.queues(), 0});
    end_ = std::max(end_, timeline_.Add(k, *demands_[k]).end);
    published_.push_back({timeline_.available(network_.kernels[k].output.buffer), 0});
  }
  timeline_.Rollback();
  for (Moment& moment : moments_) moment.end = end_;
  for (Published& published : published_) published.end = end_;
}

void WhatIfTimeline::FindUses() {
  last_reader_.resize(network_.buffers.size());
  for (size_t k = 0; k < network_.kernels.size(); ++k)
    for (const Operand& operand : network_.kernels[k].inputs)
      last_reader_[operand.buffer.index()] = k;
  std::vector<size_t> writer(network_.buffers.size(), network_.kernels.size());
  next_writer_.resize(network_.kernels.size());
  for (size_t k = network_.kernels.size(); k-- > 0;)
    next_writer_[k] = std::exchange(writer[network_.kernels[k].output.buffer.index()], k);
}

void WhatIfTimeline::GoTo(size_t kernel) {
  for (; current_ < kernel; ++current_)
    done_ = std::max(done_, timeline_.Add(current_, *demands_[current_]).end);
}

void WhatIfTimeline::Change(const KernelDemand& demand) {
  end_ = Follow(demand, true);
  demands_[current_] = &demand;
}

double WhatIfTimeline::Follow(const KernelDemand& demand, bool keep) {
  start_ = timeline_.queues();
  timeline_.BeginTrial();
  double end = done_;
  size_t k = current_;
  std::vector<Moment> moments;
  std::vector<Published> published;
  for (; k < demands_.size(); ++k) {
    if (const std::optional<double> moved = k > current_ ? EndIfMoved(k) : std::nullopt) {
      end = std::max(end, *moved);
      break;
    }
    if (keep) moments.push_back({timeline_.queues(), 0});
    end = std::max(end, timeline_.Add(k, k == current_ ? demand : *demands_[k]).end);
    if (keep) published.push_back({timeline_.available(network_.kernels[k].output.buffer), 0});
  }
  timeline_.Rollback();
  for (size_t i = 0; i < moments.size(); ++i) {
    moments_[current_ + i] = {std::move(moments[i].queues), end};
    published_[current_ + i] = {published[i].output, end};
  }
  return end;
}

bool WhatIfTimeline::AddQueues(const EngineQueues& then, double end, Ends& ends) const {
  const EngineQueues& now = timeline_.queues();
  const std::array<double EngineQueues::*, 7> queues = {
      &EngineQueues::ddr,    &EngineQueues::chunks,    &EngineQueues::loader, &EngineQueues::array,
      &EngineQueues::vector, &EngineQueues::depthwise, &EngineQueues::link};
  for (double EngineQueues::*const queue : queues)
    if (now.*queue != start_.*queue) ends.Add(end + now.*queue - then.*queue);
  // The same tiles have to wait in the sets; which set is which does not matter.
  const std::vector<size_t> sets = now.residency.ByLastUse();
  const std::vector<size_t> sets_then = then.residency.ByLastUse();
  for (size_t i = 0; i < sets.size(); ++i) {
    if (!now.residency.HoldsSame(sets[i], then.residency, sets_then[i])) return false;
    const double released = now.released[sets[i]];
    const bool touched = now.residency.KernelOf(sets[i]) >= static_cast<int64_t>(current_);
    if (touched) ends.Add(end + released - then.released[sets_then[i]]);
  }
  return true;
}

std::optional<double> WhatIfTimeline::EndIfMoved(size_t next) const {
  const Moment& then = moments_[next];
  Ends ends;
  bool same = AddQueues(then.queues, then.end, ends);
  for (size_t k = current_; k < next; ++k) {
    const BufferId id = network_.kernels[k].output.buffer;
    if (last_reader_[id.index()] < next) continue;
    if (next_writer_[k] < next) continue;  // The part written last says when a tensor is there.
    const Availability& now = timeline_.available(id);
    const Published& before = published_[k];
    ends.Add(before.end + now.first - before.output.first);
    ends.Add(before.end + now.last - before.output.last);
  }
  same = same && ends.agree();
  return same || next - current_ >= kLongest ? std::optional(ends.highest()) : std::nullopt;
}

}  // namespace imcc
