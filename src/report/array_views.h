// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "program/array_picture.h"

/// How a layer stands in the array, for a terminal and for programs.
namespace imcc {

/// Figures, a table of the weight tiles and a drawing of each; lines of at most 100 characters.
std::string RenderArrayText(const ArrayPicture& picture);

/// The same as one JSON object (docs/cli.md). Ends with a newline.
std::string RenderArrayJson(const ArrayPicture& picture);

}  // namespace imcc
