// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Every kind of task against a plain loop written from its comment in isa/task.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "isa/parameters.h"
#include "numerics/requantize.h"
#include "sim/simulator.h"
#include "support/small_program.h"

namespace imcc {
namespace {

constexpr Address kInput{Region::kL1, 0};
constexpr Address kSecond{Region::kL1, 0x40000};
constexpr Address kWeights{Region::kL1, 0x80000};
constexpr Address kParameters{Region::kL1, 0x100000};
constexpr Address kTableAt{Region::kL1, 0x140000};
constexpr Address kResidual{Region::kL1, 0x160000};
constexpr Address kResult{Region::kL1, 0x180000};
constexpr Address kOutput{Region::kDdr, 0};

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  int Int(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
  int8_t Int8() { return static_cast<int8_t>(Int(-128, 127)); }
  std::vector<int8_t> Bytes(int64_t count) {
    std::vector<int8_t> bytes(static_cast<size_t>(count));
    for (int8_t& byte : bytes) byte = Int8();
    return bytes;
  }
  uint32_t Multiplier() { return Pack(MakeRequantizer(static_cast<float>(Int(1, 1000)) / 1e6F)); }

 private:
  std::mt19937_64 engine_;
};

Segment Constant(Address address, const std::vector<int8_t>& bytes) {
  return {.name = ".l1." + std::to_string(address.offset),
          .address = address,
          .bytes = {bytes.begin(), bytes.end()}};
}
Segment Constant(Address address, const std::vector<uint8_t>& bytes) {
  return {.name = ".l1." + std::to_string(address.offset), .address = address, .bytes = bytes};
}

/// Runs the tasks one after the other, then copies kResult (dense) to the output of the network.
std::vector<int8_t> RunInTurn(std::vector<Task> tasks, std::vector<Segment> segments, int64_t bytes,
                              KernelSet kernels = BestKernelSet()) {
  tasks.push_back(testing::Copy(Engine::kDma0, kResult, kOutput, static_cast<uint32_t>(bytes)));
  std::array<uint32_t, kEngines> done = {};
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (i > 0) {
      const auto before = static_cast<size_t>(tasks[i - 1].engine);
      tasks[i].waits[0] = {static_cast<uint8_t>(before), ++done[before]};
    }
  }
  Program program = testing::SmallProgram(std::move(tasks));
  program.segments = std::move(segments);
  program.outputs = {{.name = "out",
                      .shape = {1, 1, 1, bytes},
                      .address = kOutput,
                      .channels = bytes,
                      .row_stride = bytes,
                      .pixel_stride = bytes,
                      .scale = {1.0F},
                      .zero_point = {0}}};
  const Status verified = Verify(program);
  EXPECT_TRUE(verified.ok()) << (verified.ok() ? "" : verified.error().Format());
  auto elf = WriteElf(program);
  EXPECT_TRUE(elf.ok());
  auto simulator = Simulator::Load(*elf);
  EXPECT_TRUE(simulator.ok()) << (simulator.ok() ? "" : simulator.error().Format());
  std::vector<int8_t> first;
  for (const bool check :
       {false, true}) {  // Twice: memory and sets keep the last frame's contents.
    auto outputs = simulator->RunFrame({}, {.kernels = kernels, .check = check});
    EXPECT_TRUE(outputs.ok()) << (outputs.ok() ? "" : outputs.error().Format());
    if (!outputs.ok()) return {};
    if (check) {
      EXPECT_EQ(first, outputs->at(0)) << "the second frame differs";
    }
    first = outputs->at(0);
  }
  return first;
}

constexpr int64_t kPword = 64;

/// The im2col row of output pixel (y, x), as the comment of MvmTask has it.
/// Input columns of a group of replicas, relative to its first window, written down independently.
std::vector<int> GroupColumns(const MvmTask& t) {
  std::set<int> columns;
  for (int i = 0; i < t.replicas; ++i)
    for (int kx = 0; kx < t.kernel_w; ++kx) columns.insert(kx * t.dilation_w + i * t.stride_w);
  if ((t.flags & MvmTask::kSubword) != 0)
    for (int c = 0; c < *columns.rbegin(); ++c) columns.insert(c);
  return {columns.begin(), columns.end()};
}

/// The im2col vector of group `g` of row `y`.
std::vector<int8_t> VectorOf(const MvmTask& t, const std::vector<int8_t>& input, int y, int g) {
  std::vector<int8_t> vector;
  const int needed = t.origin_x + (t.out_w - 1) * t.stride_w + (t.kernel_w - 1) * t.dilation_w + 1;
  const auto at = [&](int row, int column, int byte) {
    const bool inside =
        row >= 0 && row < t.in_h && column >= 0 && column < std::min<int>(t.in_w, needed);
    return inside ? input[static_cast<size_t>(row * static_cast<int>(t.row_stride) +
                                              column * t.pixel_stride + byte)]
                  : t.zero_point;
  };
  const bool subword = (t.flags & MvmTask::kSubword) != 0;
  for (int ky = 0; ky < t.kernel_h; ++ky) {
    for (const int offset : GroupColumns(t)) {
      const int row = t.origin_y + y * t.stride_h + ky * t.dilation_h;
      const int column = t.origin_x + g * t.replicas * t.stride_w + offset;
      for (int c = 0; c < (subword ? t.pixel_stride : t.channels); ++c)
        vector.push_back(at(row, column, c));
      while (!subword && vector.size() % kPword != 0) vector.push_back(0);
    }
    while (vector.size() % kPword != 0) vector.push_back(0);
  }
  return vector;
}

MvmTask RandomMvm(Random& random, bool subword) {
  MvmTask t{.input = kInput};
  t.in_h = static_cast<uint16_t>(random.Int(1, 9));
  t.in_w = static_cast<uint16_t>(random.Int(1, 9));
  t.channels = static_cast<uint16_t>(random.Int(1, subword ? 6 : 100));
  t.pixel_stride = static_cast<uint16_t>(t.channels + random.Int(0, 2));
  t.row_stride = t.in_w * t.pixel_stride + static_cast<uint32_t>(random.Int(0, 7));
  t.out_h = static_cast<uint16_t>(random.Int(1, 6));
  t.out_w = static_cast<uint16_t>(random.Int(1, 60));
  t.kernel_h = static_cast<uint8_t>(random.Int(1, 3));
  t.kernel_w = static_cast<uint8_t>(random.Int(1, subword ? 30 : 3));
  t.stride_h = static_cast<uint8_t>(random.Int(1, 3));
  t.stride_w = static_cast<uint8_t>(random.Int(1, 3));
  t.dilation_h = static_cast<uint8_t>(random.Int(1, 2));
  t.dilation_w = static_cast<uint8_t>(subword ? 1 : random.Int(1, 2));
  t.origin_y = static_cast<int16_t>(random.Int(-3, 3));
  t.origin_x = static_cast<int16_t>(random.Int(-3, 3));
  t.zero_point = random.Int8();
  t.flags = subword ? MvmTask::kSubword : uint8_t{0};
  if (random.Int(0, 2) == 0) t.flags |= MvmTask::kCentred;
  t.replicas = static_cast<uint8_t>(random.Int(0, 1) == 0 ? 1 : random.Int(2, kMaxReplicas));
  t.set_column0 = static_cast<uint16_t>(random.Int(0, 400));
  t.set = static_cast<uint8_t>(random.Int(0, 3));
  t.accumulator = static_cast<uint32_t>(random.Int(0, 1000));
  return t;
}

/// Everything one random product needs, and what it should give.
class MvmCase {
 public:
  MvmCase(uint64_t seed, bool subword)
      : seed_(seed), random_(seed), t_(RandomMvm(random_, subword)) {
    channels_ = random_.Int(1, 12);
    input_ = random_.Bytes(int64_t{t_.in_h} * t_.row_stride);
    residual_ = random_.Bytes(int64_t{t_.out_h} * t_.out_w * channels_);
    table_ = random_.Bytes(256);
    final_table_ = random_.Bytes(256);
    length_ = VectorOf(t_, input_, 0, 0).size();
    weights_ = random_.Bytes(static_cast<int64_t>(length_) * t_.replicas * channels_);
    for (int c = 0; c < channels_; ++c) {
      bias_.push_back(random_.Int(-100000, 100000));
      multipliers_.push_back(random_.Multiplier());
    }
    add_ = {.multiplier_a = random_.Int(1, 1 << 20),
            .multiplier_b = random_.Int(-(1 << 20), 1 << 20)};
    add_.shift = 20;
    add_.zero_point_a = random_.Int8();
    add_.zero_point_b = random_.Int8();
    add_.zero_point_out = random_.Int8();
  }

