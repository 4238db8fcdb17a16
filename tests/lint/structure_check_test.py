#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""structure_check.py finds each kind of fault in a tree made for it, and none in a clean one."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name("structure_check.py")
HEADER = "// Copyright 2026 The imcc authors\n// SPDX-License-Identifier: Apache-2.0\n"
CMAKE_HEADER = HEADER.replace("//", "#")


class StructureCheckTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        self.write("src/simplify/CMakeLists.txt", CMAKE_HEADER)
        self.write("src/simplify/simplify.h", HEADER)
        self.write("src/simplify/simplify.cc",
                   HEADER + '#include "simplify/fold_pads.h"\nRun("fold-pads");\n')
        self.write("src/simplify/fold_pads.cc", HEADER)
        self.write("src/simplify/fold_pads.h", HEADER)
        self.write("tests/simplify/fold_pads_test.cc", HEADER)
        self.write("docs/architecture.md", "**`simplify/`** runs `fold-pads`.\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def findings(self):
        for command in (["git", "init", "-q"], ["git", "add", "-A"]):
            subprocess.run(command, cwd=self.root, check=True)
        done = subprocess.run([sys.executable, CHECK, self.root], capture_output=True, text=True,
                              check=False)
        lines = done.stdout.splitlines()[:-1]
        self.assertEqual(done.returncode, 1 if lines else 0, done.stdout + done.stderr)
        return lines

    def assert_finding(self, part):
        lines = self.findings()
        self.assertEqual(len(lines), 1, lines)
        self.assertIn(part, lines[0])

    def test_clean_tree(self):
        self.assertEqual(self.findings(), [])

    def test_missing_licence(self):
        self.write("src/simplify/fold_pads.h", "#pragma once\n")
        self.assert_finding("SPDX")

    def test_long_file(self):
        self.write("src/simplify/fold_pads.h", HEADER + "\n" * 799)
        self.assert_finding("801 lines")

    def test_long_line(self):
        self.write("src/simplify/fold_pads.h", HEADER + "/" * 101 + "\n")
        self.assert_finding("fold_pads.h:3: 101 columns")

    def test_not_ascii(self):
        self.write("src/simplify/fold_pads.h", HEADER + "// \u00e9\n")
        self.assert_finding("ASCII")

    def test_unfinished(self):
        self.write("src/simplify/fold_pads.h", HEADER + "// TO" + "DO: more\n")
        self.assert_finding("finish it")

    def test_forbidden_folder(self):
        self.write("tests/utils/a.cc", HEADER)
        self.assert_finding("name the folder")

    def test_stage_without_paragraph(self):
        self.write("src/memory/CMakeLists.txt", CMAKE_HEADER)
        self.assert_finding("**`memory/`**")

    def test_stage_without_build(self):
        (self.root / "src/simplify/CMakeLists.txt").unlink()
        self.assert_finding("no CMakeLists.txt")

    def test_pass_without_test(self):
        (self.root / "tests/simplify/fold_pads_test.cc").unlink()
        self.assert_finding("tests/simplify/fold_pads_test.cc")

    def test_pass_without_words(self):
        self.write("docs/architecture.md", "**`simplify/`**\n")
        self.assert_finding("`fold-pads`")

    def test_passes_in_another_order(self):
        self.write("src/simplify/simplify.cc", HEADER +
                   '#include "simplify/fold_pads.h"\n{"fold-pads", FoldPads},\n'
                   '{"fuse-pads", FusePads},\n')
        self.write("docs/architecture.md", "**`simplify/`**\n| `fuse-pads` | a |\n"
                   "| `fold-pads` | b |\n")
        self.assert_finding("another order")

    def test_version_of_the_note(self):
        self.write("src/program/CMakeLists.txt", CMAKE_HEADER)
        self.write("src/program/json_note.cc", HEADER + "constexpr int kVersion = 3;\n")
        self.write("docs/elf.md", "`version` (2)\n")
        self.write("docs/architecture.md", "**`simplify/`** `fold-pads` **`program/`**\n")
        self.assert_finding("version 2")

    def test_long_subject(self):
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "First"]):
            subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=b", *words],
                           cwd=self.root, check=True)
        first = subprocess.run(["git", "rev-parse", "HEAD"], cwd=self.root, check=True,
                               capture_output=True, text=True).stdout
        self.write("tests/lint/subjects_checked_since", first)
        for words in (["add", "-A"], ["commit", "-qm", "x" * 73]):
            subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=b", *words],
                           cwd=self.root, check=True)
        self.assert_finding("73 characters")

    def test_source_without_header(self):
        self.write("src/simplify/fuse.cc", HEADER)
        self.assert_finding("fuse.h")


if __name__ == "__main__":
    unittest.main()
