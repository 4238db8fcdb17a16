// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/json_note.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace imcc {

namespace {

using nlohmann::json;

constexpr int kVersion = 2;
constexpr int64_t kMaxExtent = int64_t{1} << 36;  // The largest offset a descriptor can hold.

json ToJson(const IoTensor& t) {
  return {{"name", t.name},
          {"shape", t.shape.dims()},
          {"channels_last", t.channels_last},
          {"region", static_cast<int>(t.address.region)},
          {"offset", t.address.offset},
          {"height", t.height},
          {"width", t.width},
          {"channels", t.channels},
          {"row_stride", t.row_stride},
          {"pixel_stride", t.pixel_stride},
          {"scale", t.scale},
          {"zero_point", t.zero_point}};
}

Error BadNote(const std::string& what) {
  return Error{.code = ErrorCode::kFormat, .subject = "imcc note of the ELF", .message = what};
}

/// Throws json exceptions on missing or mistyped keys; the caller turns them into an Error.
IoTensor TensorFromJson(const json& j) {
  IoTensor t;
  t.name = j.at("name").get<std::string>();
  t.shape = Shape(j.at("shape").get<std::vector<int64_t>>());
  t.channels_last = j.at("channels_last").get<bool>();
  t.address = {static_cast<Region>(j.at("region").get<int>()), j.at("offset").get<uint64_t>()};
  t.height = j.at("height").get<int64_t>();
  t.width = j.at("width").get<int64_t>();
  t.channels = j.at("channels").get<int64_t>();
  t.row_stride = j.at("row_stride").get<int64_t>();
  t.pixel_stride = j.at("pixel_stride").get<int64_t>();
  t.scale = j.at("scale").get<std::vector<float>>();
  t.zero_point = j.at("zero_point").get<std::vector<int32_t>>();
  return t;
}

/// Blocks are short lists, since there are many: name, region, offset, size, first and last layer.
json ToJson(const MemoryBlocks& memory) {
  json blocks = json::array();
  for (const MemoryBlock& block : memory.blocks)
    blocks.push_back({block.name, static_cast<int>(block.address.region), block.address.offset,
                      block.size.count(), block.layers.begin, block.layers.end});
  return {{"l1", memory.l1.count()},
          {"l2", memory.l2.count()},
          {"ddr", memory.ddr.count()},
          {"blocks", std::move(blocks)}};
}

MemoryBlocks MemoryFromJson(const json& j) {
  MemoryBlocks memory{.l1 = Bytes(j.at("l1").get<int64_t>()),
                      .l2 = Bytes(j.at("l2").get<int64_t>()),
                      .ddr = Bytes(j.at("ddr").get<int64_t>()),
                      .blocks = {}};
  for (const json& block : j.at("blocks"))
    memory.blocks.push_back(
        {.name = block.at(0).get<std::string>(),
         .address = {static_cast<Region>(block.at(1).get<int>()), block.at(2).get<uint64_t>()},
         .size = Bytes(block.at(3).get<int64_t>()),
         .layers = {block.at(4).get<int64_t>(), block.at(5).get<int64_t>()}});
  return memory;
}

/// Sums of sizes stay far below 2^63, and no picture has more columns than there are layers.
Status CheckMemory(const Program& program) {
  const auto in_range = [](int64_t bytes) { return bytes >= 0 && bytes <= kMaxExtent; };
  const MemoryBlocks& memory = program.memory;
  if (!in_range(memory.l1.count()) || !in_range(memory.l2.count()) || !in_range(memory.ddr.count()))
    return BadNote("the budget of a memory is out of range");
  for (const MemoryBlock& block : memory.blocks) {
    const auto region = static_cast<int>(block.address.region);
    if (region < 1 || region > 3) return BadNote(block.name + ": no such memory");
    if (!in_range(block.size.count()) || block.address.offset > uint64_t{kMaxExtent})
      return BadNote(block.name + ": its place is out of range");
    if (block.layers.begin < 0 || block.layers.end < block.layers.begin ||
        block.layers.end > static_cast<int64_t>(program.layers.size()))
      return BadNote(block.name + ": its layers are out of range");
  }
  return {};
}

/// Every product the host computes from these sizes stays far below 2^63.
Status CheckTensor(const IoTensor& t) {
  const auto region = static_cast<int>(t.address.region);
  if (region < 1 || region > 3) return BadNote(t.name + ": no such memory");
  int64_t elements = 1;
  for (const int64_t dim : t.shape.dims()) {
    if (dim < 1 || dim > kMaxExtent / elements)
      return BadNote(t.name + ": its shape is out of range");
    elements *= dim;
  }
  constexpr int64_t kMaxDim = 1 << 20;
  for (const int64_t value : {t.height, t.width, t.channels, t.pixel_stride})
    if (value < 1 || value > kMaxDim) return BadNote(t.name + ": a size is out of range");
  if (t.row_stride < 1 || t.row_stride > kMaxExtent / t.height)
    return BadNote(t.name + ": its row stride is out of range");
  if (elements != t.height * t.width * t.channels || t.channels > t.pixel_stride)
    return BadNote(t.name + ": its shape does not match its layout");
  if (t.scale.empty() || t.scale.size() != t.zero_point.size())
    return BadNote(t.name + ": its quantisation is incomplete");
  return {};
}

Status CheckTensors(const Program& program) {
  for (const auto* tensors : {&program.inputs, &program.outputs})
    for (const IoTensor& tensor : *tensors) IMCC_TRY(CheckTensor(tensor));
  return {};
}

Program FromJson(const json& j) {
  Program p;
  p.network = j.at("network").get<std::string>();
  p.tasks_in_ddr = j.at("tasks_in_ddr").get<bool>();
  p.dma_dual_channel = j.at("dma_dual_channel").get<bool>();
  p.options_json = j.at("options").get<std::string>();
  p.target_yaml = j.at("target").get<std::string>();
  for (const json& tensor : j.at("inputs")) p.inputs.push_back(TensorFromJson(tensor));
  for (const json& tensor : j.at("outputs")) p.outputs.push_back(TensorFromJson(tensor));
  for (const json& layer : j.at("layers"))
    p.layers.push_back({layer.at("name").get<std::string>(), layer.at("op").get<std::string>()});
  p.memory = MemoryFromJson(j.at("memory"));
  return p;
}

}  // namespace

