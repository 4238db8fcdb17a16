// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <numeric>
#include <optional>

#include "base/files.h"
#include "base/md5.h"
#include "cli/chrome_trace.h"
#include "cli/command.h"
#include "cli/frame_inputs.h"
#include "cli/ignore_interrupts.h"
#include "cli/run_result.h"
#include "compiler/preprocess_json.h"
#include "images/images.h"
#include "runtime/session.h"

namespace imcc {
namespace {

constexpr const char* kRunExamples = R"(Examples:
  imcc run build/net/model --frames 10
  imcc run build/net/model --input photo.jpg
  imcc run build/net/model --input a.npy --output results/ --json
  imcc run build/net/model --check --random-order 7
  imcc run build/net/model --trace frame.json        (open in ui.perfetto.dev))";

template <class T>
std::string HashOf(const std::vector<T>& values) {
  return Md5Hex({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

/// A tensor's name as a file name.
std::string FileName(const std::string& tensor, int64_t frame) {
  constexpr size_t kMaxName = 100;
  std::string name = tensor.substr(0, kMaxName);
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') c = '_';
  return fmt::format("{}_{:04}.npy", name, frame);
}

/// Indices of the `k` largest values, the earlier of equals first.
std::vector<int64_t> TopClasses(const FloatValues& scores, int64_t k) {
  std::vector<int64_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  const auto count = std::min(static_cast<size_t>(k), order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [&](int64_t a, int64_t b) {
                      const float x = scores[static_cast<size_t>(a)];
                      const float y = scores[static_cast<size_t>(b)];
                      return x > y || (x == y && a < b);
                    });
  order.resize(count);
  return order;
}

class RunCommand : public Command {
 public:
  CLI::App* Register(CLI::App& app) override {
    CLI::App* sub = app.add_subcommand("run", "run a compiled network on the simulator");
    sub->add_option("model", model_, "model.json or its folder")->required();
    sub->add_option("--frames", frames_, "frames to run; inputs are used again in turn")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 30));
    sub->add_option("--input", inputs_,
                    "image, .npy or raw float32 file, one per input and frame; random if none");
    sub->add_option("--seed", seed_, "of the random inputs")->capture_default_str();
    sub->add_option("--output", output_, "folder to write each output of each frame to, as .npy");
    sub->add_flag("--check", check_,
                  "check every memory access: unwritten bytes, ranges, unordered conflicts");
    sub->add_option("--random-order", random_order_,
                    "execute ready tasks in a random legal order drawn from this seed");
    sub->add_option("--trace", trace_, "write a Chrome trace of one frame to this file");
    sub->add_flag("--json", json_, "print JSON");
    sub->footer(kRunExamples);
    return sub;
  }

  Result<int> Run(Console& console) override {
    SessionOptions options;
    options.simulator.check = check_;
    options.simulator.random_order = random_order_;
    IMCC_ASSIGN(Session session, Session::Open(model_, options));
    IMCC_ASSIGN(const std::vector<FrameInputs> inputs, Inputs(session));
    IMCC_TRY(CheckOutputs(session, inputs.size()));
    IMCC_TRY(PrepareOutputFolder());
    RunResult result;
    IMCC_TRY(RunFrames(session, inputs, result, console));
    IMCC_ASSIGN(const std::vector<FrameTiming> timings, session.TimingOfPrograms(!trace_.empty()));
    result.timing = session.Join(timings);
    if (session.target()) result.clock_hz = session.target()->clock_hz;
    if (!trace_.empty())
      IMCC_TRY(WriteTrace(ChromeTrace(session.programs(), timings, result.clock_hz)));
    console.Print(json_ ? RunJson(result, session) : RunText(result, session, console.columns()));
    return kExitSuccess;
  }

 private:
  Result<std::vector<FrameInputs>> Inputs(const Session& session) const {
    if (!inputs_.empty()) return ReadFrameInputs(session, inputs_);
    return std::vector<FrameInputs>{RandomFrameInputs(session, seed_)};
  }

  /// None of the files to write may be one that is read.
  Status CheckOutputs(const Session& session, size_t input_frames) const {
    std::vector<std::string> read = inputs_;
    read.push_back(session.file().path);
    for (const ModelPart& part : session.file().parts) read.push_back(part.path);
    if (!trace_.empty()) IMCC_TRY(CheckOverwritesNone(trace_, read));
    if (output_.empty()) return {};
    for (const ExternalTensor& tensor : session.outputs())
      for (int64_t frame = 0; frame < FrameCount(input_frames); ++frame)
        IMCC_TRY(CheckOverwritesNone(OutputPath(tensor.name, frame), read));
    return {};
  }

  Status WriteTrace(const std::string& text) const {
    const IgnoreInterrupts ignore;
    return WriteFile(trace_, text);
  }

  int64_t FrameCount(size_t input_frames) const {
    return frames_ > 0 ? frames_ : static_cast<int64_t>(input_frames);
  }

  std::string OutputPath(const std::string& tensor, int64_t frame) const {
    return (std::filesystem::path(output_) / FileName(tensor, frame)).string();
  }

  Status PrepareOutputFolder() const {
    if (output_.empty()) return {};
    std::error_code failure;
    std::filesystem::create_directories(output_, failure);
    if (!failure) return {};
    return Error{.code = ErrorCode::kIo,
                 .place = {.file = output_},
                 .message = "the folder cannot be made: " + failure.message()};
  }

  Status RunFrames(Session& session, const std::vector<FrameInputs>& inputs, RunResult& result,
                   Console& console) const {
    IMCC_ASSIGN(const Network network,
                ParseInputProcessing(session.file().text, session.file().path));
    const bool classifies = network.num_classes > 0 && !inputs_.empty();
    for (const ExternalTensor& tensor : session.outputs())
      result.outputs.push_back({tensor.name, tensor.shape, tensor.is_int8, {}});
    for (const Program* program : session.programs())
      for (const IoTensor& tensor : program->outputs)
        result.device_outputs.push_back({tensor.name, tensor.shape, true, {}});
    const int64_t count = FrameCount(inputs.size());
    for (int64_t i = 0; i < count; ++i) {
      console.ShowProgress("run", i, count);
      const auto start = std::chrono::steady_clock::now();
      IMCC_ASSIGN(const Frame frame, session.Run(inputs[static_cast<size_t>(i) % inputs.size()]));
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      result.host_seconds.push_back(elapsed.count());
      IMCC_TRY(Record(session, frame, i, result));
      if (classifies)
        result.top.push_back(TopClasses(frame.outputs[0], std::max<int64_t>(network.topk, 1)));
    }
    return {};
  }

  /// Hashes the outputs of a frame, and writes them where asked.
  Status Record(const Session& session, const Frame& frame, int64_t index,
                RunResult& result) const {
    for (size_t o = 0; o < frame.outputs.size(); ++o) {
      OutputDigest& digest = result.outputs[o];
      NpyArray array{digest.shape.dims(), frame.outputs[o], digest.is_int8};
      if (digest.is_int8) {
        const Int8Values values =
            Session::ToInt8(frame.outputs[o], *session.DeviceOutput(digest.name));
        array.values.assign(values.begin(), values.end());
        digest.frame_hashes.push_back(HashOf(values));
      } else {
        digest.frame_hashes.push_back(HashOf(frame.outputs[o]));
      }
      if (output_.empty()) continue;
      const IgnoreInterrupts ignore;
      IMCC_TRY(WriteNpy(OutputPath(digest.name, index), array));
    }
    for (size_t o = 0; o < frame.device_outputs.size(); ++o)
      result.device_outputs[o].frame_hashes.push_back(HashOf(frame.device_outputs[o]));
    return {};
  }

  std::string model_;
  int64_t frames_ = 0;  // 0 = as many as inputs.
  std::vector<std::string> inputs_;
  uint64_t seed_ = 1;
  std::string output_;
  bool check_ = false;
  std::optional<uint64_t> random_order_;
  std::string trace_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<RunCommand>(); }

}  // namespace imcc
