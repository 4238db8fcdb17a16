// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "config/options.h"

namespace imcc {

std::vector<Note> ShallowOptionNotes(const CompilationOptions& options) {
  const CompilationOptions defaults;
  std::vector<Note> notes;
  const auto note_if = [&](bool condition, std::string_view name, std::string_view instead) {
    if (!condition) return;
    notes.push_back({Note::Severity::kNote, std::string(name),
                     fmt::format("{} is accepted but this version acts as if it were {}",
                                 OptionValue(options, name), instead)});
  };
  note_if(options.aipu_cores_used > 1, "aipu_cores_used", "1");
  note_if(options.multicore_mode != defaults.multicore_mode, "multicore_mode",
          OptionValue(defaults, "multicore_mode"));
  return notes;
}

}  // namespace imcc