std::string WriteNote(const Program& program) {
  json j = {{"version", kVersion},
            {"network", program.network},
            {"tasks_in_ddr", program.tasks_in_ddr},
            {"dma_dual_channel", program.dma_dual_channel},
            {"options", program.options_json},
            {"target", program.target_yaml}};
  j["inputs"] = json::array();
  j["outputs"] = json::array();
  j["layers"] = json::array();
  for (const IoTensor& tensor : program.inputs) j["inputs"].push_back(ToJson(tensor));
  for (const IoTensor& tensor : program.outputs) j["outputs"].push_back(ToJson(tensor));
  for (const ProgramLayer& layer : program.layers)
    j["layers"].push_back({{"name", layer.name}, {"op", layer.op}});
  j["memory"] = ToJson(program.memory);
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Program> ReadNote(const std::string& text) {
  const json j = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (j.is_discarded() || !j.is_object()) return BadNote("is not JSON: the file is damaged");
  try {
    if (j.at("version").get<int>() != kVersion)
      return BadNote(fmt::format("version {}, and this imcc reads version {}",
                                 j.at("version").get<int>(), kVersion));
    Program program = FromJson(j);
    IMCC_TRY(CheckTensors(program));
    IMCC_TRY(CheckMemory(program));
    return program;
  } catch (const json::exception& e) {
    return BadNote(std::string("is damaged: ") + e.what());
  }
}

}  // namespace imcc
