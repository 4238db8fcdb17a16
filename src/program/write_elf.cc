// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gelf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "program/elf_format.h"
#include "program/elf_handle.h"
#include "program/json_note.h"
#include "program/program.h"

namespace imcc {

uint32_t FileChecksum(std::string_view file) {
  uint32_t hash = 2166136261U;
  for (size_t i = 0; i < file.size(); ++i) {
    const bool flags = i >= kFlagsOffset && i < kFlagsOffset + 4;
    hash = (hash ^ (flags ? 0U : static_cast<uint8_t>(file[i]))) * 16777619U;
  }
  return hash;
}

namespace {

/// A section to write. `data` must outlive the writer.
struct SectionInput {
  std::string name;
  std::vector<uint8_t> data;
  uint32_t type = SHT_PROGBITS;
  uint64_t flags = 0;
  uint64_t address = 0;
  uint64_t alignment = 1;
  uint64_t entry_size = 0;
  uint32_t link = 0, info = 0;
};

void AppendString(std::vector<uint8_t>& table, std::string_view text) {
  table.insert(table.end(), text.begin(), text.end());
  table.push_back(0);
}

std::vector<uint8_t> EncodeList(const std::vector<Task>& tasks) {
  std::vector<uint8_t> bytes;
  bytes.reserve(tasks.size() * kTaskBytes);
  for (const Task& task : tasks) {
    const EncodedTask encoded = Encode(task);
    bytes.insert(bytes.end(), encoded.begin(), encoded.end());
  }
  return bytes;
}

/// Everything that is loaded, by rising address.
std::vector<SectionInput> LoadedSections(const Program& program) {
  std::vector<SectionInput> sections;
  for (size_t core = 0; core < program.cores.size(); ++core)
    if (!program.cores[core].empty())
      sections.push_back({.name = fmt::format("{}{}", kTaskSectionPrefix, core),
                          .data = EncodeList(program.cores[core]),
                          .flags = SHF_ALLOC,
                          .address = ToElfAddress(program.task_lists[core]),
                          .alignment = kLoadAlignment});
  for (const Segment& segment : program.segments)
    sections.push_back({.name = segment.name,
                        .data = segment.bytes,
                        .flags = SHF_ALLOC,
                        .address = ToElfAddress(segment.address),
                        .alignment = kLoadAlignment});
  std::stable_sort(sections.begin(), sections.end(),
                   [](const auto& a, const auto& b) { return a.address < b.address; });
  return sections;
}

SectionInput NoteSection(const Program& program) {
  const std::string descriptor = WriteNote(program);
  std::vector<uint8_t> data;
  const auto word = [&](uint64_t value) {
    for (unsigned i = 0; i < 4; ++i) data.push_back(static_cast<uint8_t>(value >> (8U * i)));
  };
  const auto pad = [&] { data.resize((data.size() + 3) / 4 * 4); };
  word(kNoteName.size() + 1);
  word(descriptor.size());
  word(kNoteType);
  AppendString(data, kNoteName);
  pad();
  data.insert(data.end(), descriptor.begin(), descriptor.end());
  pad();
  return {
      .name = std::string(kNoteSection), .data = std::move(data), .type = SHT_NOTE, .alignment = 4};
}

/// .symtab and .strtab. Symbols are absolute: their value is the encoded device address.
std::pair<SectionInput, SectionInput> SymbolSections(const Program& program) {
  SectionInput strings{.name = ".strtab", .data = {0}, .type = SHT_STRTAB};
  SectionInput symbols{.name = ".symtab",
                       .type = SHT_SYMTAB,
                       .alignment = 8,
                       .entry_size = sizeof(Elf64_Sym),
                       .info = 1};
  std::vector<Elf64_Sym> entries(1);
  for (const Symbol& symbol : program.symbols) {
    Elf64_Sym entry = {};
    entry.st_name = static_cast<Elf64_Word>(strings.data.size());
    entry.st_info = GELF_ST_INFO(STB_GLOBAL, STT_OBJECT);
    entry.st_shndx = SHN_ABS;
    entry.st_value = ToElfAddress(symbol.address);
    entry.st_size = symbol.size;
    entries.push_back(entry);
    AppendString(strings.data, symbol.name);
  }
  const auto* bytes = reinterpret_cast<const uint8_t*>(entries.data());
  symbols.data.assign(bytes, bytes + entries.size() * sizeof(Elf64_Sym));
  return {std::move(symbols), std::move(strings)};
}

Error Failed() {
  return Error{.code = ErrorCode::kIo,
               .subject = "ELF",
               .message = std::string("libelf could not write it: ") + elf_errmsg(-1)};
}

/// A file in memory: libelf writes to a file descriptor only.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("elf", MFD_CLOEXEC)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

Status AddSection(Elf* elf, SectionInput& input, size_t name) {
  Elf_Scn* section = elf_newscn(elf);
  Elf_Data* data = section != nullptr ? elf_newdata(section) : nullptr;
  GElf_Shdr header = {};
  if (data == nullptr || gelf_getshdr(section, &header) == nullptr) return Failed();
  data->d_buf = input.data.data();
  data->d_size = input.data.size();
  data->d_align = input.alignment;
  data->d_type = input.type == SHT_SYMTAB ? ELF_T_SYM : ELF_T_BYTE;
  header.sh_name = static_cast<GElf_Word>(name);
  header.sh_type = input.type;
  header.sh_flags = input.flags;
  header.sh_addr = input.address;
  header.sh_entsize = input.entry_size;
  header.sh_link = input.link;
  header.sh_info = input.info;
  return gelf_update_shdr(section, &header) != 0 ? Status() : Status(Failed());
}

/// One program header per loaded section, plus the note's; section offsets are laid out already.
Status FillProgramHeaders(Elf* elf, size_t loaded) {
  for (size_t i = 0; i <= loaded; ++i) {
    GElf_Shdr section = {};
    if (gelf_getshdr(elf_getscn(elf, i + 1), &section) == nullptr) return Failed();
    GElf_Phdr header = {};
    header.p_type = i < loaded ? PT_LOAD : PT_NOTE;
    header.p_flags = PF_R;
    header.p_offset = section.sh_offset;
    header.p_vaddr = header.p_paddr = section.sh_addr;
    header.p_filesz = header.p_memsz = section.sh_size;
    header.p_align = section.sh_addralign;
    if (gelf_update_phdr(elf, static_cast<int>(i), &header) == 0) return Failed();
  }
  return {};
}

Result<std::string> ReadBack(int file) {
  std::string bytes;
  bytes.resize(static_cast<size_t>(std::max<off_t>(lseek(file, 0, SEEK_END), 0)));
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t got = pread(file, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (got <= 0) return Failed();
    at += static_cast<size_t>(got);
  }
  const uint32_t checksum = FileChecksum(bytes);
  for (unsigned i = 0; i < 4; ++i)
    bytes[kFlagsOffset + i] = static_cast<char>(checksum >> (8U * i));
  return bytes;
}

}  // namespace

Result<std::string> WriteElf(const Program& program) {
  elf_version(EV_CURRENT);
  std::vector<SectionInput> sections = LoadedSections(program);
  const size_t loaded = sections.size();
  sections.push_back(NoteSection(program));
  auto [symbols, strings] = SymbolSections(program);
  symbols.link = static_cast<uint32_t>(sections.size() + 2);  // .strtab follows .symtab.
  sections.push_back(std::move(symbols));
  sections.push_back(std::move(strings));
  SectionInput names{.name = ".shstrtab", .data = {0}, .type = SHT_STRTAB};
  std::vector<size_t> name_offsets;
  for (const SectionInput& section : sections) {
    name_offsets.push_back(names.data.size());
    AppendString(names.data, section.name);
  }
  name_offsets.push_back(names.data.size());
  AppendString(names.data, names.name);
  sections.push_back(std::move(names));

  const MemoryFile file;
  if (file.descriptor() < 0)
    return Error{
        .code = ErrorCode::kIo, .subject = "ELF", .message = "cannot make a file in memory"};
  const ElfHandle elf(elf_begin(file.descriptor(), ELF_C_WRITE, nullptr));
  if (elf == nullptr || gelf_newehdr(elf.get(), ELFCLASS64) == nullptr) return Failed();
  GElf_Ehdr header = {};
  if (gelf_getehdr(elf.get(), &header) == nullptr) return Failed();
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_EXEC;
  header.e_machine = kElfMachine;
  header.e_version = EV_CURRENT;
  header.e_shstrndx = static_cast<GElf_Half>(sections.size());
  if (gelf_update_ehdr(elf.get(), &header) == 0) return Failed();
  if (gelf_newphdr(elf.get(), loaded + 1) == nullptr) return Failed();
  for (size_t i = 0; i < sections.size(); ++i)
    IMCC_TRY(AddSection(elf.get(), sections[i], name_offsets[i]));
  if (elf_update(elf.get(), ELF_C_NULL) < 0) return Failed();
  IMCC_TRY(FillProgramHeaders(elf.get(), loaded));
  if (elf_update(elf.get(), ELF_C_WRITE) < 0) return Failed();
  return ReadBack(file.descriptor());
}

}  // namespace imcc
