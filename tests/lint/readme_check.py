#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""README.md tells the truth: its imcc commands run and give the hashes and figures of the
transcript, its scripts, presets, files and links exist.

Usage: readme_check.py IMCC. The imcc commands of every ```sh block run in order in one scratch
folder that sees examples/ and targets/; each must end with exit code 0.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def sh_lines(text):
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield line, words


def check_preset(words):
    presets = json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
    names = [preset["name"] for preset in presets]
    wanted = words[words.index("--preset") + 1]
    return "" if wanted in names else f"no preset {wanted}, there are {', '.join(names)}"


def run_imcc(imcc, words, scratch, printed):
    done = subprocess.run([imcc] + words[1:], cwd=scratch, capture_output=True, text=True,
                          timeout=300, check=False)
    printed.update(done.stdout.splitlines())
    return "" if done.returncode == 0 else f"exit code {done.returncode}\n{done.stderr}"


def stale_lines(readme, printed):
    """Lines of the transcript that every machine prints alike, and these commands did not."""
    transcript = readme.split("<!-- transcript:begin -->")[1].split("<!-- transcript:end -->")[0]
    kinds = r"(?:[0-9a-f]{32} |frame (?:time|rate) |lower bound |efficiency )"
    for line in re.findall(rf"^{kinds}.*$", transcript, re.MULTILINE):
        if line not in printed:
            yield f"README.md: its transcript says \"{line}\": run scripts/update-readme"


def check_command(imcc, words, scratch, printed):
    if words[0] == "imcc":
        return run_imcc(imcc, words, scratch, printed)
    if "--preset" in words:
        return check_preset(words)
    if words[0].startswith(("scripts/", "examples/", "./")) and not os.access(ROOT / words[0],
                                                                             os.X_OK):
        return "not an executable file"
    return ""


def dead_links(document):
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in link and not (document.parent / link).exists():
            yield f"{document.relative_to(ROOT)}: link to {link}, which is not there"


def main():
    imcc = str(pathlib.Path(sys.argv[1]).resolve())
    findings, commands, printed = [], 0, set()
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("examples", "targets"):
            (pathlib.Path(scratch) / name).symlink_to(ROOT / name)
        for line, words in sh_lines((ROOT / "README.md").read_text()):
            commands += 1
            fault = check_command(imcc, words, scratch, printed)
            if fault:
                findings.append(f"README.md: {line.strip()}: {fault}")
    findings += stale_lines((ROOT / "README.md").read_text(), printed)
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/*.md")]:
        findings += dead_links(document)
    print("\n".join(findings + [f"readme_check: {commands} commands, {len(findings)} findings"]))
    return 1 if findings or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
