// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "images/images.h"

namespace imcc {

/// True for .csv and .txt.
bool IsListName(const std::string& path);

/// The samples of a list of image files. Every file must exist.
Result<std::vector<SampleRef>> ReadSampleList(const std::string& path);

}  // namespace imcc
