// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "isa/parameters.h"
#include "program/array_picture.h"
#include "program/constant_copies.h"
#include "program/find_groups.h"
#include "program/loaded_sets.h"

namespace imcc {
namespace {

using Group = GroupFinder::Group;

Interval<int64_t> Shift(Interval<int64_t> range, int64_t by) {
  return {range.begin + by, range.end + by};
}

/// Output channels of a layer: where the parameters of the first one lie and how many there are.
/// A task names its channels only by the address of their parameters.
struct OutputChannels {
  bool known = false;
  Address first;
  uint64_t end = 0;  // Offset behind the parameters of the last.

  void Add(Address parameters, int64_t channels) {
    const auto key = [](Address a) { return std::pair(a.region, a.offset); };
    if (!known || key(parameters) < key(first)) first = parameters;
    known = true;
    end =
        std::max(end, parameters.offset + static_cast<uint64_t>(channels * kChannelParameterBytes));
  }
  /// 0 where the address makes no sense: the file may be anybody's.
  int64_t NumberOf(Address parameters) const {
    constexpr uint64_t kMost = 1U << 20U;
    const uint64_t number = (parameters.offset - first.offset) / kChannelParameterBytes;
    return parameters.region == first.region && number < kMost ? static_cast<int64_t>(number) : 0;
  }
  int64_t count() const {
    return static_cast<int64_t>(end - first.offset) / kChannelParameterBytes;
  }
};

Address HomeOf(Address address, const ConstantCopies& constants) {
  return constants.HomeOf(address).value_or(address);
}

std::vector<OutputChannels> FindOutputChannels(const Program& program) {
  std::vector<OutputChannels> layers(program.layers.size());
  for (const auto& tasks : program.cores) {
    ConstantCopies constants(program);
    for (const Task& task : tasks) {
      if (const auto* copy = std::get_if<DmaTask>(&task.payload)) constants.Apply(*copy);
      if (const auto* drain = std::get_if<RequantizeTask>(&task.payload))
        layers.at(task.layer).Add(HomeOf(drain->parameters, constants), drain->channels);
    }
  }
  return layers;
}

/// Columns [tile.columns) as the drain of their accumulators names them.
std::vector<ArrayColumns> ColumnsOf(const ArrayTile& tile, const RequantizeTask& drain,
                                    int64_t first_channel) {
  std::vector<ArrayColumns> meaning;
  const int64_t end = std::min<int64_t>(
      {int64_t{drain.first_column} + drain.columns, int64_t{drain.replicas} * drain.channels,
       drain.first_column + (tile.columns.end - tile.columns.begin)});
  for (int64_t v = drain.first_column; v < end;) {
    const int64_t replica = v / drain.channels;
    const Interval<int64_t> part{v, std::min(end, (replica + 1) * drain.channels)};
    meaning.push_back({Shift(part, tile.columns.begin - drain.first_column), replica,
                       Shift(part, first_channel - replica * drain.channels)});
    v = part.end;
  }
  return meaning;
}

/// Replicas whose window touches an input column, as bits.
uint8_t ReplicasAt(const MvmTask& mvm, int64_t column) {
  uint32_t bits = 0;
  for (uint32_t i = 0; i < mvm.replicas; ++i) {
    const int64_t offset = column - int64_t{i} * mvm.stride_w;
    if (offset >= 0 && offset % mvm.dilation_w == 0 && offset / mvm.dilation_w < mvm.kernel_w)
      bits |= 1U << i;
  }
  return static_cast<uint8_t>(bits);
}

/// The slice of the input vector that the rows of a tile stand for (MvmTask says how it is formed);
/// `channels` are those of a pixel.
std::vector<ArrayRows> RowsOf(const ArrayTile& tile, const MvmTask& mvm, Interval<int64_t> channels,
                              int64_t pword) {
  const bool subword = (mvm.flags & MvmTask::kSubword) != 0;
  const std::vector<int64_t> taps =
      TapColumns(mvm.kernel_w, mvm.stride_w, mvm.dilation_w, mvm.replicas, subword);
  const auto count = static_cast<int64_t>(taps.size());
  const int64_t per_tap = subword ? mvm.pixel_stride : RoundUp(mvm.channels, pword);
  const int64_t per_row = subword ? RoundUp(count * per_tap, pword) : count * per_tap;
  const int64_t first = mvm.first_pword * pword;
  const Interval<int64_t> slice{first, first + mvm.pwords * pword};
  std::vector<ArrayRows> meaning;
  for (int64_t ky = 0; ky < mvm.kernel_h; ++ky)
    for (int64_t t = 0; t < count; ++t) {
      const int64_t begin = ky * per_row + t * per_tap;
      const Interval<int64_t> rows = Common({begin, begin + channels.end - channels.begin}, slice);
      if (rows.empty()) continue;
      const int64_t column = taps[static_cast<size_t>(t)];
      meaning.push_back({Shift(rows, tile.rows.begin - first), ky, column,
                         Shift(rows, channels.begin - begin), ReplicasAt(mvm, column)});
    }
  return meaning;
}

/// The cells in which rows and columns of one group and replica meet.
std::vector<WeightBlock> BlocksOf(const ArrayTile& tile, Group group) {
  std::vector<WeightBlock> blocks;
  for (const ArrayRows& rows : tile.row_meaning)
    for (const ArrayColumns& columns : tile.column_meaning) {
      if ((rows.replicas >> columns.replica & 1) == 0) continue;
      const int64_t first = columns.channels.begin / group.outputs;
      for (int64_t g = first; g * group.outputs < columns.channels.end; ++g) {
        const auto inputs = Common(rows.channels, {g * group.inputs, (g + 1) * group.inputs});
        const auto outputs = Common(columns.channels, {g * group.outputs, (g + 1) * group.outputs});
        if (!inputs.empty())
          blocks.push_back({Shift(inputs, rows.rows.begin - rows.channels.begin),
                            Shift(outputs, columns.columns.begin - columns.channels.begin),
                            columns.replica});
      }
    }
  return blocks;
}

/// Pixels replica i computes in a task: the last multiply of a row may be partial.
int64_t PixelsOf(const MvmTask& mvm, int64_t replica) {
  return mvm.out_w > replica ? mvm.out_h * CeilDiv(mvm.out_w - replica, mvm.replicas) : 0;
}

/// The picture of one layer as it grows.
class LayerPainter {
 public:
  /// The tile a task multiplies with.
  Result<size_t> Use(const MvmTask& mvm, const LoadedSets& sets, int64_t pword) {
    const int64_t row0 = mvm.set_pword0 * pword;
    const LoadedSets::Box box{mvm.set,
                              {row0, row0 + mvm.pwords * pword},
                              {mvm.set_column0, int64_t{mvm.set_column0} + mvm.columns}};
    IMCC_ASSIGN(const LoadedSets::Origin origin, sets.OriginOf(box));
    const Key key{origin.home.region, origin.home.offset, mvm.first_pword, mvm.pwords, mvm.columns};
    const auto [found, added] = tile_of_key_.try_emplace(key, drafts_.size());
    if (added) AddDraft(box, origin, CellsOf(mvm, box, sets, pword));
    drafts_[found->second].tile.is_computed = IsComputed(mvm);
    Draft& draft = drafts_[found->second];
    if (added || draft.load != origin.load) ++draft.tile.loads;
    draft.load = origin.load;
    auto& in = draft.tile.sets;
    if (std::find(in.begin(), in.end(), mvm.set) == in.end()) in.push_back(mvm.set);
    draft.tile.mvms += Mvms(mvm.multiplies());
    for (size_t i = 0; i < mvm.replicas && i < draft.pixels.size(); ++i)
      draft.pixels[i] += PixelsOf(mvm, static_cast<int64_t>(i));
    replicas_ = std::max<int64_t>(replicas_, mvm.replicas);
    return found->second;
  }

