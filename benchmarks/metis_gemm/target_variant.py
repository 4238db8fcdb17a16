# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Derives a target file with other figures from one of targets/, leaving the rest as it is."""
import re

SECTION = re.compile(r"^(\w+):\s*$")
FIGURE = re.compile(r"^(  (\w+): \{value: )([^,}]+)(.*)$")
# Links that all instances on the card use at once.
SHARED_LINKS = ("bandwidth.ddr", "bandwidth.l2", "bandwidth.host")


class NoSuchFigure(Exception):
    """A name section.key that the target file does not have."""


def read_figures(text):
    """{"section.key": value} of a target file; values as they are written."""
    figures, section = {}, None
    for line in text.splitlines():
        if match := SECTION.match(line):
            section = match[1]
        elif match := FIGURE.match(line):
            figures[f"{section}.{match[2]}"] = match[3]
    return figures


def replace_figures(text, changes):
    """The target file `text` with the values of `changes`, {"section.key": value}."""
    unknown = sorted(set(changes) - set(read_figures(text)))
    if unknown:
        raise NoSuchFigure(f"the target file has no figure {unknown[0]}")
    lines, section = [], None
    for line in text.splitlines():
        if match := SECTION.match(line):
            section = match[1]
        elif (match := FIGURE.match(line)) and f"{section}.{match[2]}" in changes:
            line = f"{match[1]}{changes[f'{section}.{match[2]}']}{match[4]}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def share_links(text, instances):
    """The machine as one of `instances` equal ones sees it: its part of each shared link."""
    figures = read_figures(text)
    return replace_figures(text, {name: repr(float(figures[name]) / instances)
                                  for name in SHARED_LINKS})
