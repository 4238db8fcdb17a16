#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over src/ and examples/, in parallel, remembering what was clean.

A file is checked again only if its preprocessed text, its command or .clang-tidy changed, so that
a second run takes seconds. Usage: tidy_check.py BUILD_FOLDER [FILE...]
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def wanted(entry, only):
    file = pathlib.Path(entry["file"])
    if only:
        return any(file.resolve() == pathlib.Path(name).resolve() for name in only)
    return file.is_relative_to(ROOT / "src") or file.is_relative_to(ROOT / "examples")


def compiler_arguments(entry):
    """The command without launcher, output and the flags that only g++ knows."""
    words = shlex.split(entry["command"])
    while "ccache" in os.path.basename(words[0]):
        words.pop(0)
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in ("-o", "-MF", "-MT"):
            skip = True
        elif word not in ("-c", "-MD"):
            kept.append(word)
    return kept


def comments_of(file):
    """Lines that the preprocessor drops but clang-tidy reads."""
    return "\n".join(line for line in file.read_text().splitlines() if "NOLINT" in line)


def own_headers_with_nolint():
    return "".join(comments_of(path) for path in sorted(ROOT.glob("src/**/*.h")))


def key_of(entry, fixed):
    """Preprocessed text without line markers' paths of the machine; same text, same findings."""
    command = compiler_arguments(entry) + ["-E", "-P"]
    text = subprocess.run(command, cwd=entry["directory"], capture_output=True, check=False)
    if text.returncode != 0:
        return None
    digest = hashlib.sha256(fixed)
    digest.update(" ".join(command).encode())
    digest.update(comments_of(pathlib.Path(entry["file"])).encode())
    digest.update(text.stdout)
    return digest.hexdigest()


def check(entry, build, cache, fixed):
    """Empty text if the file is clean."""
    key = key_of(entry, fixed)
    if key and (cache / key).exists():
        return ""
    command = ["clang-tidy", "--quiet", "-p", str(build), entry["file"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        if key:
            (cache / key).touch()
        return ""
    return done.stdout + done.stderr


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    entries = json.loads((build / "compile_commands.json").read_text())
    entries = [entry for entry in entries if wanted(entry, sys.argv[2:])]
    cache = pathlib.Path(os.environ.get("IMCC_TIDY_CACHE", ROOT / ".cache/clang-tidy"))
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    fixed = version + (ROOT / ".clang-tidy").read_bytes() + own_headers_with_nolint().encode()

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for text in pool.map(lambda entry: check(entry, build, cache, fixed), entries):
            if text:
                failed += 1
                print(text, flush=True)
    print(f"tidy_check: {len(entries)} files, {failed} with findings")
    return 1 if failed or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
