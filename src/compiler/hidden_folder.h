// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace imcc {

/// Removes a folder of plain files. One that holds anything else stays, and its path is kept.
void RemoveFlatFolder(const std::filesystem::path& folder);

/// The path of a hidden folder beside others in `parent` that no other process uses.
std::filesystem::path HiddenSibling(const std::filesystem::path& parent);

/// Opens a folder and locks it; a descriptor, or -1 (and errno) if another process holds it, it is
/// a link, or the file system has no locks.
int LockFolder(const std::filesystem::path& folder);

/// Removes the hidden folders in `parent` that killed compilations left: named by HiddenSibling(),
/// this user's, of plain files only, with a file list, and locked by nobody.
void RemoveStaleFolders(const std::filesystem::path& parent);

}  // namespace imcc
