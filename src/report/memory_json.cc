// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "isa/task.h"
#include "report/memory_views.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;

Json BlockJson(const MemoryBlock& block) {
  return {{"name", block.name},
          {"memory", RegionName(block.address.region)},
          {"offset", block.address.offset},
          {"bytes", block.size.count()},
          {"layers", {block.layers.begin, block.layers.end}}};
}

Json LevelJson(const LevelUse& level) {
  Json live = Json::array();
  for (const Bytes bytes : level.live) live.push_back(bytes.count());
  return {{"memory", RegionName(level.region)}, {"capacity", level.capacity.count()},
          {"highest", level.highest.count()},   {"live", std::move(live)},
          {"fullest_layer", level.fullest},     {"blocks_at_fullest", level.at_fullest}};
}

}  // namespace

std::string RenderMemoryJson(const MemoryTimeline& use, const std::vector<ProgramLayer>& layers) {
  Json json = {{"layers", Json::array()},
               {"levels", Json::array()},
               {"blocks", Json::array()},
               {"tensors", Json::array()}};
  for (const ProgramLayer& layer : layers) json["layers"].push_back(layer.name);
  for (const LevelUse& level : use.levels) json["levels"].push_back(LevelJson(level));
  for (const MemoryBlock& block : use.blocks) json["blocks"].push_back(BlockJson(block));
  for (const TensorPlaces& tensor : use.tensors)
    json["tensors"].push_back({{"name", tensor.name},
                               {"L1", tensor.bytes[0].count()},
                               {"L2", tensor.bytes[1].count()},
                               {"DDR", tensor.bytes[2].count()}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace imcc
