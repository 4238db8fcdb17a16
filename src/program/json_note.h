// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "program/program.h"

namespace imcc {

/// The descriptor of the ELF's "imcc" note: everything of a program that is not bytes of memory,
/// as JSON with sorted keys.
std::string WriteNote(const Program& program);

/// What the note says: a program without task lists, segments and symbols.
Result<Program> ReadNote(const std::string& json);

}  // namespace imcc
