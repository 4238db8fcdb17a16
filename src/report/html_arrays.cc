// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/html_arrays.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/array_summary.h"
#include "report/html_elements.h"
#include "report/human.h"

namespace imcc {
namespace {

constexpr int64_t kPatches = 64;       // Of a picture, along each side at most.
constexpr double kArraySide = 192;     // Of the array, in pixels of a picture's view box.
constexpr double kArrayLeft = 34;      // Room for the labels of kernel rows ...
constexpr double kArrayTop = 16;       // ... and replicas.
constexpr double kLabelHeight = 9;     // Labels with less room are left out.
constexpr size_t kMostPictures = 8;    // Of one layer.
constexpr size_t kMostBytes = 150000;  // Of all layers; the rest is left to `imcc inspect`.

/// Boxes of patches with one owner, as the path of an SVG.
std::string PathOf(const ArrayRaster& raster, int8_t owner) {
  std::string path;
  std::vector<bool> done(raster.owner.size());
  const auto free = [&](int64_t y, int64_t x) {
    return raster.at(y, x) == owner && !done[static_cast<size_t>(y * raster.width + x)];
  };
  for (int64_t y = 0; y < raster.height; ++y)
    for (int64_t x = 0; x < raster.width; ++x) {
      if (!free(y, x)) continue;
      int64_t right = x;
      while (right < raster.width && free(y, right)) ++right;
      const auto whole = [&](int64_t line) {
        for (int64_t i = x; i < right; ++i)
          if (!free(line, i)) return false;
        return true;
      };
      int64_t bottom = y;
      while (bottom < raster.height && whole(bottom)) {
        const auto begin = done.begin() + bottom++ * raster.width;
        std::fill(begin + x, begin + right, true);
      }
      path += fmt::format("M{} {}h{}v{}h{}z", x, y, right - x, bottom - y, x - right);
    }
  return path;
}

/// A picture in the making: cells of the array to pixels of the view box.
struct ArrayScale {
  double row = 1, column = 1;  // Pixels.
  double Y(int64_t cell) const { return kArrayTop + static_cast<double>(cell) * row; }
  double X(int64_t cell) const { return kArrayLeft + static_cast<double>(cell) * column; }
};

std::string KernelRowLabels(const ArrayTile& tile, const ArrayScale& scale) {
  std::string svg;
  for (size_t i = 0; i < tile.row_meaning.size();) {
    const int64_t kernel_row = tile.row_meaning[i].kernel_row;
    Interval<int64_t> rows;
    for (; i < tile.row_meaning.size() && tile.row_meaning[i].kernel_row == kernel_row; ++i)
      rows = Hull(rows, tile.row_meaning[i].rows);
    if (static_cast<double>(rows.end - rows.begin) * scale.row < kLabelHeight) continue;
    svg +=
        fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">ky {}</text>", kArrayLeft - 4,
                    (scale.Y(rows.begin) + scale.Y(rows.end)) / 2 + 3, kernel_row);
  }
  return svg;
}

std::string ReplicaLabels(const ArrayTile& tile, const ArrayScale& scale) {
  constexpr double kNarrowest = 14;
  std::string svg;
  for (const ArrayColumns& part : tile.column_meaning)
    if (static_cast<double>(part.columns.end - part.columns.begin) * scale.column >= kNarrowest)
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">r{}</text>",
                         (scale.X(part.columns.begin) + scale.X(part.columns.end)) / 2,
                         kArrayTop - 4, part.replica);
  return svg;
}

/// Output channels of one replica in a tile.
Interval<int64_t> OutputsOf(const ArrayTile& tile, int64_t replica) {
  Interval<int64_t> channels;
  for (const ArrayColumns& part : tile.column_meaning)
    if (part.replica == replica) channels = Hull(channels, part.channels);
  return channels;
}

