// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/files.h"
#include "cli/command.h"
#include "cli/engine_names.h"
#include "cli/find_layer.h"
#include "isa/task.h"
#include "program/array_picture.h"
#include "program/program.h"
#include "report/array_views.h"
#include "report/human.h"
#include "report/memory_views.h"
#include "report/text_table.h"
#include "runtime/model_file.h"
#include "target/target.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;
using Align = TextTable::Align;

constexpr const char* kInspectExamples = R"(Examples:
  imcc inspect build/net/model/model.elf
  imcc inspect build/net/model --layers
  imcc inspect build/net/model --disassemble | less
  imcc inspect build/net/model --memory         # how full every memory is, layer by layer
  imcc inspect build/net/model --array 3        # or --array layer1.0/conv1
  imcc inspect build/net/model --json)";
constexpr Bytes kMaxElf(int64_t{4} << 30);

std::string AddressText(Address address) {
  return fmt::format("{}:{:#010x}", RegionName(address.region), address.offset);
}

/// One named range of a memory.
struct Range {
  std::string kind;  // "segment", "tasks", "tensor"
  std::string name;
  Address address;
  uint64_t size = 0;
};

/// Everything with an address, in address order.
std::vector<Range> MemoryMap(const Program& program) {
  std::vector<Range> map;
  for (const Segment& segment : program.segments)
    map.push_back({"segment", segment.name, segment.address, segment.bytes.size()});
  for (size_t core = 0; core < program.task_lists.size(); ++core)
    map.push_back({"tasks", fmt::format(".tasks.core{}", core), program.task_lists[core],
                   core < program.cores.size() ? program.cores[core].size() * kTaskBytes : 0});
  for (const Symbol& symbol : program.symbols)
    map.push_back({"tensor", symbol.name, symbol.address, symbol.size});
  std::stable_sort(map.begin(), map.end(), [](const Range& a, const Range& b) {
    return std::pair(a.address.region, a.address.offset) <
           std::pair(b.address.region, b.address.offset);
  });
  return map;
}

/// Tasks of each layer on each engine, all cores.
std::vector<std::array<int64_t, kEngines>> TasksByLayer(const Program& program) {
  std::vector<std::array<int64_t, kEngines>> counts(program.layers.size());
  for (const auto& core : program.cores)
    for (const Task& task : core)
      if (task.layer < counts.size()) ++counts[task.layer].at(static_cast<size_t>(task.engine));
  return counts;
}

std::string IoLines(const char* kind, const std::vector<IoTensor>& tensors) {
  std::string text;
  for (const IoTensor& io : tensors)
    text += fmt::format("{:<10}{} int8 {} at {}, row {} B, pixel {} B, scale {}{}, zero point {}\n",
                        kind, io.name, io.shape.ToString(), AddressText(io.address), io.row_stride,
                        io.pixel_stride, io.scale.empty() ? 0.0F : io.scale[0],
                        io.scale.size() > 1 ? " and more" : "",
                        io.zero_point.empty() ? 0 : io.zero_point[0]);
  return text;
}

std::string HeaderText(const Program& program, const std::string& target, size_t elf_bytes) {
  size_t tasks = 0;
  for (const auto& core : program.cores) tasks += core.size();
  std::string text = fmt::format("network   {}\ntarget    {}\nELF       {}\n", program.network,
                                 target, HumanBytes(Bytes(static_cast<int64_t>(elf_bytes))));
  text +=
      fmt::format("tasks     {} on {} core(s), {} in {}\nlayers    {}\n", Grouped(int64_t(tasks)),
                  program.cores.size(), HumanBytes(Bytes(static_cast<int64_t>(tasks * kTaskBytes))),
                  program.tasks_in_ddr ? "DDR" : "L2", program.layers.size());
  text += IoLines("input", program.inputs) + IoLines("output", program.outputs);
  return text + fmt::format("options   {}\n", program.options_json);
}