  std::vector<int8_t> Simulated() {
    std::vector<Task> tasks;
    const int all = t_.replicas * channels_;
    const int cut = random_.Int(0, 1) == 0 ? all : random_.Int(1, all);
    for (const auto& [first, last] : {std::pair{0, cut}, std::pair{cut, all}})
      if (first < last) AddColumns(first, last, tasks);
    std::vector<uint8_t> block = EncodeElementwiseParameters(add_);
    if (!HasAdd()) block.clear();
    if (HasTable()) block.insert(block.end(), table_.begin(), table_.end());
    if (HasAdd()) block.insert(block.end(), final_table_.begin(), final_table_.end());
    block.resize(block.size() + 1);  // Never empty.
    const std::vector<Segment> segments = {
        Constant(kInput, input_), Constant(kWeights, tiles_), Constant(kTableAt, block),
        Constant(kResidual, residual_),
        Constant(kParameters, EncodeChannelParameters(bias_, multipliers_))};
    const KernelSet kernels = seed_ % 3 == 0 ? KernelSet::kScalar : BestKernelSet();
    return RunInTurn(tasks, segments, int64_t{t_.out_h} * t_.out_w * channels_, kernels);
  }

  std::vector<int8_t> Expected() const {
    std::vector<int8_t> expected;
    for (int y = 0; y < t_.out_h; ++y)
      for (int x = 0; x < t_.out_w; ++x)
        for (int c = 0; c < channels_; ++c) expected.push_back(ExpectedAt(y, x, c));
    return expected;
  }

