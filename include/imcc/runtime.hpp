// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "imcc/runtime.h"

/// The C API of runtime.h for C++17: owning handles, exceptions, vectors. Header only.
namespace imcc::runtime {

/// What a function of the C API reported.
class Failure : public std::runtime_error {
 public:
  Failure(imcc_status status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  imcc_status status() const { return status_; }

 private:
  imcc_status status_;
};

struct TensorInfo {
  std::string name;
  std::vector<int64_t> shape;  // NCHW.
  size_t elements = 0;
  std::vector<float> scale;  // Empty: no int8 form.
  std::vector<int32_t> zero_point;
  imcc_dtype dtype = IMCC_FLOAT32;  // Of the network's own frames.
};

struct EngineStatistics {
  std::string name;
  uint32_t core = 0;
  uint64_t tasks = 0, busy = 0, waiting = 0, fetching = 0, empty = 0;
};

/// A compiled network ready to run frames.
class Model {
 public:
  explicit Model(const std::string& path) {
    imcc_model* model = nullptr;
    imcc_error* error = nullptr;
    Check(imcc_model_open(path.c_str(), &model, &error), error);
    model_.reset(model);
    for (size_t i = 0; i < imcc_model_input_count(model); ++i)
      inputs_.push_back(Describe(imcc_model_input, i));
    for (size_t i = 0; i < imcc_model_output_count(model); ++i)
      outputs_.push_back(Describe(imcc_model_output, i));
  }

  const std::vector<TensorInfo>& inputs() const { return inputs_; }
  const std::vector<TensorInfo>& outputs() const { return outputs_; }

  /// One frame; a vector per input, in and out NCHW.
  std::vector<std::vector<float>> Run(const std::vector<std::vector<float>>& inputs) {
    return RunWith(imcc_model_run, inputs);
  }
  std::vector<std::vector<int8_t>> RunInt8(const std::vector<std::vector<int8_t>>& inputs) {
    return RunWith(imcc_model_run_int8, inputs);
  }

  imcc_statistics statistics() {
    imcc_statistics statistics{};
    statistics.struct_size = sizeof(statistics);
    imcc_error* error = nullptr;
    Check(imcc_model_statistics(model_.get(), &statistics, &error), error);
    return statistics;
  }

  std::vector<EngineStatistics> engines() {
    std::vector<EngineStatistics> engines;
    for (size_t i = 0; i < statistics().engines; ++i) {
      imcc_engine_statistics e{};
      e.struct_size = sizeof(e);
      imcc_error* error = nullptr;
      Check(imcc_model_engine(model_.get(), i, &e, &error), error);
      engines.push_back({e.name, e.core, e.tasks, e.busy, e.waiting, e.fetching, e.empty});
    }
    return engines;
  }

 private:
  struct Close {
    void operator()(imcc_model* model) const { imcc_model_close(model); }
  };

  static void Check(imcc_status status, imcc_error* error) {
    if (status == IMCC_OK) return;
    const std::string message =
        error != nullptr ? imcc_error_message(error) : imcc_status_name(status);
    imcc_error_free(error);
    throw Failure(status, message);
  }

  template <class Function>
  TensorInfo Describe(Function function, size_t index) const {
    imcc_tensor_info info{};
    info.struct_size = sizeof(info);
    Check(function(model_.get(), index, &info), nullptr);
    TensorInfo tensor;
    tensor.name = info.name;
    tensor.shape.assign(info.shape, info.shape + info.rank);
    tensor.elements = info.elements;
    tensor.scale.assign(info.scale, info.scale + info.quantizations);
    tensor.zero_point.assign(info.zero_point, info.zero_point + info.quantizations);
    tensor.dtype = info.dtype;
    return tensor;
  }

  template <class Function, class T>
  std::vector<std::vector<T>> RunWith(Function function,
                                      const std::vector<std::vector<T>>& inputs) {
    if (inputs.size() != inputs_.size())
      throw Failure(IMCC_ERROR_USAGE, "the network has another number of inputs");
    std::vector<const T*> in;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].size() != inputs_[i].elements)
        throw Failure(IMCC_ERROR_USAGE, "input " + inputs_[i].name + " has another size");
      in.push_back(inputs[i].data());
    }
    std::vector<std::vector<T>> outputs;
    for (const TensorInfo& info : outputs_) outputs.emplace_back(info.elements);
    std::vector<T*> out;
    for (std::vector<T>& values : outputs) out.push_back(values.data());
    imcc_error* error = nullptr;
    Check(function(model_.get(), in.data(), out.data(), &error), error);
    return outputs;
  }

  std::unique_ptr<imcc_model, Close> model_;
  std::vector<TensorInfo> inputs_, outputs_;
};

}  // namespace imcc::runtime
