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

    def test_source_without_header(self):
        self.write("src/simplify/fuse.cc", HEADER)
        self.assert_finding("fuse.h")


if __name__ == "__main__":
    unittest.main()
