// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/run_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/md5.h"
#include "cli/engine_names.h"
#include "report/human.h"
#include "report/text_table.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;
using Align = TextTable::Align;

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Json DigestJson(const std::vector<OutputDigest>& digests) {
  Json list = Json::array();
  for (const OutputDigest& digest : digests)
    list.push_back({{"name", digest.name},
                    {"dtype", digest.is_int8 ? "int8" : "float32"},
                    {"shape", digest.shape.dims()},
                    {"hash", CombinedHash(digest.frame_hashes)},
                    {"frame_hashes", digest.frame_hashes}});
  return list;
}

Json EnginesJson(const FrameTiming& timing) {
  Json list = Json::array();
  for (size_t core = 0; core < timing.engines.size(); ++core) {
    for (size_t e = 0; e < kEngines; ++e) {
      const EngineTiming& engine = timing.engines[core].at(e);
      list.push_back({{"core", core},
                      {"name", kEngineNames.at(e)},
                      {"busy", engine.busy.count()},
                      {"waiting", engine.stall.waiting.count()},
                      {"fetching", engine.stall.fetching.count()},
                      {"empty", engine.stall.empty.count()},
                      {"tasks", engine.tasks}});
    }
  }
  return list;
}

Json LinksJson(const FrameTiming& timing) {
  Json list = Json::array();
  for (const LinkTraffic& link : timing.links)
    list.push_back(
        {{"name", link.name}, {"bytes", link.bytes.count()}, {"busy", link.busy.count()}});
  return list;
}

Json HostSecondsJson(const std::vector<double>& seconds) {
  if (seconds.empty()) return Json::object();
  return {{"min", *std::min_element(seconds.begin(), seconds.end())},
          {"median", Median(seconds)},
          {"max", *std::max_element(seconds.begin(), seconds.end())}};
}

std::string EngineTable(const FrameTiming& timing, int columns) {
  TextTable table({{.title = "core", .align = Align::kRight},
                   {.title = "engine"},
                   {.title = "busy", .align = Align::kRight},
                   {.title = "waiting", .align = Align::kRight},
                   {.title = "fetching", .align = Align::kRight},
                   {.title = "empty", .align = Align::kRight},
                   {.title = "tasks", .align = Align::kRight}});
  for (size_t core = 0; core < timing.engines.size(); ++core) {
    for (size_t e = 0; e < kEngines; ++e) {
      const EngineTiming& engine = timing.engines[core].at(e);
      const auto share = [&](Cycles cycles) {
        return HumanPercent(Share(cycles.count(), timing.cycles.count()));
      };
      table.AddRow({fmt::format("{}", core), kEngineNames.at(e), share(engine.busy),
                    share(engine.stall.waiting), share(engine.stall.fetching),
                    share(engine.stall.empty), Grouped(engine.tasks)});
    }
  }
  return table.Render(static_cast<size_t>(columns));
}

/// How often the simulation of a frame took how long on this machine.
std::string Histogram(const std::vector<double>& seconds) {
  constexpr size_t kBins = 8;
  constexpr size_t kBar = 40;
  if (seconds.size() < kBins) return "";
  const auto [low, high] = std::minmax_element(seconds.begin(), seconds.end());
  const double width = std::max((*high - *low) / kBins, 1e-9);
  std::array<size_t, kBins> counts = {};
  for (const double value : seconds)
    ++counts.at(std::min(kBins - 1, static_cast<size_t>((value - *low) / width)));
  const size_t most = *std::max_element(counts.begin(), counts.end());
  std::string text;
  for (size_t i = 0; i < kBins; ++i)
    text += fmt::format("  {:>10} {:<40} {}\n", HumanSeconds(*low + width * static_cast<double>(i)),
                        std::string(counts.at(i) * kBar / most, '#'), counts.at(i));
  return text;
}

/// What the times stand for, where that is not one program alone.
std::string TimingNote(const FrameTiming& timing, const Session& session) {
  std::string text;
  if (timing.launches > 1)
    text += fmt::format("            {} launches, and {} to load {} again between them\n",
                        timing.launches, HumanSeconds(timing.reload_seconds),
                        HumanBytes(timing.reload_bytes));
  if (session.file().parts.size() > session.programs().size())
    text += "            what the host computes is not timed\n";
  return text;
}

}  // namespace

std::string CombinedHash(const std::vector<std::string>& hashes) {
  if (hashes.size() == 1) return hashes[0];
  return Md5Hex(std::accumulate(hashes.begin(), hashes.end(), std::string()));
}

std::string RunText(const RunResult& result, const Session& session, int columns) {
  const FrameTiming& timing = result.timing;
  std::string text = fmt::format("{}/{}\n\n", session.file().network, session.file().model);
  text += fmt::format(
      "latency     {}\nframe time  {} ({} cycles at {:.0f} MHz, and the launch)\n"
      "frame rate  {} frames/s\n{}",
      HumanSeconds(timing.latency_seconds), HumanSeconds(timing.frame_seconds),
      Grouped(timing.cycles.count()), result.clock_hz / 1e6, HumanRate(timing.frames_per_second),
      TimingNote(timing, session));
  for (const LinkTraffic& link : timing.links)
    text += fmt::format("{:<20}{} a frame\n", link.name, HumanBytes(link.bytes));
  text += fmt::format("\n{}\n", EngineTable(timing, columns));
  for (const OutputDigest& output : result.outputs)
    text += fmt::format("{} {} {}\n", CombinedHash(output.frame_hashes), output.name,
                        output.shape.ToString());
  for (size_t i = 0; i < result.top.size(); ++i)
    text += fmt::format("frame {}: classes {}\n", i, fmt::join(result.top[i], ", "));
  text += fmt::format("\n{} frame(s) simulated, {} each on this machine\n{}",
                      result.host_seconds.size(), HumanSeconds(Median(result.host_seconds)),
                      Histogram(result.host_seconds));
  return text;
}

std::string RunJson(const RunResult& result, const Session& session) {
  const FrameTiming& timing = result.timing;
  Json json = {{"network", session.file().network},
               {"model", session.file().model},
               {"frames", result.host_seconds.size()},
               {"latency_seconds", timing.latency_seconds},
               {"frame_seconds", timing.frame_seconds},
               {"frames_per_second", timing.frames_per_second},
               {"cycles", timing.cycles.count()},
               {"clock_hz", result.clock_hz},
               {"launches", timing.launches},
               {"reload_bytes", timing.reload_bytes.count()},
               {"reload_seconds", timing.reload_seconds},
               {"outputs", DigestJson(result.outputs)},
               {"device_outputs", DigestJson(result.device_outputs)},
               {"engines", EnginesJson(timing)},
               {"links", LinksJson(timing)},
               {"host_seconds", HostSecondsJson(result.host_seconds)}};
  if (!result.top.empty()) json["top"] = result.top;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace imcc
