// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gelf.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>

#include "program/elf_format.h"
#include "program/elf_handle.h"
#include "program/json_note.h"
#include "program/program.h"

namespace imcc {

namespace {

Error BadElf(const std::string& what) {
  return Error{.code = ErrorCode::kFormat,
               .subject = "ELF",
               .message = what,
               .hint = "compile the network again"};
}

Result<Address> FromElfAddress(uint64_t value) {
  const uint64_t region = value >> 36U;
  if (region < 1 || region > 3) return BadElf(fmt::format("address {:#x} names no memory", value));
  return Address{static_cast<Region>(region), value & ((uint64_t{1} << 36U) - 1)};
}

/// The bytes of a section, checked against the file.
Result<std::string_view> SectionBytes(const std::string& file, const GElf_Shdr& header) {
  if (header.sh_offset > file.size() || header.sh_size > file.size() - header.sh_offset)
    return BadElf("a section lies outside the file");
  return std::string_view(file).substr(header.sh_offset, header.sh_size);
}

Result<std::vector<Task>> DecodeList(std::string_view bytes) {
  if (bytes.size() % kTaskBytes != 0) return BadElf("a task list is not whole descriptors");
  std::vector<Task> tasks;
  tasks.reserve(bytes.size() / kTaskBytes);
  for (size_t at = 0; at < bytes.size(); at += kTaskBytes) {
    IMCC_ASSIGN(Task task, Decode(reinterpret_cast<const uint8_t*>(bytes.data()) + at));
    tasks.push_back(std::move(task));
  }
  return tasks;
}

Result<Program> ParseNote(std::string_view bytes) {
  constexpr size_t kHeader = 12;
  const size_t name_size = (kNoteName.size() + 1 + 3) / 4 * 4;
  if (bytes.size() < kHeader + name_size) return BadElf("its note is too short");
  uint32_t descriptor_size = 0;
  std::memcpy(&descriptor_size, bytes.data() + 4, sizeof(descriptor_size));
  if (bytes.substr(kHeader, kNoteName.size()) != kNoteName) return BadElf("its note is not imcc's");
  if (descriptor_size > bytes.size() - kHeader - name_size) return BadElf("its note is cut short");
  return ReadNote(std::string(bytes.substr(kHeader + name_size, descriptor_size)));
}

/// What the sections hold, before it is put together.
struct Sections {
  std::vector<std::pair<size_t, std::pair<Address, std::vector<Task>>>> lists;  // By core.
  std::vector<Segment> segments;
  std::vector<Symbol> symbols;
  std::optional<Program> note;
};

Result<size_t> CoreNumber(std::string_view name) {
  constexpr size_t kMaxCores = 256;
  size_t core = 0;
  const std::string_view digits = name.substr(kTaskSectionPrefix.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), core);
  if (error != std::errc() || end != digits.data() + digits.size() || core >= kMaxCores)
    return BadElf("a task section names no core");
  return core;
}

Status ReadSymbols(Elf* elf, const GElf_Shdr& header, std::string_view bytes,
                   std::vector<Symbol>& symbols) {
  for (size_t i = 1; i < bytes.size() / sizeof(Elf64_Sym); ++i) {
    Elf64_Sym entry = {};
    std::memcpy(&entry, bytes.data() + i * sizeof(entry), sizeof(entry));
    const char* name = elf_strptr(elf, header.sh_link, entry.st_name);
    if (name == nullptr) return BadElf("a symbol has no name");
    IMCC_ASSIGN(const Address address, FromElfAddress(entry.st_value));
    symbols.push_back({name, address, entry.st_size});
  }
  return {};
}

Status ReadSection(Elf* elf, const std::string& file, const GElf_Shdr& header,
                   const std::string& name, Sections& out) {
  if (header.sh_type == SHT_NULL) return {};
  IMCC_ASSIGN(const std::string_view bytes, SectionBytes(file, header));
  if (header.sh_type == SHT_SYMTAB) return ReadSymbols(elf, header, bytes, out.symbols);
  if (name == kNoteSection) {
    IMCC_ASSIGN(out.note, ParseNote(bytes));
    return {};
  }
  if (header.sh_type != SHT_PROGBITS || (header.sh_flags & SHF_ALLOC) == 0) return {};
  IMCC_ASSIGN(const Address address, FromElfAddress(header.sh_addr));
  if (name.starts_with(kTaskSectionPrefix)) {
    IMCC_ASSIGN(const size_t core, CoreNumber(name));
    IMCC_ASSIGN(std::vector<Task> tasks, DecodeList(bytes));
    out.lists.emplace_back(core, std::pair(address, std::move(tasks)));
    return {};
  }
  out.segments.push_back({name, address, {bytes.begin(), bytes.end()}});
  return {};
}

Result<Sections> ReadSections(Elf* elf, const std::string& file) {
  size_t name_section = 0;
  if (elf_getshdrstrndx(elf, &name_section) != 0) return BadElf("it has no section names");
  Sections sections;
  uint64_t total = 0;
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf, section)) != nullptr) {
    GElf_Shdr header = {};
    if (gelf_getshdr(section, &header) == nullptr) return BadElf("a section header is damaged");
    const char* name = elf_strptr(elf, name_section, header.sh_name);
    if (name == nullptr) return BadElf("a section has no name");
    // Sections that share bytes would make a small file ask for much memory.
    if (header.sh_type != SHT_NOBITS && header.sh_size > file.size() - total)
      return BadElf("its sections are larger than the file");
    if (header.sh_type != SHT_NOBITS) total += header.sh_size;
    IMCC_TRY(ReadSection(elf, file, header, name, sections));
  }
  return sections;
}

}  // namespace

Result<Program> ReadElf(const std::string& bytes) {
  elf_version(EV_CURRENT);
  std::string file = bytes;  // libelf wants a writable image.
  const ElfHandle elf(elf_memory(file.data(), file.size()));
  GElf_Ehdr header = {};
  if (file.size() < sizeof(Elf64_Ehdr) || elf == nullptr || elf_kind(elf.get()) != ELF_K_ELF ||
      gelf_getclass(elf.get()) != ELFCLASS64 || gelf_getehdr(elf.get(), &header) == nullptr)
    return BadElf("it is not an ELF64 file, or it is cut short");
  if (header.e_machine != kElfMachine || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return BadElf(fmt::format("it is for machine {:#x}, not for imcc's NPU", header.e_machine));
  if (header.e_flags != FileChecksum(file))
    return BadElf("its checksum does not match: the file is damaged");
  IMCC_ASSIGN(Sections sections, ReadSections(elf.get(), file));
  if (!sections.note) return BadElf("it has no imcc note");
  Program program = std::move(*sections.note);
  program.segments = std::move(sections.segments);
  program.symbols = std::move(sections.symbols);
  std::sort(sections.lists.begin(), sections.lists.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [core, list] : sections.lists) {
    if (core != program.cores.size()) return BadElf("the task lists do not count up from core 0");
    program.task_lists.push_back(list.first);
    program.cores.push_back(std::move(list.second));
  }
  if (program.cores.empty()) {  // A network of reshapes only.
    program.cores.emplace_back();
    program.task_lists.emplace_back();
  }
  return program;
}

}  // namespace imcc
