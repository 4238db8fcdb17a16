// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace onnx {
class TensorProto;
}

namespace imcc {

/// The bytes of a tensor stored outside the model file. The location must name a regular file below
/// `directory`: absolute paths, "..", and symbolic links that lead out of it are refused.
Result<std::string> ReadExternalData(const onnx::TensorProto& proto, const std::string& directory,
                                     int64_t expected_bytes);

/// The file that holds the tensor; empty if the model itself does.
Result<std::string> ExternalDataFile(const onnx::TensorProto& proto, const std::string& directory);

}  // namespace imcc
