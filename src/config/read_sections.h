// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/reading.h"

/// The sections of a network YAML file, one reader each. All fill the same Network.
namespace imcc {

/// models.NAME: the model file, its input and, under extra_kwargs, the options.
Status ReadModel(Reading& reading, const YamlEntry& model, Network& network);

/// pipeline: the entry of the network's model, its preprocessing and top-k.
Status ReadPipeline(Reading& reading, const YamlEntry& pipeline, Network& network);

/// datasets.NAME, where the model's entry `dataset` names it.
Status ReadDataset(Reading& reading, const YamlNode& root, const YamlEntry& reference,
                   Network& network);

}  // namespace imcc