 private:
  bool HasTable() const { return seed_ % 2 == 0; }
  bool HasAdd() const { return seed_ % 5 < 2; }

  /// Loads, multiplies and drains columns [first, last) of the replicas in one or more row tiles.
  void AddColumns(int first, int last, std::vector<Task>& tasks) {
    t_.columns = static_cast<uint16_t>(last - first);
    t_.flags &= static_cast<uint8_t>(~MvmTask::kAccumulate);
    const auto pwords = static_cast<int>(length_ / kPword);
    for (int pword = 0; pword < pwords;) {
      const int count = std::min(pwords - pword, random_.Int(1, 8));
      t_.first_pword = static_cast<uint16_t>(pword);
      t_.pwords = static_cast<uint8_t>(count);
      t_.set_pword0 = static_cast<uint8_t>(random_.Int(0, 8 - count));
      LoadWeightsTask load{.source = kWeights, .set = t_.set, .column0 = t_.set_column0};
      load.source.offset += tiles_.size();
      load.row0 = static_cast<uint16_t>(t_.set_pword0 * kPword);
      load.rows = static_cast<uint16_t>(count * kPword);
      load.columns = t_.columns;
      // Behind the valid rows of a column the memory may hold anything, and the cells become 0.
      load.column_stride =
          static_cast<uint16_t>(load.rows + random_.Int(0, 1) * random_.Int(0, 70));
      load.valid = static_cast<uint16_t>(load.rows - random_.Int(0, 1) * random_.Int(0, 63));
      for (int v = first; v < last; ++v)
        for (int i = 0; i < load.column_stride; ++i) {
          const bool loaded = i < load.valid;
          const auto k = static_cast<size_t>(pword * kPword + i);
          if (!loaded && i < load.rows) Weight(v, k) = 0;
          tiles_.push_back(static_cast<uint8_t>(loaded ? Weight(v, k) : random_.Int8()));
        }
      tasks.push_back({.engine = Engine::kWeightLoad, .payload = load});
      tasks.push_back({.engine = Engine::kMvm, .payload = t_});
      t_.flags |= MvmTask::kAccumulate;
      pword += count;
    }
    tasks.push_back({.engine = Engine::kVector, .payload = Drain(first)});
  }

