// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imcc {

/// Rounds weights up or down so that the error of what they compute is least, not that of the
/// weights themselves (Nagel et al., "Up or Down? Adaptive Rounding for Post-Training
/// Quantization", ICML 2020): for one output channel d' M d, with d = w / s - q and M the second
/// moments of its inputs. Instead of the paper's gradient descent: one weight after another is
/// rounded and the others make up for it (Frantar et al., "OPTQ", ICLR 2023, here as the equal
/// nearest-plane recursion on the Cholesky factor of M), then single weights and pairs of them go
/// over to their other side until none helps. Single ones start from the nearest integers too, and
/// the better of both results goes on: never worse than rounding to nearest.
class AdaptiveRounding {
 public:
  /// `moments` is taps x taps, symmetric. `threads` factor it; they change no bit.
  AdaptiveRounding(std::vector<double> moments, int64_t taps, int64_t threads = 1);

  /// `ideal` is w / s of `channels` output channels, [channel][tap]; so is `rounded`, every one
  /// floor or ceil of its ideal within [-127, 127]. Several channels at once read the matrices
  /// once; each result depends on its own channel only.
  void Round(const double* ideal, int64_t channels, int8_t* rounded) const;

  /// The error d' M d of a channel.
  double Error(const double* ideal, const int8_t* rounded) const;

 private:
  struct Channel;
  void FeedBack(std::vector<Channel>& channels) const;
  void FindSlopes(std::vector<Channel>& channels) const;
  void Descend(Channel& channel) const;
  bool FlipSingles(Channel& channel) const;
  bool FlipPairs(Channel& channel) const;
  void Flip(Channel& channel, size_t i) const;
  double Error(const Channel& channel) const;

  size_t taps_;
  std::vector<size_t> order_;    // Tap of each row; what matters most is last.
  std::vector<double> moments_;  // In that order, with a bit of damping.
  std::vector<double> factor_;   // Upper triangle U, U'U = moments. Empty if these are all 0.
};

}  // namespace imcc
