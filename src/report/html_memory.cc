// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "isa/task.h"
#include "report/html_elements.h"
#include "report/html_sections.h"
#include "report/human.h"

namespace imcc {
namespace {

constexpr double kMapLeft = 70;
constexpr double kMapWidth = 1000;
constexpr double kMapHeight = 220;
constexpr double kMapCurveHeight = 90;
constexpr size_t kColors = 8;  // a0 ... a7.

/// One memory drawn: layers to the right, bytes upwards.
class MemoryMap {
 public:
  MemoryMap(const Report& report, const LevelUse& level)
      : report_(report),
        level_(level),
        layers_(std::max<size_t>(level.live.size(), 1)),
        bytes_(std::max({level.highest, level.live[level.fullest], Bytes(1)})) {}

  /// Address x time: every block, to be hovered over.
  std::string Map() const {
    std::string svg = Open(kMapHeight, "memory map");
    for (size_t i = 0; i < report_.memory.blocks.size(); ++i) {
      const MemoryBlock& block = report_.memory.blocks[i];
      if (block.address.region != level_.region || block.layers.empty()) continue;
      const Bytes offset(static_cast<int64_t>(block.address.offset));
      svg += fmt::format(
          "<rect class=\"a{}\" x=\"{:.1f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\">"
          "<title>{}</title></rect>\n",
          i % kColors, X(block.layers.begin), Y(offset + block.size, kMapHeight),
          X(block.layers.end) - X(block.layers.begin),
          std::max(Y(offset, kMapHeight) - Y(offset + block.size, kMapHeight), 0.3),
          Tooltip(block));
    }
    return svg + Axis(kMapHeight) + "</svg>\n";
  }

  /// Live bytes, with a line where the capacity is if it is near.
  std::string Curve() const {
    std::string svg = Open(kMapCurveHeight, "live bytes");
    for (size_t i = 0; i < level_.live.size(); ++i) {
      const double y = Y(level_.live[i], kMapCurveHeight);
      svg += fmt::format(
          "<rect class=\"r-l2\" x=\"{:.1f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\">"
          "<title>layer {}: {}, {} of {}</title></rect>\n",
          X(static_cast<int64_t>(i)), y, X(1) - X(0), kMapCurveHeight - y, i,
          EscapeHtml(i < report_.layers.size() ? report_.layers[i].name : ""),
          HumanBytes(level_.live[i]), HumanBytes(level_.capacity));
    }
    if (level_.capacity <= bytes_)
      svg += fmt::format(
          "<line class=\"predicted\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.2f}\" "
          "y2=\"{2:.2f}\"/>\n",
          kMapLeft, kMapLeft + kMapWidth, Y(level_.capacity, kMapCurveHeight));
    return svg + Axis(kMapCurveHeight) + "</svg>\n";
  }

 private:
  double X(int64_t layer) const {
    return kMapLeft + kMapWidth * static_cast<double>(layer) / static_cast<double>(layers_);
  }
  double Y(Bytes at, double height) const {
    return height * (1 - Share(at.count(), bytes_.count()));
  }

  static std::string Open(double height, const char* what) {
    return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                       kMapLeft + kMapWidth + 10, height + 4, what);
  }

  std::string Axis(double height) const {
    return fmt::format("<text x=\"0\" y=\"12\">{}</text><text x=\"0\" y=\"{}\">0</text>\n",
                       HumanBytes(bytes_), height);
  }

  std::string Tooltip(const MemoryBlock& block) const {
    return fmt::format("{}: {} at {:#x}, layers {} to {}", EscapeHtml(block.name),
                       HumanBytes(block.size), block.address.offset, block.layers.begin,
                       block.layers.end - 1);
  }

  const Report& report_;
  const LevelUse& level_;
  size_t layers_;
  Bytes bytes_;  // Full height.
};

std::string LevelHtml(const Report& report, size_t index) {
  const LevelUse& level = report.memory.levels[index];
  if (level.at_fullest.empty()) return "";
  const MemoryMap picture(report, level);
  return fmt::format(
      "<h3>{}: {} of {} live at layer {}</h3>\n<p>Live bytes while each layer runs.</p>\n{}"
      "<p>Address (upwards) and time (layers): each block is one piece of memory.</p>\n{}",
      RegionName(kRegions.at(index)), HumanBytes(level.live[level.fullest]),
      HumanBytes(level.capacity), level.fullest, picture.Curve(), picture.Map());
}

/// Each tensor's bytes by memory.
std::string PlacesHtml(const Report& report) {
  std::string html = "<details><summary>Bytes of each tensor by memory</summary>\n" +
                     HtmlTableOpen({{"tensor"}, {"L1", true}, {"L2", true}, {"DDR", true}, {""}}) +
                     "<tbody>\n";
  constexpr std::array<const char*, 3> kStyles = {"r-vector", "r-l2", "r-ddr"};
  for (const TensorPlaces& tensor : report.memory.tensors) {
    const Bytes sum = tensor.bytes[0] + tensor.bytes[1] + tensor.bytes[2];
    std::vector<HtmlSegment> segments;
    html += "<tr>" + HtmlText(tensor.name);
    for (size_t i = 0; i < kStyles.size(); ++i) {
      html += HtmlNumber(tensor.bytes.at(i).count() > 0 ? HumanBytes(tensor.bytes.at(i)) : "-");
      segments.push_back(
          {Share(tensor.bytes.at(i).count(), sum.count()), kStyles.at(i),
           fmt::format("{}: {}", RegionName(kRegions.at(i)), HumanBytes(tensor.bytes.at(i)))});
    }
    html += HtmlBar(segments) + "</tr>\n";
  }
  return html + "</tbody></table></details>\n";
}

}  // namespace

std::string HtmlMemoryMap(const Report& report) {
  if (report.memory.blocks.empty()) return "";
  std::string html;
  for (size_t i = 0; i < report.memory.levels.size(); ++i) html += LevelHtml(report, i);
  return HtmlPanel("Memory over time", "Hover over a block for its name.",
                   html + PlacesHtml(report));
}

}  // namespace imcc
