// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "report/human.h"
#include "report/quantization_views.h"
#include "report/text_table.h"

namespace imcc {
namespace {

using Align = TextTable::Align;

const std::string& NameOf(const TensorExplanation& tensor) {
  return tensor.layer.empty() ? tensor.tensor : tensor.layer;
}

std::string TensorTable(const QuantizationReport& report, size_t width) {
  TextTable table({{.title = "#", .align = Align::kRight},
                   {.title = "layer", .min_width = 12},
                   {.title = "operator", .min_width = 8},
                   {.title = "isolated", .align = Align::kRight},
                   {.title = "accumulated", .align = Align::kRight},
                   {.title = "rounding", .align = Align::kRight, .optional = true},
                   {.title = "seen", .align = Align::kRight},
                   {.title = "range", .align = Align::kRight},
                   {.title = "scale", .align = Align::kRight},
                   {.title = "zero", .align = Align::kRight, .optional = true},
                   {.title = "clipped", .align = Align::kRight}});
  for (size_t i = 0; i < report.tensors.size(); ++i) {
    const TensorExplanation& tensor = report.tensors[i];
    const bool single = tensor.scales == 1;
    table.AddRow(
        {fmt::format("{}", i), NameOf(tensor), tensor.op, HumanDecibels(tensor.isolated_db),
         HumanDecibels(tensor.accumulated_db), HumanDecibels(tensor.rounded_db),
         HumanInterval(tensor.seen), HumanInterval(tensor.range),
         single ? fmt::format("{:.4g}", tensor.scale) : fmt::format("{} scales", tensor.scales),
         single ? fmt::format("{}", tensor.zero_point) : "-", HumanShare(tensor.clipped_share)});
  }
  return table.Render(width);
}

}  // namespace

std::string RenderQuantizationText(const QuantizationReport& report, size_t width) {
  std::string text = fmt::format(
      "Signal to noise of int8 against float in dB, over {} samples: a layer by itself on exact\n"
      "inputs (isolated), with all layers before it in int8 (accumulated), and what rounding its\n"
      "output alone costs (rounding); - where nothing is lost\n\n",
      report.samples);
  text += TensorTable(report, width) + "\nThe worst layers by themselves\n\n";
  for (size_t i = 0; i < report.worst.size(); ++i) {
    const TensorExplanation& tensor = report.tensors[report.worst[i]];
    text += fmt::format(
        "{:>3}  {:>7}  {}\n{:14}{}\n", i + 1, HumanDecibels(tensor.isolated_db), NameOf(tensor), "",
        tensor.suggestion.empty() ? "good enough: nothing to change" : tensor.suggestion);
  }
  return text;
}

}  // namespace imcc