std::string MemoryText(const Program& program, size_t width) {
  TextTable table({{.title = "address"},
                   {.title = "end", .optional = true},
                   {.title = "size", .align = Align::kRight},
                   {.title = "kind"},
                   {.title = "name", .min_width = 20}});
  for (const Range& range : MemoryMap(program))
    table.AddRow({AddressText(range.address),
                  fmt::format("{:#010x}", range.address.offset + range.size),
                  HumanBytes(Bytes(static_cast<int64_t>(range.size))), range.kind, range.name});
  return table.Render(width);
}

std::string LayersText(const Program& program, size_t width) {
  std::vector<TextTable::Column> columns = {{.title = "#", .align = Align::kRight},
                                            {.title = "layer", .min_width = 10},
                                            {.title = "operator", .min_width = 8}};
  for (const char* engine : kEngineNames)
    columns.push_back({.title = engine, .align = Align::kRight});
  TextTable table(std::move(columns));
  const auto counts = TasksByLayer(program);
  for (size_t i = 0; i < counts.size(); ++i) {
    std::vector<std::string> row = {fmt::format("{}", i), program.layers[i].name,
                                    program.layers[i].op};
    for (const int64_t count : counts[i]) row.push_back(count > 0 ? Grouped(count) : "-");
    table.AddRow(std::move(row));
  }
  return "Tasks of each layer by engine\n\n" + table.Render(width);
}

Json IoJson(const std::vector<IoTensor>& tensors) {
  Json list = Json::array();
  for (const IoTensor& io : tensors)
    list.push_back({{"name", io.name},
                    {"stored_shape", io.shape.dims()},
                    {"memory", RegionName(io.address.region)},
                    {"offset", io.address.offset},
                    {"row_stride", io.row_stride},
                    {"pixel_stride", io.pixel_stride},
                    {"scale", io.scale},
                    {"zero_point", io.zero_point}});
  return list;
}

