// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/split_weights.h"

#include <algorithm>
#include <numeric>

namespace imcc {

namespace {

/// What streaming a kernel's weights means for the frame.
struct Stream {
  double bytes = 0;
  double hidden = 0;  // Bytes that arrive from DDR while the kernel works on.
};

Stream StreamOf(const KernelDemand& demand, const Target& target) {
  Stream stream{.bytes = static_cast<double>(demand.weights.count())};
  double load = 0;
  bool reloads = false;
  for (const ColumnDemand& column : demand.columns) {
    load = std::accumulate(column.loads.begin(), column.loads.end(), load);
    const auto sets = static_cast<size_t>(target.array.weight_sets);
    reloads = reloads || (column.blocks > 1 && column.loads.size() > sets);
  }
  const double time = std::max({demand.mvm(), demand.vector, load});
  if (!reloads) stream.hidden = std::min(stream.bytes, time * target.bandwidth.ddr);
  return stream;
}

StreamedTiles Nothing(const std::vector<KernelDemand>& demands) {
  StreamedTiles streamed;
  for (const KernelDemand& demand : demands) streamed.emplace_back(demand.tile_bytes.size(), false);
  return streamed;
}

/// Share of each kernel's bytes to stream so that `excess` bytes are streamed in all.
std::vector<double> Shares(const std::vector<Stream>& streams, double excess) {
  double hidden = 0;
  double bytes = 0;
  for (const Stream& stream : streams) {
    hidden += stream.hidden;
    bytes += stream.bytes;
  }
  std::vector<double> shares;
  for (const Stream& stream : streams) {
    double amount = hidden > 0 ? stream.hidden * std::min(excess / hidden, 1.0) : 0;
    if (excess > hidden && bytes > hidden)
      amount += (stream.bytes - stream.hidden) * (excess - hidden) / (bytes - hidden);
    shares.push_back(stream.bytes > 0 ? amount / stream.bytes : 0);
  }
  return shares;
}

StreamedTiles SplitByTile(const std::vector<KernelDemand>& demands,
                          const std::vector<Stream>& streams, double excess) {
  StreamedTiles streamed = Nothing(demands);
  const std::vector<double> shares = Shares(streams, excess);
  double due = 0;  // Bytes owed to the shares so far: the error is carried on to the next tile.
  double sum = 0;
  for (size_t k = 0; k < demands.size(); ++k) {
    for (size_t t = 0; t < streamed[k].size(); ++t) {
      const auto bytes = static_cast<double>(demands[k].tile_bytes[t].count());
      due += shares[k] * bytes;
      if (due < bytes / 2) continue;
      streamed[k][t] = true;
      due -= bytes;
      sum += bytes;
    }
  }
  // What rounding left over comes off the end.
  for (size_t k = demands.size(); k-- > 0 && sum < excess;)
    for (size_t t = streamed[k].size(); t-- > 0 && sum < excess;) {
      if (streamed[k][t]) continue;
      streamed[k][t] = true;
      sum += static_cast<double>(demands[k].tile_bytes[t].count());
    }
  return streamed;
}

StreamedTiles SplitByKernel(const std::vector<KernelDemand>& demands,
                            const std::vector<Stream>& streams, double excess) {
  StreamedTiles streamed = Nothing(demands);
  std::vector<size_t> order(demands.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto felt = [&](size_t k) {
    return (streams[k].bytes - streams[k].hidden) / std::max(streams[k].bytes, 1.0);
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return felt(a) != felt(b) ? felt(a) < felt(b) : streams[a].bytes > streams[b].bytes;
  });
  for (const size_t k : order) {
    if (excess <= 0) break;
    if (streams[k].bytes == 0) continue;
    streamed[k].assign(streamed[k].size(), true);
    excess -= streams[k].bytes;
  }
  return streamed;
}

}  // namespace

StreamedTiles SplitWeights(const std::vector<KernelDemand>& demands, Bytes l2, bool paged,
                           const Target& target) {
  std::vector<Stream> streams;
  double bytes = 0;
  for (const KernelDemand& demand : demands) {
    streams.push_back(StreamOf(demand, target));
    bytes += streams.back().bytes;
  }
  const double excess = bytes - static_cast<double>(l2.count());
  if (excess <= 0) return Nothing(demands);
  return paged ? SplitByTile(demands, streams, excess) : SplitByKernel(demands, streams, excess);
}

}  // namespace imcc