  RequantizeTask Drain(int first) const {
    RequantizeTask drain{.accumulator = t_.accumulator, .out_h = t_.out_h, .out_w = t_.out_w};
    drain.columns = t_.columns;
    drain.first_column = static_cast<uint16_t>(first);
    drain.replicas = t_.replicas;
    drain.channels = drain.pixel_stride = drain.residual_pixel_stride =
        static_cast<uint16_t>(channels_);
    drain.row_stride = drain.residual_row_stride = uint32_t{t_.out_w} * drain.channels;
    drain.parameters = kParameters;
    drain.output = kResult;
    drain.zero_point = kZero;
    drain.lo = kRange.lo;
    drain.hi = kRange.hi;
    if (HasTable()) drain.flags |= RequantizeTask::kTable;
    if (HasAdd()) drain.flags |= RequantizeTask::kAdd | RequantizeTask::kFinalTable;
    if (drain.flags != 0) drain.tables = kTableAt;
    if (HasAdd()) drain.residual = kResidual;
    return drain;
  }

  int8_t Weight(int v, size_t k) const { return weights_[static_cast<size_t>(v) * length_ + k]; }
  int8_t& Weight(int v, size_t k) { return weights_[static_cast<size_t>(v) * length_ + k]; }

  int8_t ExpectedAt(int y, int x, int c) const {
    const std::vector<int8_t> vector = VectorOf(t_, input_, y, x / t_.replicas);
    const auto channel = static_cast<size_t>(c);
    int32_t sum = bias_[channel];
    const int zero = (t_.flags & MvmTask::kCentred) != 0 ? t_.zero_point : 0;
    for (size_t k = 0; k < length_; ++k)
      sum += (vector[k] - zero) * Weight(x % t_.replicas * channels_ + c, k);
    int8_t value = Requantize(sum, UnpackRequantizer(multipliers_[channel]), kZero, kRange);
    if (HasTable()) value = table_[static_cast<size_t>(value + 128)];
    if (!HasAdd()) return value;
    const int8_t other = residual_[static_cast<size_t>((y * t_.out_w + x) * channels_ + c)];
    const int32_t total = Scale(value - add_.zero_point_a, other - add_.zero_point_b,
                                {add_.multiplier_a, add_.multiplier_b, add_.shift}) +
                          add_.zero_point_out;
    return final_table_[static_cast<size_t>(std::clamp(total, -128, 127) + 128)];
  }

