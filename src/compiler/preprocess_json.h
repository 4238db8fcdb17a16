// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.h"
#include "config/network.h"

namespace imcc {

/// What model.json keeps of the Network so that images can be fed later: the preprocessing steps,
/// the colour order, the number of classes and of results to show.
nlohmann::ordered_json InputProcessingJson(const Network& network);

/// The same from the text of a model.json, into a Network that has nothing else.
Result<Network> ParseInputProcessing(const std::string& model_json, const std::string& file);

}  // namespace imcc
