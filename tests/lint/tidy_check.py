#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over src/ and examples/, a folder at a time, remembering what was clean.

Nearly all of clang-tidy's time goes into the standard headers, so the files of a folder are joined
into one text and judged together (some seven times faster); local names are told apart for that.
A folder is judged again only if its text, its preprocessed text, its flags or .clang-tidy changed.

Usage: tidy_check.py BUILD_FOLDER [--all | FILE...]
Without either: the folders that the last RECENT commits or the working copy touched, and one folder
in ten of the others, another tenth with every commit. --all: every folder.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECENT = 20  # Commits: more than a day's work, so that what a push brings is judged whole.


def wanted(file, only):
    if only:
        return str(file) in {str(pathlib.Path(name).resolve()) for name in only}
    return file.is_relative_to(ROOT / "src") or file.is_relative_to(ROOT / "examples")


def flags_of(entry):
    """What the code means to the compiler: include paths, definitions, language, warnings, ISA."""
    words = shlex.split(entry["command"])
    flags, follows = [], False
    for word in words:
        if follows or re.match(r"-(I|D|W|std=|m)", word):
            flags.append(word)
            follows = False
        elif word == "-isystem":
            flags.append(word)
            follows = True
    return tuple(flag for flag in flags if flag != "-Werror")  # .clang-tidy says what is fatal.


def sources_of(entry):
    """The .cc files of one compilation: CMake's unity files include several."""
    file = pathlib.Path(entry["file"])
    if file.suffix == ".cc":
        return [file.resolve()]
    if "Unity" not in file.parts:
        return []
    return [pathlib.Path(name).resolve()
            for name in re.findall(r'#include "([^"]+\.cc)"', file.read_text())]


def groups_of(build, only):
    """Files of one folder with the same flags."""
    groups = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        for file in sources_of(entry):
            if wanted(file, only):
                groups.setdefault((file.parent, flags_of(entry)), set()).add(file)
    return [(flags, sorted(files)) for (_, flags), files in sorted(groups.items())]


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True,
                          text=True).stdout.split()


def due(groups):
    """The groups whose turn it is, see above; all of them outside a clone."""
    try:
        count = int(git("rev-list", "--count", "HEAD")[0])
        base = f"HEAD~{min(RECENT, count - 1)}"
        touched = {(ROOT / name).parent for name in git("diff", "--name-only", base)}
    except (OSError, subprocess.CalledProcessError):
        return groups
    return [group for i, group in enumerate(groups)
            if group[1][0].parent in touched or (i + count) % 10 == 0]


class Group:
    """Files judged together."""

    def __init__(self, flags, files, scratch):
        self.flags = list(flags)
        self.files = files
        self.starts = []  # First line of each file in the joint text.
        lines = []
        for file in files:
            self.starts.append(len(lines) + 1)
            lines += file.read_text().split("\n")
        self.text = "\n".join(lines)
        name = hashlib.sha256(" ".join(map(str, files)).encode()).hexdigest()[:16]
        self.path = pathlib.Path(scratch) / f"{name}.cc"
        self.path.write_text(self.text)

    def key(self, fixed):
        command = ["clang++", *self.flags, "-E", "-P", str(self.path)]
        done = subprocess.run(command, capture_output=True, check=False)
        digest = hashlib.sha256(fixed)
        for part in (" ".join(self.flags).encode(), self.text.encode(), done.stdout):
            digest.update(part)
        return digest.hexdigest()

    def place(self, match):
        line = int(match.group(1))
        index = max(i for i, start in enumerate(self.starts) if start <= line)
        return f"{self.files[index]}:{line - self.starts[index] + 1}:"

    def run(self):
        """(clean, compiles, output)"""
        command = ["clang-tidy", "--quiet", f"--config-file={ROOT / '.clang-tidy'}",
                   str(self.path), "--", *self.flags]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        output = re.sub(re.escape(str(self.path)) + r":(\d+):", self.place, done.stdout)
        compiles = "[clang-diagnostic-error" not in output
        return done.returncode == 0, compiles, output or done.stderr


def check(flags, files, scratch, cache, fixed):
    """Findings as text; empty if clean."""
    group = Group(flags, files, scratch)
    clean_mark = cache / group.key(fixed)
    split_mark = clean_mark.with_suffix(".split")
    if clean_mark.exists():
        return ""
    if not split_mark.exists():
        clean, compiles, output = group.run()
        if clean:
            clean_mark.touch()
        if clean or compiles or len(files) == 1:
            return "" if clean else output
        split_mark.touch()
    middle = len(files) // 2
    return "".join(check(flags, half, scratch, cache, fixed)
                   for half in (files[:middle], files[middle:]))


def header_notes():
    """NOLINT comments of headers, which the preprocessor would drop from the key."""
    return "".join(line for path in sorted(ROOT.glob("src/*/*.h"))
                   for line in path.read_text().splitlines() if "NOLINT" in line)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    everything = "--all" in sys.argv[2:]
    groups = groups_of(build, [] if everything else sys.argv[2:])
    known = len(groups)
    if len(sys.argv) == 2:
        groups = due(groups)
    cache = pathlib.Path(os.environ.get("IMCC_TIDY_CACHE", ROOT / ".cache/clang-tidy"))
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    fixed = version + (ROOT / ".clang-tidy").read_bytes() + header_notes().encode()

    failed, total = 0, sum(len(files) for _, files in groups)
    with tempfile.TemporaryDirectory() as scratch, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = [pool.submit(check, flags, files, scratch, cache, fixed)
                for flags, files in sorted(groups, key=lambda group: -len(group[1]))]
        for future in work:
            text = future.result()
            failed += bool(text)
            if text:
                print(text, flush=True)
    print(f"tidy_check: {total} files in {len(groups)} of {known} groups, "
          f"{failed} groups with findings")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