  static constexpr int8_t kZero = 3;
  static constexpr ClampRange kRange{-100, 90};
  uint64_t seed_;
  Random random_;
  MvmTask t_;
  int channels_ = 1;
  size_t length_ = 0;
  std::vector<int8_t> input_, residual_, table_, final_table_, weights_;
  std::vector<uint8_t> tiles_;
  std::vector<int32_t> bias_;
  std::vector<uint32_t> multipliers_;
  ElementwiseParameters add_;
};

/// A random product, replicated or not, in row and column tiles, against the plain sum.
void TestMvm(uint64_t seed, bool subword) {
  MvmCase product(seed, subword);
  const std::vector<int8_t> simulated = product.Simulated();  // Decides which weights are loaded.
  EXPECT_EQ(simulated, product.Expected()) << "seed " << seed;
}

TEST(Functional, MatrixVectorMultiply) {
  for (uint64_t seed = 1; seed <= 60; ++seed) TestMvm(seed, false);
}

TEST(Functional, MatrixVectorMultiplyOfPackedKernelRows) {
  for (uint64_t seed = 1; seed <= 60; ++seed) TestMvm(seed, true);
}

WindowTask RandomWindow(Random& random, WindowTask::Kind kind) {
  WindowTask t{.input = kInput, .output = kResult, .parameters = kParameters};
  t.in_h = static_cast<uint16_t>(random.Int(1, 8));
  t.in_w = static_cast<uint16_t>(random.Int(1, 8));
  t.channels = static_cast<uint16_t>(random.Int(1, 70));
  t.pixel_stride_in = static_cast<uint16_t>(t.channels + random.Int(0, 3));
  t.row_stride_in = t.in_w * t.pixel_stride_in + static_cast<uint32_t>(random.Int(0, 9));
  t.kind = kind;
  if (kind < WindowTask::kGlobalAverage) {
    t.out_h = static_cast<uint16_t>(random.Int(1, 5));
    t.out_w = static_cast<uint16_t>(random.Int(1, 5));
    t.kernel_h = static_cast<uint8_t>(random.Int(1, 4));
    t.kernel_w = static_cast<uint8_t>(random.Int(1, 4));
    t.stride_h = static_cast<uint8_t>(random.Int(1, 2));
    t.stride_w = static_cast<uint8_t>(random.Int(1, 2));
    t.dilation_h = static_cast<uint8_t>(random.Int(1, 2));
    t.dilation_w = static_cast<uint8_t>(random.Int(1, 2));
    t.origin_y = static_cast<int16_t>(random.Int(-2, 1));
    t.origin_x = static_cast<int16_t>(random.Int(-2, 1));
  } else {
    t.out_h = t.out_w = 1;
    t.flags = WindowTask::kFirst | WindowTask::kLast;
  }
  t.pixel_stride_out = t.channels;
  t.row_stride_out = uint32_t{t.out_w} * t.channels;
  return t;
}

WindowParameters RandomParameters(Random& random, const WindowTask& t) {
  WindowParameters p{.zero_point_in = random.Int8(), .zero_point_out = random.Int8()};
  p.lo = -110;
  p.hi = 100;
  p.pad_value = random.Int8();
  p.count_include_pad = random.Int(0, 1) == 1;
  const int taps = t.kernel_h * t.kernel_w;
  int requantizers = 0;
  if (t.kind == WindowTask::kDepthwise) {
    for (int c = 0; c < t.channels; ++c) p.bias.push_back(random.Int(-9999, 9999));
    p.weights = random.Bytes(taps * t.channels);
    if ((t.flags & WindowTask::kChannelZeroPoints) != 0) p.zero_points = random.Bytes(t.channels);
    requantizers = t.channels;
  } else if (t.kind == WindowTask::kAverage) {
    requantizers = taps;
  } else if (t.kind == WindowTask::kGlobalAverage) {
    requantizers = 1;
  }
  for (int i = 0; i < requantizers; ++i)
    p.requantizers.push_back(Pack(MakeRequantizer(static_cast<float>(random.Int(1, 999)) / 5e3F)));
  return p;
}

/// One output element by the comment of WindowTask.
int8_t WindowElement(const WindowTask& t, const WindowParameters& p,
                     const std::vector<int8_t>& input, int oy, int ox, int c) {
  const auto channel = static_cast<size_t>(c);
  const bool max = t.kind == WindowTask::kMax;
  const int8_t zero = p.zero_points.empty() ? p.zero_point_in : p.zero_points[channel];
  int32_t sum = t.kind == WindowTask::kDepthwise ? p.bias[channel] : 0;
  int32_t largest = -128;
  int count = 0;
  for (int ky = 0; ky < t.kernel_h; ++ky)
    for (int kx = 0; kx < t.kernel_w; ++kx) {
      const int y = t.origin_y + oy * t.stride_h + ky * t.dilation_h;
      const int x = t.origin_x + ox * t.stride_w + kx * t.dilation_w;
      const bool inside = y >= 0 && y < t.in_h && x >= 0 && x < t.in_w;
      const int8_t value = inside
                               ? input[static_cast<size_t>(y * static_cast<int>(t.row_stride_in) +
                                                           x * t.pixel_stride_in + c)]
                               : (max ? p.pad_value : zero);
      largest = std::max<int32_t>(largest, value);
      if (inside || p.count_include_pad) ++count;
      const auto tap = static_cast<size_t>(ky * t.kernel_w + kx);
      if (t.kind == WindowTask::kDepthwise)
        sum += value * p.weights[tap * t.channels + channel];
      else
        sum += value - p.zero_point_in;
    }
  if (max) return static_cast<int8_t>(std::clamp<int32_t>(largest, p.lo, p.hi));
  const size_t index = t.kind == WindowTask::kDepthwise ? channel : static_cast<size_t>(count - 1);
  const Requantizer m = t.kind == WindowTask::kAverage && count == 0
                            ? Requantizer{}
                            : UnpackRequantizer(p.requantizers[index]);
  return Requantize(sum, m, p.zero_point_out, {p.lo, p.hi});
}

void TestWindow(WindowTask::Kind kind, uint64_t seed) {
  Random random(seed);
  WindowTask t = RandomWindow(random, kind);
  if (kind == WindowTask::kDepthwise && seed % 2 == 0) t.flags = WindowTask::kChannelZeroPoints;
  const WindowParameters p = RandomParameters(random, t);
  const std::vector<int8_t> input = random.Bytes(int64_t{t.in_h} * t.row_stride_in);
  std::vector<int8_t> expected;
  for (int y = 0; y < t.out_h; ++y)
    for (int x = 0; x < t.out_w; ++x)
      for (int c = 0; c < t.channels; ++c) expected.push_back(WindowElement(t, p, input, y, x, c));
  EXPECT_EQ(
      RunInTurn({{.engine = Engine::kDepthwise, .payload = t}},
                {Constant(kInput, input), Constant(kParameters, EncodeWindowParameters(kind, p))},
                static_cast<int64_t>(expected.size())),
      expected)
      << "kind " << kind << " seed " << seed;
}

TEST(Functional, SlidingWindows) {
  for (const auto kind : {WindowTask::kDepthwise, WindowTask::kMax, WindowTask::kAverage})
    for (uint64_t seed = 1; seed <= 40; ++seed) TestWindow(kind, seed);
}

// A plane in two tiles: the sums of the first are kept for the second.
TEST(Functional, GlobalPoolsOverTwoTiles) {
  for (const auto kind : {WindowTask::kGlobalAverage, WindowTask::kGlobalMax}) {
    Random random(7);
    WindowTask t = RandomWindow(random, kind);
    t.in_h = 5;
    const WindowParameters p = RandomParameters(random, t);
    const std::vector<int8_t> input = random.Bytes(int64_t{t.in_h} * t.row_stride_in);
    std::vector<int8_t> expected;
    for (int c = 0; c < t.channels; ++c) {
      int32_t sum = 0;
      int32_t largest = -128;
      for (int y = 0; y < t.in_h; ++y)
        for (int x = 0; x < t.in_w; ++x) {
          const int8_t value = input[static_cast<size_t>(y * static_cast<int>(t.row_stride_in) +
                                                         x * t.pixel_stride_in + c)];
          sum += value - p.zero_point_in;
          largest = std::max<int32_t>(largest, value);
        }
      expected.push_back(kind == WindowTask::kGlobalMax
                             ? static_cast<int8_t>(std::clamp<int32_t>(largest, p.lo, p.hi))
                             : Requantize(sum, UnpackRequantizer(p.requantizers[0]),
                                          p.zero_point_out, {p.lo, p.hi}));
    }
    WindowTask top = t;
    top.in_h = 2;
    top.flags = WindowTask::kFirst;
    WindowTask bottom = t;
    bottom.in_h = 3;
    bottom.input.offset += 2 * uint64_t{t.row_stride_in};
    bottom.flags = WindowTask::kLast;
    EXPECT_EQ(
        RunInTurn({{.engine = Engine::kDepthwise, .payload = top},
                   {.engine = Engine::kDepthwise, .payload = bottom}},
                  {Constant(kInput, input), Constant(kParameters, EncodeWindowParameters(kind, p))},
                  static_cast<int64_t>(expected.size())),
        expected);
  }
}

TEST(Functional, AddAndMultiplyWithAndWithoutBroadcast) {
  for (int round = 0; round < 40; ++round) {
    Random random(static_cast<uint64_t>(round));
    const bool mul = round % 2 == 1;
    const bool broadcast = round % 4 >= 2;
    ElementwiseTask t{.a = kInput, .b = kSecond, .output = kResult, .parameters = kParameters};
    t.height = static_cast<uint16_t>(random.Int(1, 4));
    t.width = static_cast<uint16_t>(random.Int(1, 4));
    t.channels = static_cast<uint16_t>(random.Int(1, 80));
    t.pixel_stride_a = static_cast<uint16_t>(t.channels + 3);
    t.row_stride_a = uint32_t{t.width} * t.pixel_stride_a + 5;
    t.row_stride_b = uint32_t{t.width} * t.pixel_stride_a + 1;
    t.pixel_stride_out = t.channels;
    t.row_stride_out = uint32_t{t.width} * t.channels;
    t.kind = mul ? ElementwiseTask::kMul : ElementwiseTask::kAddSub;
    t.flags = broadcast ? ElementwiseTask::kBroadcastB : uint8_t{0};
    const PairRequantizer pair = MakePairRequantizer(0.37 * random.Int(1, 5), -0.21);
    ElementwiseParameters p{.multiplier_a = pair.multiplier_a, .multiplier_b = pair.multiplier_b};
    p.shift = pair.shift;
    p.product = Pack(MakeRequantizer(0.013F));
    p.zero_point_a = random.Int8();
    p.zero_point_b = random.Int8();
    p.zero_point_out = 5;
    p.lo = -90;
    const std::vector<int8_t> a = random.Bytes(int64_t{t.height} * t.row_stride_a);
    const std::vector<int8_t> b = random.Bytes(int64_t{t.height} * t.row_stride_b);
    std::vector<int8_t> expected;
    for (size_t y = 0; y < t.height; ++y)
      for (size_t x = 0; x < t.width; ++x)
        for (size_t c = 0; c < t.channels; ++c) {
          const int da = a[y * t.row_stride_a + x * t.pixel_stride_a + c] - p.zero_point_a;
          const size_t at = broadcast ? c : y * t.row_stride_b + x * t.pixel_stride_a + c;
          const int db = b[at] - p.zero_point_b;
          const int value =
              mul ? Scale(da * db, UnpackRequantizer(p.product)) : Scale(da, db, pair);
          expected.push_back(static_cast<int8_t>(std::clamp<int>(value + 5, p.lo, p.hi)));
        }
    EXPECT_EQ(RunInTurn({{.engine = Engine::kVector, .payload = t}},
                        {Constant(kInput, a), Constant(kSecond, b),
                         Constant(kParameters, EncodeElementwiseParameters(p))},
                        static_cast<int64_t>(expected.size())),
              expected)
        << "round " << round;
  }
}

TEST(Functional, TablesAndMoves) {
  Random random(3);
  for (const bool lookup : {false, true}) {
    TableTask t{.input = kInput, .output = kResult, .height = 3, .width = 4, .channels = 9};
    t.row_stride_in = 50;
    t.pixel_stride_in = 12;
    t.row_stride_out = 36;
    t.pixel_stride_out = 9;
    const std::vector<int8_t> input = random.Bytes(150);
    const std::vector<int8_t> table = random.Bytes(256);
    if (lookup) {
      t.flags = TableTask::kTable;
      t.table = kTableAt;
    }
    std::vector<int8_t> expected;
    for (size_t y = 0; y < 3; ++y)
      for (size_t x = 0; x < 4; ++x)
        for (size_t c = 0; c < 9; ++c) {
          const int8_t value = input[y * 50 + x * 12 + c];
          expected.push_back(lookup ? table[static_cast<size_t>(value + 128)] : value);
        }
    EXPECT_EQ(RunInTurn({{.engine = Engine::kVector, .payload = t}},
                        {Constant(kInput, input), Constant(kTableAt, table)}, 108),
              expected);
  }
}

// Rows 2..4 of a 6-row output from rows 1..3 of the input, as a tile of a larger resize.
TEST(Functional, ResizeOfATile) {
  Random random(4);
  std::vector<ResizeTap> rows(6);
  std::vector<ResizeTap> columns(5);
  for (ResizeTap& tap : rows)
    tap = {static_cast<uint16_t>(random.Int(1, 2)), 3, static_cast<uint16_t>(random.Int(0, 32768))};
  for (ResizeTap& tap : columns)
    tap = {static_cast<uint16_t>(random.Int(0, 1)), 2, static_cast<uint16_t>(random.Int(0, 32768))};
  ResizeTask t{.input = kInput, .output = kResult, .parameters = kParameters};
  t.out_h = 3;
  t.out_w = 4;
  t.out_y0 = 2;
  t.out_x0 = 1;
  t.in_h = t.in_w = 3;
  t.in_y0 = 1;
  t.channels = t.pixel_stride_in = t.pixel_stride_out = 7;
  t.row_stride_in = 21;
  t.row_stride_out = 28;
  t.taps = 4;
  const std::vector<int8_t> input = random.Bytes(63);
  std::vector<int8_t> expected;
  for (size_t y = 2; y < 5; ++y)
    for (size_t x = 1; x < 5; ++x)
      for (size_t c = 0; c < 7; ++c) {
        int64_t sum = 0;
        for (const bool low_row : {true, false})
          for (const bool low_column : {true, false}) {
            const int64_t wy = low_row ? 32768 - rows[y].weight : rows[y].weight;
            const int64_t wx = low_column ? 32768 - columns[x].weight : columns[x].weight;
            const size_t line = low_row ? rows[y].lo : rows[y].hi;
            const size_t column = low_column ? columns[x].lo : columns[x].hi;
            sum += wy * wx * input[(line - 1) * 21 + column * 7 + c];
          }
        expected.push_back(static_cast<int8_t>(RoundShift(sum, 30)));
      }
  EXPECT_EQ(RunInTurn({{.engine = Engine::kDepthwise, .payload = t}},
                      {Constant(kInput, input),
                       Constant(kParameters, EncodeResizeParameters(rows, columns))},
                      84),
            expected);
}

TEST(Functional, ACopyFollowsItsStrides) {
  Random random(5);
  const std::vector<int8_t> input = random.Bytes(400);
  DmaTask gather{.source = kInput, .destination = kResult, .run = 5, .count0 = 3};
  gather.source_stride0 = 17;
  gather.destination_stride0 = 5;
  gather.count1 = 4;
  gather.source_stride1 = 90;
  gather.destination_stride1 = 15;
  std::vector<int8_t> expected;
  for (size_t plane = 0; plane < 4; ++plane)
    for (size_t run = 0; run < 3; ++run)
      for (size_t byte = 0; byte < 5; ++byte)
        expected.push_back(input[plane * 90 + run * 17 + byte]);
  EXPECT_EQ(
      RunInTurn({{.engine = Engine::kDma1, .payload = gather}}, {Constant(kInput, input)}, 60),
      expected);
}

}  // namespace
}  // namespace imcc
