// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/model_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/files.h"
#include "imcc/runtime.h"

namespace imcc {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr Bytes kMaxModelJson(int64_t{16} << 20);
constexpr int64_t kVersion = 1;         // One device part, host parts at its ends at most.
constexpr int64_t kVersionOfParts = 2;  // A list of parts.
constexpr size_t kMaxParts = 1024;
constexpr size_t kMaxTensors = 4096;
constexpr size_t kMaxRank = IMCC_MAX_RANK;
constexpr int64_t kMaxElements = int64_t{1} << 31;

/// Reads fields of one model.json; every error names the file and the key.
class Reader {
 public:
  Reader(const json& root, std::string path) : root_(root), path_(std::move(path)) {}

  Error Fail(const std::string& key, const std::string& what) const {
    return Error{.code = ErrorCode::kFormat,
                 .place = {.file = path_},
                 .subject = key,
                 .message = what,
                 .hint = "this file is written by imcc compile: compile the network again"};
  }

  Result<int64_t> Version() const {
    if (!root_.is_object()) return Fail("", "is not a JSON object");
    if (!root_.contains("version") || !root_["version"].is_number_integer())
      return Fail("version", "is missing");
    const auto version = root_["version"].get<int64_t>();
    if (version == kVersion || version == kVersionOfParts) return version;
    return Fail("version", fmt::format("is {}, and this imcc reads {} and {}", version, kVersion,
                                       kVersionOfParts));
  }

  Result<std::string> Text(const char* key) const { return Text(root_, key); }

  /// The parts of either version, in their order.
  Result<std::vector<ModelPart>> Parts(int64_t version) const {
    if (version == kVersionOfParts) return PartList();
    std::vector<ModelPart> parts;
    for (const char* key : {"prologue", "elf", "epilogue"}) {
      const bool on_device = std::string_view(key) == "elf";
      if (!on_device && !root_.contains(key)) continue;
      IMCC_ASSIGN(std::string path, File(root_, key));
      parts.push_back({on_device, std::move(path)});
    }
    return parts;
  }

  Result<std::vector<ExternalTensor>> Tensors(const char* key) const {
    if (!root_.contains(key) || !root_[key].is_array() || root_[key].empty())
      return Fail(key, "is not a list of tensors");
    if (root_[key].size() > kMaxTensors) return Fail(key, "has too many tensors");
    std::vector<ExternalTensor> tensors;
    for (const json& item : root_[key]) {
      IMCC_ASSIGN(ExternalTensor tensor, ReadTensor(key, item));
      for (const ExternalTensor& other : tensors)
        if (other.name == tensor.name)
          return Fail(key, fmt::format("names \"{}\" twice", tensor.name));
      tensors.push_back(std::move(tensor));
    }
    return tensors;
  }

 private:
  Result<std::string> Text(const json& object, const char* key) const {
    if (!object.contains(key)) return Fail(key, "is missing");
    if (!object[key].is_string()) return Fail(key, "is not a text");
    return object[key].get<std::string>();
  }

  /// A plain file name that, links followed, is in the folder of model.json.
  Result<std::string> File(const json& object, const char* key) const {
    IMCC_ASSIGN(const std::string name, Text(object, key));
    const bool plain = !name.empty() && name != "." && name != ".." &&
                       name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
    if (!plain) return Fail(key, "is not the name of a file beside model.json");
    const fs::path folder = fs::path(path_).parent_path();
    std::error_code failure;
    const fs::path real = fs::weakly_canonical(folder / name, failure);
    const fs::path home = fs::weakly_canonical(folder.empty() ? "." : folder, failure);
    if (failure || real.parent_path() != home)
      return Fail(key, fmt::format("\"{}\" leads out of the folder of model.json", name));
    return (folder / name).string();
  }

  Result<std::vector<ModelPart>> PartList() const {
    if (!root_.contains("parts") || !root_["parts"].is_array() || root_["parts"].empty())
      return Fail("parts", "is not a list of parts");
    if (root_["parts"].size() > kMaxParts) return Fail("parts", "has too many parts");
    std::vector<ModelPart> parts;
    for (const json& item : root_["parts"]) {
      if (!item.is_object()) return Fail("parts", "has a part that is not an object");
      IMCC_ASSIGN(const std::string side, Text(item, "on"));
      if (side != "device" && side != "host")
        return Fail("on", fmt::format("is \"{}\", neither device nor host", side));
      IMCC_ASSIGN(std::string path, File(item, "file"));
      for (const ModelPart& other : parts)
        if (other.path == path) return Fail("file", "is given twice");
      parts.push_back({side == "device", std::move(path)});
    }
    return parts;
  }

  Result<ExternalTensor> ReadTensor(const char* key, const json& item) const {
    if (!item.is_object() || !item.contains("name") || !item["name"].is_string() ||
        !item.contains("shape") || !item["shape"].is_array())
      return Fail(key, "has a tensor without a name and a shape");
    if (!item.contains("dtype") || (item["dtype"] != "float32" && item["dtype"] != "int8"))
      return Fail(key, "has a tensor whose dtype is neither float32 nor int8");
    ExternalTensor tensor{
        .name = item["name"].get<std::string>(), .shape = {}, .is_int8 = item["dtype"] == "int8"};
    if (item["shape"].size() > kMaxRank) return Fail(key, "has a shape of too many dimensions");
    int64_t elements = 1;
    std::vector<int64_t> dims;
    for (const json& dim : item["shape"]) {
      const int64_t size = dim.is_number_integer() ? dim.get<int64_t>() : 0;
      if (size < 1 || size > kMaxElements / elements)
        return Fail(key, fmt::format("has an impossible shape for \"{}\"", tensor.name));
      elements *= size;
      dims.push_back(size);
    }
    tensor.shape = Shape(std::move(dims));
    return tensor;
  }

  const json& root_;
  std::string path_;
};

}  // namespace

Result<ModelFile> ReadModelFile(const std::string& path) {
  std::error_code ignored;
  const bool is_folder = fs::is_directory(path, ignored);
  ModelFile file;
  file.path = is_folder ? (fs::path(path) / "model.json").string() : path;
  IMCC_ASSIGN(file.text, ReadFile(file.path, kMaxModelJson));
  const json root = json::parse(file.text, nullptr, false);
  const Reader reader(root, file.path);
  if (root.is_discarded()) return reader.Fail("", "is not JSON");
  IMCC_ASSIGN(const int64_t version, reader.Version());
  IMCC_ASSIGN(file.network, reader.Text("network"));
  IMCC_ASSIGN(file.model, reader.Text("model"));
  IMCC_ASSIGN(file.parts, reader.Parts(version));
  IMCC_ASSIGN(file.inputs, reader.Tensors("inputs"));
  IMCC_ASSIGN(file.outputs, reader.Tensors("outputs"));
  return file;
}

}  // namespace imcc
