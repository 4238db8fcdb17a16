// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "report/quantization_views.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;

Json DecibelsJson(const std::optional<double>& ratio) {
  return ratio ? Json(*ratio) : Json(nullptr);
}

Json TensorJson(const TensorExplanation& tensor) {
  return {{"layer", tensor.layer},
          {"op", tensor.op},
          {"tensor", tensor.tensor},
          {"scales", tensor.scales},
          {"scale", tensor.scale},
          {"zero_point", tensor.zero_point},
          {"range", {tensor.range.begin, tensor.range.end}},
          {"seen", {tensor.seen.begin, tensor.seen.end}},
          {"clipped_share", tensor.clipped_share},
          {"rounded_db", DecibelsJson(tensor.rounded_db)},
          {"isolated_db", DecibelsJson(tensor.isolated_db)},
          {"accumulated_db", DecibelsJson(tensor.accumulated_db)},
          {"histogram", tensor.histogram},
          {"suggestion", tensor.suggestion}};
}

}  // namespace

Json QuantizationJson(const QuantizationReport& report) {
  Json json = {{"samples", report.samples}, {"tensors", Json::array()}, {"worst", report.worst}};
  for (const TensorExplanation& tensor : report.tensors)
    json["tensors"].push_back(TensorJson(tensor));
  return json;
}

}  // namespace imcc
