// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/histogram_observer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include "quantize/min_max_observer.h"

namespace imcc {
namespace {

using Batches = std::vector<std::vector<float>>;

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
  // Torch itself fails where a range of denormals grows (its grid underflows) and where an edge is
  // beyond 64 bits; SurvivesExtremeValues has those.
  cases["denormals"] = {{1e-44F, 3e-44F, 0}};
  cases["denormal_constant"] = Batches(2, std::vector<float>(4, 1e-44F));
  cases["denormals_after_zeros"] = {{0, 0}, {1e-40F, 2e-39F, 1e-41F}};
  cases["denormals_among_others"] = {{1, 2, 1e-44F, -1e-42F}, {3, 1e-40F, -1}};
  cases["one_value"] = {{-2.5F}};
  cases["large"] = {{1e18F, -3e18F, 2e17F}, {5e18F, 0}};
  cases["zeros"] = Batches(2, std::vector<float>(64, 0.0F));
  cases["few_values"] = {{0, 0, 0, 1, 1, 2}, {0, 7, 0}, {-3}};
  return cases;
}

Interval<float> RangeOf(Observer&& observer, const Batches& batches) {
  for (const auto& batch : batches)
    observer.Observe(batch.data(), static_cast<int64_t>(batch.size()));
  return observer.Range();
}

Interval<float> RangeOf(const std::string& scheme, const Batches& batches) {
  if (scheme == "min_max") return RangeOf(MinMaxObserver(), batches);
  return RangeOf(HistogramObserver(scheme == "whole" ? HistogramObserver::Edges::kWhole
                                                     : HistogramObserver::Edges::kExact),
                 batches);
}

/// What torch says of the cases; 77 if there is no torch 1.13.
int AskTorch(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::ofstream values(folder / "values.f32", std::ios::binary);
  std::ofstream batches(folder / "batches.txt");
  for (const auto& [name, list] : Cases()) {
    for (size_t b = 0; b < list.size(); ++b) {
      batches << name << " " << b << " " << list[b].size() << "\n";
      values.write(reinterpret_cast<const char*>(list[b].data()),
                   static_cast<std::streamsize>(list[b].size() * sizeof(float)));
    }
  }
  values.close();
  batches.close();
  const int status =
      std::system(fmt::format("/usr/bin/python3 {}/tests/quantize/torch_observers.py "
                              "{} 2>{}/errors.txt",
                              IMCC_SOURCE_DIR, folder.string(), folder.string())
                      .c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

TEST(HistogramObserver, ChoosesTheRangesOfTorch) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "imcc_torch_observers";
  const int code = AskTorch(folder);
  if (code == 77 || code == 127) GTEST_SKIP() << "no /usr/bin/python3 with torch 1.13";
  ASSERT_EQ(code, 0) << std::ifstream(folder / "errors.txt").rdbuf();
  const std::map<std::string, Batches> cases = Cases();
  std::ifstream ranges(folder / "ranges.txt");
  std::string name, scheme;
  float min = 0, max = 0;
  size_t lines = 0;
  while (ranges >> name >> scheme >> min >> max) {
    const Interval<float> range = RangeOf(scheme, cases.at(name));
    const float tolerance = 1e-6F * (max - min);
    EXPECT_NEAR(range.begin, min, tolerance) << name << " " << scheme;
    EXPECT_NEAR(range.end, max, tolerance) << name << " " << scheme;
    ++lines;
  }
  EXPECT_EQ(lines, 3 * cases.size());
}

TEST(HistogramObserver, CutsAnOutlierThatMinMaxKeeps) {
  Batches batches = Sample(8, 4, 50'000, 1, 1, false);
  batches[1][5] = 1000;
  EXPECT_EQ(RangeOf("min_max", batches).end, 1000);
  EXPECT_LT(RangeOf("exact", batches).end, 500);
}

TEST(HistogramObserver, WithoutValuesTheRangeIsEmpty) {
  HistogramObserver observer;
  observer.Observe(nullptr, 0);
  EXPECT_EQ(observer.Range(), (Interval<float>{0, 0}));
}

// Ranges whose bins or grid cells underflow or overflow must end somewhere finite and ordered.
TEST(HistogramObserver, SurvivesExtremeValues) {
  const Batches lists[] = {{{1e-44F, 3e-44F, 0}, {5e-43F}, {1}},
                           {{3e38F, -3e38F}, {1}, {-3.4e38F}},
                           {{1e8F, 1e8F}, {1e8F + 8}},
                           {{1e-30F, 2e-30F}, {1e30F}}};
  for (const Batches& batches : lists) {
    const Interval<float> range = RangeOf("exact", batches);
    EXPECT_FALSE(std::isnan(range.begin));
    EXPECT_FALSE(std::isnan(range.end));
    EXPECT_LE(range.begin, range.end);
  }
}

}  // namespace
}  // namespace imcc
