// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "onnx/export.h"
#include "onnx/import.h"
#include "onnx/tiny_model.h"

namespace imcc {
namespace {

/// Whatever the bytes, the import ends with a sound graph or an error.
void ExpectNoHarm(const std::string& bytes) {
  const Result<ImportedModel> result = ImportOnnxBytes(bytes, "/nonexistent", {});
  if (!result.ok()) {
    EXPECT_FALSE(result.error().message.empty());
    return;
  }
  EXPECT_TRUE(Verify(result->graph).ok());
}

TEST(ImportFuzz, MutatedBytes) {
  const std::string seed_model = ResidualModel().proto.SerializeAsString();
  ASSERT_TRUE(ImportOnnxBytes(seed_model, ".", {}).ok());
  std::mt19937_64 random(20260101);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = seed_model;
    const int edits = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < edits; ++i) {
      const size_t at = random() % bytes.size();
      switch (random() % 4) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, 1 + random() % 8);
          break;
        case 2:
          bytes.insert(at, 1, static_cast<char>(random()));
          break;
        default:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
      }
      if (bytes.empty()) bytes = "x";
    }
    ExpectNoHarm(bytes);
  }
}

int64_t HostileNumber(std::mt19937_64& random) {
  constexpr int64_t kNumbers[] = {0,
                                  1,
                                  -1,
                                  2,
                                  3,
                                  7,
                                  1 << 16,
                                  1LL << 30,
                                  (1LL << 31) - 1,
                                  1LL << 31,
                                  1LL << 40,
                                  INT64_MAX,
                                  INT64_MIN,
                                  INT64_MIN + 1};
  return kNumbers[random() % std::size(kNumbers)];
}

/// An index below `count`.
int Pick(std::mt19937_64& random, int count) {
  return static_cast<int>(random() % static_cast<uint64_t>(count));
}

/// Changes numbers and names, which byte mutations seldom get past the protobuf parser.
void MutateFields(onnx::GraphProto& graph, std::mt19937_64& random) {
  auto& node = *graph.mutable_node(Pick(random, graph.node_size()));
  auto& tensor = *graph.mutable_initializer(Pick(random, graph.initializer_size()));
  switch (random() % 7) {
    case 0:
      if (node.attribute_size() > 0 && node.attribute(0).ints_size() > 0) {
        node.mutable_attribute(0)->set_ints(0, HostileNumber(random));
      }
      break;
    case 1:
      if (node.attribute_size() > 0) node.mutable_attribute(0)->set_i(HostileNumber(random));
      break;
    case 2:
      if (tensor.dims_size() > 0) tensor.set_dims(0, HostileNumber(random));
      break;
    case 3:
      if (tensor.int64_data_size() > 0) tensor.set_int64_data(0, HostileNumber(random));
      break;
    case 4: {
      const auto& other = graph.node(Pick(random, graph.node_size()));
      if (node.input_size() > 0) {
        node.set_input(Pick(random, node.input_size()), other.output(0));
      }
      break;
    }
    case 5: {
      constexpr const char* kOps[] = {"Slice",  "Softmax", "Resize",    "Pad",     "Transpose",
                                      "Concat", "Squeeze", "Unsqueeze", "Flatten", "AveragePool",
                                      "Div",    "MatMul",  "Gather",    "Clip",    "ReduceMean"};
      node.set_op_type(kOps[random() % std::size(kOps)]);
      break;
    }
    default: {
      auto* dim = graph.mutable_input(0)
                      ->mutable_type()
                      ->mutable_tensor_type()
                      ->mutable_shape()
                      ->mutable_dim(Pick(random, 4));
      dim->set_dim_value(HostileNumber(random));
    }
  }
}

TEST(ImportFuzz, MutatedFields) {
  std::mt19937_64 random(20260102);
  for (int round = 0; round < 3000; ++round) {
    TinyModel model = ResidualModel();
    const int edits = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < edits; ++i) MutateFields(model.graph(), random);
    ExpectNoHarm(model.proto.SerializeAsString());
  }
}

}  // namespace
}  // namespace imcc