  bool IsExplained(size_t tile) const { return drafts_[tile].explained; }

  /// The first drain of a tile's results says what its columns and so its rows stand for.
  void Explain(size_t index, const MvmTask& mvm, const RequantizeTask& drain, Address parameters,
               const OutputChannels& outputs, int64_t pword) {
    Draft& draft = drafts_[index];
    draft.explained = true;
    const int64_t channel0 = outputs.NumberOf(parameters);
    // Blocks of channels share out inputs and outputs in the same proportion.
    const bool subword = (mvm.flags & MvmTask::kSubword) != 0;
    const int64_t inputs =
        subword ? int64_t{mvm.pixel_stride} * drain.channels / outputs.count() : mvm.channels;
    const int64_t input0 = inputs * channel0 / drain.channels;
    draft.tile.column_meaning = ColumnsOf(draft.tile, drain, channel0);
    draft.tile.row_meaning = RowsOf(draft.tile, mvm, {input0, input0 + inputs}, pword);
    if (inputs > 0) groups_.Add(draft.tile, {inputs, drain.channels}, draft.cells);
    draft.cells = {};
    output_channels_ = outputs.count();
  }

  ArrayPicture Finish(ArrayPicture picture) && {
    picture.replicas = replicas_;
    const Group group = groups_.Finest();
    if (group.outputs > 0) picture.groups = CeilDiv(output_channels_, group.outputs);
    for (Draft& draft : drafts_) {
      if (group.outputs > 0) draft.tile.blocks = BlocksOf(draft.tile, group);
      for (const WeightBlock& block : draft.tile.blocks) {
        draft.tile.weight_cells += block.cells();
        draft.tile.macs +=
            Macs(block.cells() * draft.pixels.at(static_cast<size_t>(block.replica)));
      }
      std::sort(draft.tile.sets.begin(), draft.tile.sets.end());
      picture.tiles.push_back(std::move(draft.tile));
    }
    return picture;
  }

  bool empty() const { return drafts_.empty(); }

 private:
  using Key = std::tuple<Region, uint64_t, int64_t, int64_t, int64_t>;
  struct Draft {
    ArrayTile tile;
    size_t load = 0;
    std::array<int64_t, kMaxReplicas> pixels = {};  // By replica, a frame.
    std::vector<uint8_t> cells;                     // Until they are explained.
    bool explained = false;
  };

