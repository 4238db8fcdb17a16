// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/histogram_observer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>

#include "quantize/channel_min_max_observer.h"
#include "quantize/min_max_observer.h"
#include "quantize/search_range.h"
#include "quantize/torch_witness.h"

namespace imcc {
namespace {

using testing::Batches;
using testing::TorchWitness;

/// About normal, the same on every machine.
float Normal(std::mt19937& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(random()) * 0x1p-32;
  return static_cast<float>(sum);
}

/// Batches of `size` values; batch b is scaled by growth^b.
Batches Sample(unsigned seed, int count, int size, double scale, double growth, bool relu) {
  std::mt19937 random(seed);
  Batches batches;
  for (int b = 0; b < count; ++b) {
    std::vector<float> batch;
    const auto factor = static_cast<float>(scale * std::pow(growth, b));
    for (int i = 0; i < size; ++i) {
      const float value = factor * Normal(random);
      batch.push_back(relu ? std::max(value, 0.0F) : value);
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

std::map<std::string, Batches> Cases() {
  std::map<std::string, Batches> cases;
  cases["normal"] = Sample(1, 10, 3000, 5, 1, false);
  cases["growing"] = Sample(2, 12, 2000, 0.5, 1.3, false);
  cases["shrinking"] = Sample(3, 8, 2000, 9, 0.8, false);
  cases["relu"] = Sample(4, 10, 4000, 3, 1.05, true);
  cases["small"] = Sample(5, 6, 1000, 0.01, 1.1, false);
  cases["one_batch"] = Sample(6, 1, 5000, 2, 1, false);
  cases["outlier"] = Sample(7, 5, 3000, 1, 1, false);
  cases["outlier"][2][17] = 250;
  cases["constant"] = Batches(3, std::vector<float>(100, 1.5F));
  cases["constant_then_not"] = cases["normal"];
  cases["constant_then_not"].insert(cases["constant_then_not"].begin(),
                                    std::vector<float>(50, 0.25F));
  cases["denormals"] = {{1e-44F, 3e-44F, 0}};
  cases["denormal_constant"] = Batches(2, std::vector<float>(4, 1e-44F));
  cases["denormals_after_zeros"] = {{0, 0}, {1e-40F, 2e-39F, 1e-41F}};
  cases["denormals_among_others"] = {{1, 2, 1e-44F, -1e-42F}, {3, 1e-40F, -1}};
  cases["one_value"] = {{-2.5F}};
  cases["large"] = {{1e18F, -3e18F, 2e17F}, {5e18F, 0}};
  cases["zeros"] = Batches(2, std::vector<float>(64, 0.0F));
  cases["negative_only"] = cases["normal"];
  for (auto& batch : cases["negative_only"])
    for (float& value : batch) value = -1 - std::abs(value);
  cases["all_equal_but_one"] = Batches(2, std::vector<float>(6000, 3.0F));
  cases["all_equal_but_one"][1][4000] = 3.0000002F;
  cases["ten_times_a_batch"] = Sample(9, 9, 1000, 1e-4, 10, false);
  cases["outlier_first"] = cases["normal"];
  cases["outlier_first"][0][0] = -1e6F;
  cases["few_values"] = {{0, 0, 0, 1, 1, 2}, {0, 7, 0}, {-3}};
  return cases;
}

template <class Kind>
Interval<float> RangeOf(const Batches& batches) {
  Kind observer;
  for (const auto& batch : batches)
    observer.Observe(batch.data(), static_cast<int64_t>(batch.size()));
  return observer.Range();
}

/// PyTorch's search stops where its error first grows, which a count in another bin moves by a
/// step: then the range found must be as good.
void ExpectSearched(const Batches& batches, Interval<float> expected) {
  HistogramObserver observer;
  for (const auto& batch : batches)
    observer.Observe(batch.data(), static_cast<int64_t>(batch.size()));
  const Interval<float> range = SearchRange(observer.histogram());
  const float tolerance = 1e-6F * (expected.end - expected.begin);
  const bool same = std::abs(range.begin - expected.begin) <= tolerance &&
                    std::abs(range.end - expected.end) <= tolerance;
  EXPECT_TRUE(same || observer.Loss(range) <= observer.Loss(expected) * (1 + 1e-3))
      << range.begin << " " << range.end << " for " << expected.begin << " " << expected.end;
}

/// The range of every `channels`th value from `channel` on.
Interval<float> ChannelRange(const Batches& batches, int64_t channels, int64_t channel) {
  ChannelMinMaxObserver observer(channels);
  for (const auto& batch : batches)
    observer.Observe(batch.data(), static_cast<int64_t>(batch.size()));
  return observer.ChannelRanges().at(static_cast<size_t>(channel));
}

/// Cases whose batches can be divided have two channels.
int64_t Channels(const Batches& batches) {
  for (const auto& batch : batches)
    if (batch.size() % 2 != 0) return 1;
  return 2;
}

TEST(HistogramObserver, ChoosesTheRangesOfTorch) {
  const std::map<std::string, Batches> cases = Cases();
  TorchWitness torch("observers");
  size_t channels = 0;
  for (const auto& [name, batches] : cases) {
    channels += static_cast<size_t>(Channels(batches));
    for (const auto& batch : batches)
      torch.Add(name, batch.data(), static_cast<int64_t>(batch.size()), Channels(batches));
  }
  const int code = torch.Ask();
  if (code == 77 || code == 127) GTEST_SKIP() << "no /usr/bin/python3 with torch";
  ASSERT_EQ(code, 0) << torch.Errors();
  const auto ranges = torch.Ranges();
  for (const auto& [name, scheme, min, max] : ranges) {
    SCOPED_TRACE(name + " " + scheme);
    const Batches& batches = cases.at(name);
    if (scheme == "search") {
      ExpectSearched(batches, {min, max});
      continue;
    }
    const Interval<float> range = scheme == "min_max"
                                      ? RangeOf<MinMaxObserver>(batches)
                                      : ChannelRange(batches, Channels(batches), std::stoi(scheme));
    EXPECT_EQ(range.begin, min);
    EXPECT_EQ(range.end, max);
  }
  EXPECT_EQ(ranges.size(), 2 * cases.size() + channels);
}

// In the L2 sense 1.5 million finer steps are worth one value, and 15,000 are not.
TEST(HistogramObserver, CutsAnOutlierThatMinMaxKeeps) {
  const auto with_outlier = [](int count) {
    Batches batches(1);
    for (int i = 0; i <= count; ++i)
      batches[0].push_back(2 * static_cast<float>(i) / static_cast<float>(count) - 1);
    batches[0].push_back(3);
    return batches;
  };
  EXPECT_EQ(RangeOf<MinMaxObserver>(with_outlier(1'500'000)).end, 3);
  EXPECT_LT(RangeOf<HistogramObserver>(with_outlier(1'500'000)).end, 2.5F);
  EXPECT_EQ(RangeOf<HistogramObserver>(with_outlier(15'000)).end, 3);
}

TEST(HistogramObserver, WithoutValuesTheRangeIsEmpty) {
  HistogramObserver observer;
  observer.Observe(nullptr, 0);
  EXPECT_EQ(observer.Range(), (Interval<float>{0, 0}));
}

/// What the sigmoid's input in a squeeze-excite gate looks like: PyTorch 1.13 made 0 .. 0.78 of it.
TEST(HistogramObserver, FractionsOfTheEndsAreNotCutOff) {
  Batches batches(20, std::vector<float>(120, 0.3F));
  for (size_t i = 0; i < batches.size(); ++i) {
    for (size_t k = 0; k < 120; k += 2) batches[i][k] = 0.013F * static_cast<float>(k / 2);
    batches[i][7] = 18.75F + 0.0025F * static_cast<float>(i);
  }
  EXPECT_EQ(RangeOf<HistogramObserver>(batches), (Interval<float>{0, 18.75F + 0.0475F}));
  // All within one whole number.
  const Batches small = {{0.25F, 0.5F, 0.75F}, {0.3F, 0.6F, 0.9F}};
  EXPECT_EQ(RangeOf<HistogramObserver>(small), (Interval<float>{0.25F, 0.9F}));
}

TEST(HistogramObserver, OneValueASampleHasTheRangeOfAllSamples) {
  EXPECT_EQ(RangeOf<HistogramObserver>({{2}, {-1}, {0.5F}}), (Interval<float>{-1, 2}));
  EXPECT_EQ(RangeOf<HistogramObserver>({{3}, {3}, {3}}), (Interval<float>{3, 3}));
  EXPECT_EQ(RangeOf<HistogramObserver>({{3, 3}, {3}, {-7}, {3}}), (Interval<float>{-7, 3}));
}

TEST(HistogramObserver, TheOrderOfEqualBatchesDoesNotMatterToTheRange) {
  const float values[] = {5, -2, 5, 0.25F, 9, -2};
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5};
  do {
    Batches batches;
    for (const size_t i : order) batches.push_back({values[i], values[i], values[i]});
    ASSERT_EQ(RangeOf<HistogramObserver>(batches), (Interval<float>{-2, 9}));
  } while (std::next_permutation(order.begin(), order.end()));
}

// int8 reaches to zero anyway: what is cut off a band far from it is lost for nothing.
TEST(HistogramObserver, ANarrowBandAwayFromZeroIsKept) {
  Batches batches = Sample(3, 5, 2000, 0.05, 1, false);
  for (auto& batch : batches)
    for (float& value : batch) value += 100;
  EXPECT_EQ(RangeOf<HistogramObserver>(batches), RangeOf<MinMaxObserver>(batches));
  for (auto& batch : batches)
    for (float& value : batch) value = -value;
  EXPECT_EQ(RangeOf<HistogramObserver>(batches), RangeOf<MinMaxObserver>(batches));
}

TEST(HistogramObserver, SaysWhatItsRangeClips) {
  HistogramObserver observer;
  std::vector<float> values(1000, 1);
  for (size_t i = 0; i < 30; ++i) values[i] = 4;
  values[30] = 0;
  observer.Observe(values.data(), 1000);
  EXPECT_DOUBLE_EQ(observer.ClippedShare({0, 2}), 0.03);
  EXPECT_DOUBLE_EQ(observer.ClippedShare({0, 4}), 0);
}

// Ranges whose bins or grid cells underflow or overflow must end somewhere finite and ordered.
TEST(HistogramObserver, SurvivesExtremeValues) {
  const Batches lists[] = {{{1e-44F, 3e-44F, 0}, {5e-43F}, {1}},
                           {{3e38F, -3e38F}, {1}, {-3.4e38F}},
                           {{1e8F, 1e8F}, {1e8F + 8}},
                           {{1e-30F, 2e-30F}, {1e30F}}};
  for (const Batches& batches : lists) {
    const Interval<float> range = RangeOf<HistogramObserver>(batches);
    EXPECT_FALSE(std::isnan(range.begin));
    EXPECT_FALSE(std::isnan(range.end));
    EXPECT_LE(range.begin, range.end);
  }
}

}  // namespace
}  // namespace imcc
