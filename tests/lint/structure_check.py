#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""The rules of CONTRIBUTING.md that a script can judge. Usage: structure_check.py [ROOT]"""

import pathlib
import re
import subprocess
import sys

MAX_LINES = 800
MAX_COLUMNS = 100
MAX_SUBJECT = 72
SOURCES = {".h", ".cc", ".py", ".sh", ".mjs", ".cmake"}
FORBIDDEN_FOLDERS = {"utils", "util", "misc", "common", "helpers"}
# Written apart so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|XX" + r"X)\b")


def tracked(root):
    listing = subprocess.run(["git", "ls-files", "-z", "--cached"], cwd=root, check=True,
                             capture_output=True, text=True).stdout
    return [pathlib.Path(name) for name in listing.split("\0")
            if name and (root / name).is_file()]


def is_source(path):
    return (path.suffix in SOURCES or path.name == "CMakeLists.txt" or
            path.parts[0] in ("scripts", ".ci"))


def check_source(path, text):
    lines = text.splitlines()
    if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:4]):
        yield f"{path}:1: no SPDX header in the first lines"
    if len(lines) > MAX_LINES:
        yield f"{path}: {len(lines)} lines, at most {MAX_LINES}: split it by idea"
    if not text.isascii():
        yield f"{path}: holds a character that is not ASCII"
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            yield f"{path}:{number}: {len(line)} columns, at most {MAX_COLUMNS}"
        if UNFINISHED.search(line):
            yield f"{path}:{number}: finish it or write an issue"
        if line != line.rstrip():
            yield f"{path}:{number}: blanks at the end of the line"


def check_sources(root, files):
    for path in files:
        if FORBIDDEN_FOLDERS & set(path.parts[:-1]):
            yield f"{path}: name the folder after what is in it"
        if is_source(path):
            yield from check_source(path, (root / path).read_text(errors="replace"))


def check_stages(root, architecture):
    for folder in sorted(path for path in (root / "src").iterdir() if path.is_dir()):
        if not (folder / "CMakeLists.txt").exists():
            yield f"src/{folder.name}: no CMakeLists.txt"
        if f"**`{folder.name}/`**" not in architecture:
            yield f"docs/architecture.md: no paragraph \"**`{folder.name}/`**\" for its folder"


def check_passes(root, architecture):
    """One rewrite, as simplify.cc names it = x.cc, x.h, x_test.cc and a mention in the docs."""
    folder = root / "src/simplify"
    for source in sorted(folder.glob("*.cc")):
        if not source.with_suffix(".h").exists():
            yield f"src/simplify/{source.name}: no {source.stem}.h beside it"
    pipeline = folder / "simplify.cc"
    text = pipeline.read_text() if pipeline.exists() else ""
    for stem in re.findall(r'#include "simplify/(\w+)\.h"', text):
        name = stem.replace("_", "-")
        if stem == "simplify":
            continue
        if f'"{name}"' not in text:
            yield f"src/simplify/simplify.cc: does not run \"{name}\""
        for path in (f"src/simplify/{stem}.cc", f"tests/simplify/{stem}_test.cc"):
            if not (root / path).exists():
                yield f"{path}: missing, though simplify.cc runs \"{name}\""
        if f"`{name}`" not in architecture:
            yield f"docs/architecture.md: pass `{name}` is not mentioned"
    run = re.findall(r'\{"([a-z-]+)", \w+\}', text)
    told = [name for name in re.findall(r"^\| `([a-z-]+)` \|", architecture, re.M) if name in run]
    if told != run:
        first = next((a for a, b in zip(run, told) if a != b), "the last")
        yield (f"docs/architecture.md: its table has the passes of simplify/ in another order than "
               f"simplify.cc runs them, from `{first}` on")


def check_versions(root):
    """The version of the ELF's note, as the code writes it and as the document says it."""
    note, document = root / "src/program/json_note.cc", root / "docs/elf.md"
    if not note.exists():
        return
    written = re.search(r"constexpr int kVersion = (\d+);", note.read_text()).group(1)
    told = re.search(r"`version` \((\d+)\)", document.read_text()).group(1)
    if written != told:
        yield f"docs/elf.md: says version {told} of the note, and json_note.cc writes {written}"


def check_subjects(root):
    """CONTRIBUTING.md: a subject of at most 72 characters, since the rule is checked."""
    base = root / "tests/lint/subjects_checked_since"
    if not base.exists():
        return
    log = subprocess.run(["git", "log", "--no-merges", "--format=%h %s",
                          f"{base.read_text().strip()}..HEAD"], cwd=root, capture_output=True,
                         text=True, check=False)
    if log.returncode != 0:
        return  # A shallow clone: what is there does not reach back so far.
    for line in log.stdout.splitlines():
        name, _, subject = line.partition(" ")
        if len(subject) > MAX_SUBJECT:
            yield f"commit {name}: a subject of {len(subject)} characters, at most {MAX_SUBJECT}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(__file__).parents[2]).resolve()
    architecture = (root / "docs/architecture.md").read_text()
    findings = list(check_sources(root, tracked(root)))
    findings += check_stages(root, architecture)
    findings += check_passes(root, architecture)
    findings += check_versions(root)
    findings += check_subjects(root)
    print("\n".join(findings + [f"structure_check: {len(findings)} findings"]))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
