// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/command.h"
#include "cli/network_arguments.h"
#include "compiler/compile.h"
#include "evaluate/evaluate.h"
#include "images/images.h"
#include "report/human.h"
#include "report/text_table.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kEvalExamples = R"(Examples:
  imcc eval network.yaml --limit 1000
  imcc eval network.yaml --skip 200 --json     (the first 200 samples calibrated)
  imcc eval network.yaml --set quantization_scheme=per_tensor_min_max)";

Json IntervalJson(const SampleShare& share) {
  return Json::array({share.interval.begin, share.interval.end});
}

Json AccuracyJson(const Accuracy& accuracy, int64_t n) {
  return {{"top1", accuracy.top1.share},
          {"top1_interval", IntervalJson(accuracy.top1)},
          {"top5", accuracy.top5.share},
          {"top5_interval", IntervalJson(accuracy.top5)},
          {"n", n}};
}

Json RatioJson(const std::optional<double>& decibel) {
  return decibel ? Json(*decibel) : Json(nullptr);
}

std::string JsonText(const Evaluation& result, const Network& network) {
  Json json = {{"network", network.name}, {"model", network.model_name}, {"n", result.n}};
  if (result.classifier) {
    json["float"] = AccuracyJson(result.classifier->reference, result.n);
    json["quantized"] = AccuracyJson(result.classifier->quantized, result.n);
    json["device"] = AccuracyJson(result.classifier->device, result.n);
    json["agreement"] = result.classifier->agreement.share;
    json["agreement_interval"] = IntervalJson(result.classifier->agreement);
  }
  json["mismatching_frames"] = result.mismatching_frames;
  Json outputs = Json::array();
  for (const OutputSimilarity& output : result.outputs)
    outputs.push_back({{"name", output.name},
                       {"cosine", output.cosine},
                       {"snr_db", RatioJson(output.snr_db)},
                       {"mean_snr_db", RatioJson(output.mean_snr_db)},
                       {"largest_error", output.largest_error}});
  json["outputs"] = std::move(outputs);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string IntervalText(const SampleShare& share) {
  return fmt::format("{:.2f} to {:.2f}", share.interval.begin * 100, share.interval.end * 100);
}

std::string RatioText(const std::optional<double>& decibel) {
  return decibel ? fmt::format("{:.1f} dB", *decibel) : "-";
}

std::string AccuracyTable(const Evaluation& result) {
  using Align = TextTable::Align;
  TextTable table({{.title = ""},
                   {.title = "top-1", .align = Align::kRight},
                   {.title = "95 % interval", .align = Align::kRight},
                   {.title = "top-5", .align = Align::kRight},
                   {.title = "95 % interval", .align = Align::kRight},
                   {.title = "n", .align = Align::kRight}});
  const auto row = [&](const char* name, const Accuracy& accuracy) {
    table.AddRow({name, fmt::format("{:.2f} %", accuracy.top1.share * 100),
                  IntervalText(accuracy.top1), fmt::format("{:.2f} %", accuracy.top5.share * 100),
                  IntervalText(accuracy.top5), Grouped(result.n)});
  };
  row("float", result.classifier->reference);
  row("quantized", result.classifier->quantized);
  row("device", result.classifier->device);
  return table.Render(120);
}

std::string Text(const Evaluation& result, const Network& network) {
  std::string text = fmt::format("{}/{}\n\n", network.name, network.model_name);
  if (result.classifier)
    text += AccuracyTable(result) +
            fmt::format("\nfloat and device predict the same class in {} of the samples ({})\n",
                        HumanPercent(result.classifier->agreement.share),
                        IntervalText(result.classifier->agreement));
  for (const OutputSimilarity& output : result.outputs)
    text += fmt::format(
        "{}: cosine {:.6f}, SNR {} (mean of the samples {}), largest error {:.4g} (device against "
        "float)\n",
        output.name, output.cosine, RatioText(output.snr_db), RatioText(output.mean_snr_db),
        output.largest_error);
  text +=
      result.mismatching_frames == 0
          ? fmt::format("device equals the quantised graph in every bit of {} frames\n", result.n)
          : "";
  return text;
}

/// Samples that calibrated say little about accuracy.
Result<int64_t> CountCalibrating(const CompileRequest& request, const EvaluationOptions& options) {
  const auto& dataset = request.network.dataset;
  if (!dataset || request.random_calibration ||
      (dataset->calibration_dir.empty() && dataset->calibration_data.empty()))
    return int64_t{0};
  IMCC_ASSIGN(const std::vector<SampleRef> calibration, ListCalibrationSamples(request.network));
  IMCC_ASSIGN(const std::vector<SampleRef> validation, ListEvaluationSamples(request.network));
  std::set<std::pair<std::string, int64_t>> used;
  for (const SampleRef& sample : calibration)
    if (static_cast<int64_t>(used.size()) < request.calibration_limit)
      used.emplace(sample.path, sample.index);
  int64_t overlap = 0;
  const Interval<int64_t> range =
      EvaluatedSamples(static_cast<int64_t>(validation.size()), options);
  for (int64_t i = range.begin; i < range.end; ++i) {
    const SampleRef& sample = validation[static_cast<size_t>(i)];
    overlap += used.count({sample.path, sample.index}) > 0 ? 1 : 0;
  }
  return overlap;
}

class EvalCommand : public Command {
 public:
  CLI::App* Register(CLI::App& app) override {
    CLI::App* sub = app.add_subcommand(
        "eval", "accuracy of the float, the quantised and the compiled network, side by side");
    arguments_.Register(*sub);
    sub->add_option("--limit", limit_, "samples evaluated at most; -1 = all")
        ->capture_default_str();
    sub->add_option("--skip", skip_, "leave out this many validation samples at the start")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
    sub->add_flag("--json", json_, "print JSON");
    sub->footer(kEvalExamples);
    return sub;
  }

  Result<int> Run(Console& console) override {
    IMCC_ASSIGN(NetworkRequest loaded, MakeRequest(arguments_, console));
    const EvaluationOptions options{
        .skip = skip_,
        .limit = limit_,
        .threads = arguments_.threads,
        .progress = [&](int64_t done, int64_t of) { console.ShowProgress("eval", done, of); }};
    // Before the long work: a data set that is not there is known at once.
    IMCC_ASSIGN(const int64_t overlap, CountCalibrating(loaded.request, options));
    IMCC_ASSIGN(const Compilation compilation, Compile(loaded.request));
    console.PrintNotes(loaded.notes);
    console.PrintNotes(compilation.report.notes);
    if (overlap > 0)
      console.PrintNote({Note::Severity::kWarning, "eval",
                         fmt::format("{} of the evaluated samples also calibrated; leave them out "
                                     "with --skip",
                                     overlap)});
    IMCC_ASSIGN(const Evaluation result, Evaluate(compilation, loaded.request.network, options));
    console.Print(json_ ? JsonText(result, loaded.request.network)
                        : Text(result, loaded.request.network));
    if (result.mismatching_frames == 0) return kExitSuccess;
    console.PrintError(
        fmt::format("the device differs from the quantised graph in {} of {} "
                    "frames: this is a bug in imcc",
                    result.mismatching_frames, result.n));
    return kExitCheckFailed;
  }

 private:
  NetworkArguments arguments_;
  int64_t limit_ = -1;
  int64_t skip_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeEvalCommand() { return std::make_unique<EvalCommand>(); }

}  // namespace imcc
