// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/find_layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/nearest_name.h"
#include "base/parse_scalar.h"

namespace imcc {
namespace {

Error NoSuchLayer(const std::string& message, const std::string& hint) {
  return Error{.code = ErrorCode::kUsage, .subject = "--array", .message = message, .hint = hint};
}

/// Names and what stands in them between slashes: what a user is likely to have in mind.
std::vector<std::string> PartsOfNames(const Program& program) {
  std::vector<std::string> parts;
  for (const ProgramLayer& layer : program.layers) {
    parts.push_back(layer.name);
    std::vector<size_t> begins = {0};
    for (size_t i = 0; i < layer.name.size(); ++i)
      if (layer.name[i] == '/') begins.push_back(i + 1);
    begins.push_back(layer.name.size() + 1);
    for (size_t a = 0; a + 1 < begins.size(); ++a)
      for (size_t b = a + 1; b < begins.size(); ++b)
        parts.push_back(layer.name.substr(begins[a], begins[b] - begins[a] - 1));
  }
  return parts;
}

/// At most a few layers as "12 conv1/Conv, 14 conv2/Conv, ...".
std::string Listed(const Program& program, const std::vector<size_t>& layers) {
  constexpr size_t kMost = 4;
  std::string text;
  for (size_t i = 0; i < std::min(layers.size(), kMost); ++i)
    text += fmt::format("{}{} {}", i > 0 ? ", " : "", layers[i], program.layers[layers[i]].name);
  return layers.size() > kMost ? text + ", ..." : text;
}

std::vector<size_t> LayersWhere(const Program& program, auto&& matches) {
  std::vector<size_t> found;
  for (size_t i = 0; i < program.layers.size(); ++i)
    if (matches(program.layers[i].name)) found.push_back(i);
  return found;
}

bool IsNumber(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

Result<size_t> FindLayer(const Program& program, const std::string& wanted) {
  const size_t count = program.layers.size();
  if (IsNumber(wanted)) {
    const std::optional<int64_t> number = ParseInteger(wanted);
    if (number && *number < static_cast<int64_t>(count)) return static_cast<size_t>(*number);
    return NoSuchLayer(
        fmt::format("there is no layer {}: the network has {}, counted from 0", wanted, count),
        "imcc inspect MODEL --layers lists them");
  }
  std::vector<size_t> found =
      LayersWhere(program, [&](const std::string& name) { return name == wanted; });
  if (found.empty())
    found = LayersWhere(program, [&](const std::string& name) {
      return !wanted.empty() && name.find(wanted) != std::string::npos;
    });
  if (found.size() == 1) return found[0];
  if (found.size() > 1)
    return NoSuchLayer(fmt::format("{} is in the names of {} layers", Quote(wanted), found.size()),
                       "give a number: " + Listed(program, found));
  const std::string nearest = DidYouMean(wanted, PartsOfNames(program));
  return NoSuchLayer(fmt::format("no layer is called {}", Quote(wanted)),
                     nearest.empty() ? "imcc inspect MODEL --layers lists them" : nearest);
}

std::string EngineOfLayer(const Program& program, size_t layer) {
  std::array<int64_t, kEngines> tasks = {};
  for (const auto& core : program.cores)
    for (const Task& task : core)
      if (task.layer == layer) ++tasks.at(static_cast<size_t>(task.engine));
  const auto of = [&](Engine engine) { return tasks.at(static_cast<size_t>(engine)); };
  if (of(Engine::kDepthwise) > 0) return "the depthwise unit";
  if (of(Engine::kVector) > 0) return "the vector unit";
  return of(Engine::kDma0) + of(Engine::kDma1) > 0 ? "DMA" : "no engine";
}

}  // namespace imcc
