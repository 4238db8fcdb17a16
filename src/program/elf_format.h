// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "isa/task.h"

/// Constants of imcc's ELF files, shared by the writer and the reader (docs/elf.md).
namespace imcc {

inline constexpr uint16_t kElfMachine = 0x494d;  // "IM": private, not registered.
inline constexpr std::string_view kNoteSection = ".note.imcc";
inline constexpr std::string_view kTaskSectionPrefix = ".tasks.core";
inline constexpr std::string_view kNoteName = "imcc";
inline constexpr uint32_t kNoteType = 1;
inline constexpr uint64_t kLoadAlignment = 64;
inline constexpr size_t kFlagsOffset = 48;  // Of e_flags in the ELF64 header.

/// Addresses in the file: offset in bits 0-35, region in bits 36-39.
inline uint64_t ToElfAddress(Address address) {
  return static_cast<uint64_t>(address.region) << 36U | address.offset;
}

/// FNV-1a over the whole file with e_flags taken as zero. Stored in e_flags: every step is a
/// bijection of the hash, so a single damaged byte always shows.
uint32_t FileChecksum(std::string_view file);

}  // namespace imcc
