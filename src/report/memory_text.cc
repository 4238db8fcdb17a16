// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "isa/task.h"
#include "report/human.h"
#include "report/memory_views.h"
#include "report/text_table.h"

namespace imcc {
namespace {

using Align = TextTable::Align;

constexpr size_t kBarWidth = 16;
/// Blocks listed at the fullest layer; the rest is summed up.
constexpr size_t kMaxBlocks = 12;

std::string Bar(Bytes live, Bytes capacity) {
  const double filled =
      std::ceil(Share(live.count(), capacity.count()) * static_cast<double>(kBarWidth));
  const auto width = static_cast<size_t>(std::clamp(filled, 0.0, static_cast<double>(kBarWidth)));
  return std::string(width, '#') + std::string(kBarWidth - width, '.');
}

std::string OccupancyText(const MemoryTimeline& use, const std::vector<ProgramLayer>& layers,
                          size_t width) {
  TextTable table({{.title = "#", .align = Align::kRight},
                   {.title = "layer", .min_width = 8},
                   {.title = "L1", .align = Align::kRight},
                   {.title = "", .optional = true},
                   {.title = "L2", .align = Align::kRight},
                   {.title = "", .optional = true},
                   {.title = "DDR", .align = Align::kRight}});
  const LevelUse& l1 = use.levels[0];
  const LevelUse& l2 = use.levels[1];
  for (size_t i = 0; i < layers.size(); ++i)
    table.AddRow({fmt::format("{}", i), layers[i].name, HumanBytes(l1.live[i]),
                  Bar(l1.live[i], l1.capacity), HumanBytes(l2.live[i]),
                  Bar(l2.live[i], l2.capacity), HumanBytes(use.levels[2].live[i])});
  return "Live bytes while each layer runs; a full bar is all that may be used\n\n" +
         table.Render(width);
}

std::string FullestText(const MemoryTimeline& use, size_t level,
                        const std::vector<ProgramLayer>& layers, size_t width) {
  const LevelUse& at = use.levels[level];
  if (at.at_fullest.empty()) return "";
  std::string text = fmt::format(
      "\n{}: at most {} of {} live, at layer {} ({}); highest byte used {}\n\n",
      RegionName(kRegions.at(level)), HumanBytes(at.live[at.fullest]), HumanBytes(at.capacity),
      at.fullest, layers[at.fullest].name, HumanBytes(at.highest));
  TextTable table({{.title = "size", .align = Align::kRight},
                   {.title = "offset", .align = Align::kRight},
                   {.title = "layers"},
                   {.title = "name", .min_width = 20}});
  for (size_t i = 0; i < std::min(at.at_fullest.size(), kMaxBlocks); ++i) {
    const MemoryBlock& block = use.blocks[at.at_fullest[i]];
    table.AddRow({HumanBytes(block.size), fmt::format("{:#x}", block.address.offset),
                  fmt::format("{}-{}", block.layers.begin, block.layers.end - 1), block.name});
  }
  text += table.Render(width);
  if (at.at_fullest.size() > kMaxBlocks)
    text += fmt::format("and {} smaller ones\n", at.at_fullest.size() - kMaxBlocks);
  return text;
}

std::string TensorsText(const MemoryTimeline& use, size_t width) {
  TextTable table({{.title = "tensor", .min_width = 20},
                   {.title = "L1", .align = Align::kRight},
                   {.title = "L2", .align = Align::kRight},
                   {.title = "DDR", .align = Align::kRight}});
  for (const TensorPlaces& tensor : use.tensors) {
    std::vector<std::string> row = {tensor.name};
    for (const Bytes bytes : tensor.bytes)
      row.push_back(bytes.count() > 0 ? HumanBytes(bytes) : "-");
    table.AddRow(std::move(row));
  }
  return "\nBytes by memory\n\n" + table.Render(width);
}

}  // namespace

std::string RenderMemoryText(const MemoryTimeline& use, const std::vector<ProgramLayer>& layers,
                             size_t width) {
  if (layers.empty()) return "no layers, no memory\n";
  std::string text = OccupancyText(use, layers, width);
  for (size_t level = 0; level < use.levels.size(); ++level)
    text += FullestText(use, level, layers, width);
  return text + TensorsText(use, width);
}

}  // namespace imcc
