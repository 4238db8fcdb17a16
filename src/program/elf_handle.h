// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libelf.h>

#include <memory>

namespace imcc {

struct EndElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};
/// A file that libelf has open.
using ElfHandle = std::unique_ptr<Elf, EndElf>;

}  // namespace imcc
