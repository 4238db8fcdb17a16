// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/sort_nodes.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <map>
#include <set>
#include <string>

namespace imcc {
namespace {

using Producers = std::map<std::string, int>;  // Value name -> node index.

Error Twice(const std::string& value) {
  return Error{.code = ErrorCode::kModel,
               .subject = fmt::format("value '{}'", value),
               .message = "is defined twice"};
}

Result<Producers> FindProducers(const onnx::GraphProto& graph) {
  std::set<std::string> given;
  for (const auto& tensor : graph.initializer()) {
    if (!given.insert(tensor.name()).second) return Twice(tensor.name());
  }
  std::set<std::string> inputs;
  for (const auto& input : graph.input()) {
    if (!inputs.insert(input.name()).second) return Twice(input.name());
  }
  Producers producers;
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string& output : graph.node(i).output()) {
      if (output.empty()) continue;
      if (given.contains(output) || inputs.contains(output) ||
          !producers.emplace(output, i).second) {
        return Twice(output);
      }
    }
  }
  return producers;
}

std::vector<bool> FindLive(const onnx::GraphProto& graph, const Producers& producers) {
  std::vector<bool> live(static_cast<size_t>(graph.node_size()), false);
  std::vector<int> work;
  const auto visit = [&](const std::string& value) {
    const auto found = producers.find(value);
    if (found == producers.end() || live[static_cast<size_t>(found->second)]) return;
    live[static_cast<size_t>(found->second)] = true;
    work.push_back(found->second);
  };
  for (const auto& output : graph.output()) visit(output.name());
  while (!work.empty()) {
    const onnx::NodeProto& node = graph.node(work.back());
    work.pop_back();
    for (const std::string& input : node.input()) visit(input);
  }
  return live;
}

}  // namespace

Result<std::vector<int>> SortNodes(const onnx::GraphProto& graph) {
  IMCC_ASSIGN(const Producers producers, FindProducers(graph));
  const std::vector<bool> live = FindLive(graph, producers);
  const auto count = static_cast<size_t>(graph.node_size());
  std::vector<int> waiting_for(count, 0);
  std::vector<std::vector<int>> readers(count);
  std::set<int> ready;  // Ordered: file order among the nodes that may come next.
  for (int i = 0; i < graph.node_size(); ++i) {
    if (!live[static_cast<size_t>(i)]) continue;
    for (const std::string& input : graph.node(i).input()) {
      const auto found = producers.find(input);
      if (found == producers.end()) continue;
      ++waiting_for[static_cast<size_t>(i)];
      readers[static_cast<size_t>(found->second)].push_back(i);
    }
    if (waiting_for[static_cast<size_t>(i)] == 0) ready.insert(i);
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int next = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(next);
    for (const int reader : readers[static_cast<size_t>(next)]) {
      if (--waiting_for[static_cast<size_t>(reader)] == 0) ready.insert(reader);
    }
  }
  for (int i = 0; i < graph.node_size(); ++i) {
    if (waiting_for[static_cast<size_t>(i)] == 0) continue;
    return Error{.code = ErrorCode::kModel,
                 .subject = fmt::format("{} '{}'", graph.node(i).op_type(), graph.node(i).name()),
                 .message = "is part of a cycle, or depends on one"};
  }
  return order;
}

}  // namespace imcc