  /// Only products of activations have to take the zero point off themselves.
  static bool IsComputed(const MvmTask& mvm) { return (mvm.flags & MvmTask::kCentred) != 0; }

  /// The weights in a box; ones where the network computes them.
  static std::vector<uint8_t> CellsOf(const MvmTask& mvm, const LoadedSets::Box& box,
                                      const LoadedSets& sets, int64_t pword) {
    if (!IsComputed(mvm)) return sets.Cells(box);
    const int64_t rows = box.rows.end - box.rows.begin;
    const int64_t valid = std::clamp<int64_t>(mvm.channels - mvm.first_pword * pword, 0, rows);
    std::vector<uint8_t> cells(static_cast<size_t>(rows * mvm.columns));
    for (int64_t column = 0; column < mvm.columns; ++column)
      std::fill_n(cells.begin() + column * rows, valid, uint8_t{1});
    return cells;
  }

  void AddDraft(const LoadedSets::Box& box, const LoadedSets::Origin& origin,
                std::vector<uint8_t> cells) {
    Draft draft;
    draft.tile.home = origin.home;
    draft.tile.rows = box.rows;
    draft.tile.columns = box.columns;
    draft.cells = std::move(cells);
    draft.tile.nonzero_cells = static_cast<int64_t>(draft.cells.size()) -
                               std::count(draft.cells.begin(), draft.cells.end(), 0);
    drafts_.push_back(std::move(draft));
  }

  std::map<Key, size_t> tile_of_key_;
  std::vector<Draft> drafts_;
  GroupFinder groups_;
  int64_t replicas_ = 1;
  int64_t output_channels_ = 0;
};

/// Follows the task list of one core in order, which is one of the orders it may run in.
class CoreWalk {
 public:
  CoreWalk(const Program& program, const Target& target, const std::vector<OutputChannels>& outputs,
           std::vector<LayerPainter>& layers)
      : target_(target),
        outputs_(outputs),
        layers_(layers),
        constants_(program),
        sets_(target.array) {}

  Status Follow(const Task& task) {
    if (const auto* copy = std::get_if<DmaTask>(&task.payload)) constants_.Apply(*copy);
    if (const auto* load = std::get_if<LoadWeightsTask>(&task.payload))
      return sets_.Load(*load, constants_);
    if (const auto* mvm = std::get_if<MvmTask>(&task.payload)) return Multiply(*mvm, task.layer);
    if (const auto* drain = std::get_if<RequantizeTask>(&task.payload)) Drain(*drain, task.layer);
    return {};
  }

 private:
  /// A tile whose results wait in the accumulators for the drain that explains them.
  struct Waiting {
    size_t layer = 0;
    size_t tile = 0;
    MvmTask mvm;
  };

  Status Multiply(const MvmTask& mvm, size_t layer) {
    IMCC_ASSIGN(const size_t tile, layers_.at(layer).Use(mvm, sets_, target_.pword));
    if ((mvm.flags & MvmTask::kAccumulate) == 0) waiting_.erase(mvm.accumulator);
    if (!layers_[layer].IsExplained(tile)) waiting_[mvm.accumulator].push_back({layer, tile, mvm});
    return {};
  }

  void Drain(const RequantizeTask& drain, size_t layer) {
    const auto begin = waiting_.lower_bound(drain.accumulator);
    const auto end = waiting_.lower_bound(drain.accumulator + drain.elements());
    const Address parameters = HomeOf(drain.parameters, constants_);
    for (auto it = begin; it != end; ++it)
      for (const Waiting& w : it->second)
        if (!layers_[w.layer].IsExplained(w.tile))
          layers_[w.layer].Explain(w.tile, w.mvm, drain, parameters, outputs_.at(layer),
                                   target_.pword);
    waiting_.erase(begin, end);
  }

  const Target& target_;
  const std::vector<OutputChannels>& outputs_;
  std::vector<LayerPainter>& layers_;
  ConstantCopies constants_;
  LoadedSets sets_;
  std::map<int64_t, std::vector<Waiting>> waiting_;  // By first accumulator element.
};

}  // namespace

Result<std::vector<ArrayPicture>> DrawArrays(const Program& program, const Target& target) {
  IMCC_TRY(Verify(program));
  const std::vector<OutputChannels> outputs = FindOutputChannels(program);
  std::vector<LayerPainter> layers(program.layers.size());
  for (const auto& tasks : program.cores) {
    CoreWalk walk(program, target, outputs, layers);
    for (const Task& task : tasks) IMCC_TRY(walk.Follow(task));
  }
  std::vector<ArrayPicture> pictures;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].empty()) continue;
    ArrayPicture picture{.layer = i, .name = program.layers[i].name, .op = program.layers[i].op};
    picture.array_rows = target.array.rows;
    picture.array_columns = target.array.columns;
    picture.weight_sets = target.array.weight_sets;
    pictures.push_back(std::move(layers[i]).Finish(std::move(picture)));
  }
  return pictures;
}

}  // namespace imcc
