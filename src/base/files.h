// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/units.h"

namespace imcc {

/// The whole of a regular file. An error (of kind `code`) if it is absent, a folder, unreadable or
/// larger than `limit`; never reads more than that.
Result<std::string> ReadFile(const std::string& path, Bytes limit, ErrorCode code = ErrorCode::kIo);

/// The same of a file that has to start with `magic`: another one is not read in vain. `what` it
/// ought to be is for the error, of kind kFormat.
Result<std::string> ReadFileOfKind(const std::string& path, Bytes limit, std::string_view magic,
                                   std::string_view what);

/// Puts a whole file in place of what was there, or changes nothing: the bytes go to a new file
/// beside it first. Links are followed; devices and pipes are written to as they are.
Status WriteFile(const std::string& path, std::string_view contents);

/// Writes a file that must not be there yet, not even as a link.
Status CreateFile(const std::string& path, std::string_view contents);

/// Sixteen hexadecimal digits that nobody can foresee, for names no other process uses. Process
/// numbers are none: they recur in containers.
std::string UniqueDigits();

/// An error if writing `output` would overwrite one of `inputs`, under whatever name, or a file in
/// one of them that is a folder.
Status CheckOverwritesNone(const std::string& output, const std::vector<std::string>& inputs);

}  // namespace imcc
