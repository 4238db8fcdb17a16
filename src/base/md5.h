// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imcc {

/// MD5 (RFC 1321) as 32 lower-case hexadecimal digits. For checking downloads, not for security.
std::string Md5Hex(std::string_view bytes);

}  // namespace imcc