std::string Picture(const ArrayPicture& picture, const ArrayTile& tile, const ArrayRaster& raster) {
  const ArrayScale scale{kArraySide / static_cast<double>(picture.array_rows),
                         kArraySide / static_cast<double>(picture.array_columns)};
  std::string svg = fmt::format(
      "<svg class=\"array\" role=\"img\" aria-label=\"Weights in the array\" "
      "viewBox=\"0 0 {} {}\"><rect class=\"free\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">"
      "</rect><rect class=\"zero\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">"
      "</rect>",
      kArrayLeft + kArraySide + 1, kArrayTop + kArraySide + 1, kArrayLeft, kArrayTop, kArraySide,
      kArraySide, scale.X(tile.columns.begin), scale.Y(tile.rows.begin),
      scale.X(tile.columns.end) - scale.X(tile.columns.begin),
      scale.Y(tile.rows.end) - scale.Y(tile.rows.begin));
  svg += fmt::format("<g transform=\"translate({} {}) scale({} {})\">", kArrayLeft, kArrayTop,
                     static_cast<double>(raster.patch_columns) * scale.column,
                     static_cast<double>(raster.patch_rows) * scale.row);
  for (int8_t replica = 0; replica < picture.replicas; ++replica) {
    const std::string path = PathOf(raster, replica);
    if (path.empty()) continue;
    svg += fmt::format(
        "<path class=\"a{}\" d=\"{}\"><title>replica {}, output channels {}</title>"
        "</path>",
        replica, path, replica, RangeText(OutputsOf(tile, replica)));
  }
  return svg + "</g>" + KernelRowLabels(tile, scale) + ReplicaLabels(tile, scale) + "</svg>";
}

std::string Caption(const ArrayTile& tile) {
  const RowSummary rows = SummaryOf(tile, tile.rows);
  return fmt::format("set {}; ky {}, x {}, channels {}", fmt::join(tile.sets, " "),
                     RangeText(rows.kernel_rows), RangeText(rows.input_columns),
                     RangeText(rows.channels));
}

std::string Layer(const ArrayPicture& picture) {
  std::string html = fmt::format(
      "<summary>{} {} <span class=\"detail\">{}: {}; {} MVMs, {} weight tile{}, {} of their cells "
      "hold weights</span></summary><div class=\"arrays\">\n",
      picture.layer, EscapeHtml(picture.name), EscapeHtml(picture.op), ReplicationName(picture),
      Grouped(picture.mvms().count()), picture.tiles.size(), picture.tiles.size() == 1 ? "" : "s",
      HumanPercent(picture.occupancy()));
  const TileDrawings drawings = DistinctDrawings(picture, kPatches, kPatches);
  for (size_t i = 0; i < std::min(drawings.drawn.size(), kMostPictures); ++i) {
    const ArrayTile& tile = picture.tiles[drawings.drawn[i]];
    const std::string tiles = TilesText(drawings, i);
    html += fmt::format("<figure>{}<figcaption><b>{}</b>{}</figcaption></figure>\n",
                        Picture(picture, tile, drawings.rasters[i]), tiles,
                        tiles.starts_with("tiles") ? "" : Caption(tile));
  }
  if (drawings.drawn.size() > kMostPictures)
    html += fmt::format("<p>and {} pictures more</p>\n", drawings.drawn.size() - kMostPictures);
  return html + "</div></details>\n";
}

std::string ArrayLegend(const Report& report) {
  int64_t replicas = 1;
  for (const ArrayPicture& picture : report.arrays) replicas = std::max(replicas, picture.replicas);
  std::string html = "<p class=\"legend\">";
  for (int64_t i = 0; i < replicas; ++i)
    html += HtmlKey(fmt::format("a{}", i), fmt::format("replica {}", i));
  return html + HtmlKey("zero", "loaded zeros") + HtmlKey("free", "nothing loaded") + "</p>\n";
}

/// Indices of the pictures, those with most MVMs first.
std::vector<size_t> ByMvms(const Report& report) {
  std::vector<size_t> order(report.arrays.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return report.arrays[a].mvms() > report.arrays[b].mvms();
  });
  return order;
}

}  // namespace

std::string HtmlArrays(const Report& report) {
  if (report.arrays.empty()) return "";
  const std::vector<size_t> order = ByMvms(report);
  std::vector<std::string> layers(report.arrays.size());
  size_t bytes = 0;
  size_t left_out = 0;
  for (const size_t i : order) {
    std::string layer = Layer(report.arrays[i]);
    bytes += layer.size();
    if (bytes <= kMostBytes)
      layers[i] = (i == order[0] ? "<details open>" : "<details>") + std::move(layer);
    else
      ++left_out;
  }
  std::string body = ArrayLegend(report);
  for (const std::string& layer : layers) body += layer;
  if (left_out > 0)
    body += fmt::format(
        "<p>The {} layers with the fewest MVMs are left out to keep this page "
        "small.</p>\n",
        left_out);
  return HtmlPanel(
      "Weights in the array",
      "A square is one weight set: rows take bytes of the input vector (kernel row ky, input "
      "column "
      "x counted from the window of replica 0), columns make output channels. Replica i computes "
      "the i-th of the neighbouring output pixels of a multiply. <code>imcc inspect MODEL --array "
      "LAYER</code> draws any layer with all labels.",
      body);
}

}  // namespace imcc
