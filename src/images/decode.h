// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "images/images.h"

/// One decoder a format: the bytes of a file to an image. `path` is for messages.
namespace imcc {

Result<Image> DecodeJpeg(std::string_view bytes, const std::string& path);
Result<Image> DecodePng(std::string_view bytes, const std::string& path);
/// Netpbm P2, P3, P5 and P6, up to 16 bits a sample.
Result<Image> DecodePnm(std::string_view bytes, const std::string& path);

}  // namespace imcc
