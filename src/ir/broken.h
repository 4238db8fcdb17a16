// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace imcc {

/// What the judges of both graphs find: a graph that is not one.
inline Error Broken(const std::string& subject, const std::string& message) {
  return Error{.code = ErrorCode::kModel, .subject = subject, .message = message};
}

}  // namespace imcc