std::string JsonText(const Program& program, const std::string& target, size_t elf_bytes) {
  Json memory = Json::array();
  for (const Range& range : MemoryMap(program))
    memory.push_back({{"memory", RegionName(range.address.region)},
                      {"offset", range.address.offset},
                      {"size", range.size},
                      {"kind", range.kind},
                      {"name", range.name}});
  Json layers = Json::array();
  const auto counts = TasksByLayer(program);
  for (size_t i = 0; i < counts.size(); ++i) {
    Json tasks = Json::object();
    for (size_t e = 0; e < kEngines; ++e) tasks[kEngineNames.at(e)] = counts[i].at(e);
    layers.push_back(
        {{"name", program.layers[i].name}, {"op", program.layers[i].op}, {"tasks", tasks}});
  }
  Json tasks = Json::array();
  for (const auto& core : program.cores) tasks.push_back(core.size());
  const Json json = {{"network", program.network},
                     {"target", target},
                     {"elf_bytes", elf_bytes},
                     {"tasks_per_core", std::move(tasks)},
                     {"tasks_in", program.tasks_in_ddr ? "DDR" : "L2"},
                     {"options", Json::parse(program.options_json, nullptr, false)},
                     {"inputs", IoJson(program.inputs)},
                     {"outputs", IoJson(program.outputs)},
                     {"memory", std::move(memory)},
                     {"layers", std::move(layers)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// The picture of the layer a user means; an error that says where it runs if not on the array.
Result<ArrayPicture> PictureOf(const Program& program, const Target& target,
                               const std::string& wanted) {
  IMCC_ASSIGN(const size_t layer, FindLayer(program, wanted));
  IMCC_ASSIGN(std::vector<ArrayPicture> pictures, DrawArrays(program, target));
  for (ArrayPicture& picture : pictures)
    if (picture.layer == layer) return std::move(picture);
  return Error{.code = ErrorCode::kUsage,
               .subject = program.layers[layer].name,
               .message = fmt::format("{} does not use the array: it runs on {}",
                                      program.layers[layer].op, EngineOfLayer(program, layer)),
               .hint = "imcc inspect MODEL --layers lists the layers with MVMs"};
}

/// The ELF of a folder or model.json, of its device part `wanted` or else its first; or the path
/// itself.
Result<std::string> ElfPath(const std::string& path, const std::optional<size_t>& wanted) {
  std::error_code ignored;
  const bool by_model = std::filesystem::is_directory(path, ignored) ||
                        std::filesystem::path(path).extension() == ".json";
  if (!by_model) return path;
  IMCC_ASSIGN(const ModelFile file, ReadModelFile(path));
  std::vector<size_t> device;
  for (size_t i = 0; i < file.parts.size(); ++i)
    if (file.parts[i].on_device) device.push_back(i);
  for (const size_t part : device)
    if (part == wanted.value_or(device[0])) return file.parts[part].path;
  if (device.empty())
    return Error{.code = ErrorCode::kUsage,
                 .subject = path,
                 .message = "the whole network runs on the host: there is no ELF"};
  return Error{.code = ErrorCode::kUsage,
               .subject = "--part",
               .message = fmt::format("{} is no device part of this network", *wanted),
               .hint = fmt::format("its device parts: {}", fmt::join(device, ", "))};
}

class InspectCommand : public Command {
 public:
  CLI::App* Register(CLI::App& app) override {
    CLI::App* sub = app.add_subcommand(
        "inspect", "show what is in a model.elf: header, memory map, layers, instructions");
    sub->add_option("model", path_, "model.elf, model.json or its folder")->required();
    sub->add_option("--part", part_,
                    "which device part, by its number in the report's list of parts; default: the "
                    "first");
    sub->add_flag("--disassemble", disassemble_, "print every task");
    sub->add_flag("--layers", layers_, "print the tasks of each layer");
    sub->add_flag("--memory", memory_,
                  "print how full every memory is over time, what lives at the fullest layer, and "
                  "each tensor's bytes by memory")
        ->excludes("--disassemble")
        ->excludes("--layers");
    sub->add_option("--array", array_,
                    "draw the array of a layer: its number or (part of) its name")
        ->type_name("LAYER")
        ->excludes("--memory")
        ->excludes("--disassemble")
        ->excludes("--layers");
    sub->add_flag(
        "--json", json_,
        "print header, memory map and layers, the memories over time or the array, as JSON");
    sub->footer(kInspectExamples);
    return sub;
  }

  Result<int> Run(Console& console) override {
    IMCC_ASSIGN(const std::string path, ElfPath(path_, part_));
    IMCC_ASSIGN(const std::string bytes, ReadFileOfKind(path, kMaxElf, kElfMagic, "an ELF file"));
    IMCC_ASSIGN(const Program program, ReadElf(bytes));
    IMCC_ASSIGN(const Target target, ParseEmbeddedTarget(program.target_yaml));
    if (array_) {
      IMCC_ASSIGN(const ArrayPicture picture, PictureOf(program, target, *array_));
      console.Print(json_ ? RenderArrayJson(picture) : RenderArrayText(picture));
      return kExitSuccess;
    }
    const auto width = static_cast<size_t>(console.columns());
    if (memory_) {
      const MemoryTimeline use = SummarizeMemory(program);
      console.Print(json_ ? RenderMemoryJson(use, program.layers)
                          : RenderMemoryText(use, program.layers, width));
      return kExitSuccess;
    }
    if (json_)
      console.Print(JsonText(program, target.name, bytes.size()));
    else if (disassemble_)
      console.Print(DisassembleProgram(program));
    else if (layers_)
      console.Print(LayersText(program, width));
    else
      console.Print(fmt::format("{}\n{}", HeaderText(program, target.name, bytes.size()),
                                MemoryText(program, width)));
    return kExitSuccess;
  }

 private:
  std::string path_;
  std::optional<size_t> part_;
  std::optional<std::string> array_;
  bool disassemble_ = false;
  bool layers_ = false;
  bool memory_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeInspectCommand() { return std::make_unique<InspectCommand>(); }

}  // namespace imcc
