#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Signal to noise of every network of ../shared under the three quantisation schemes, as a table.

Device against float over samples that did not calibrate, the worst output of each network.
schemes.py IMCC [--before OTHER_IMCC] [--folder DIR] [NAME...]
Each NAME is how a network's or case's name begins. DIR keeps inputs and results for the next run.
"""
import argparse
import hashlib
import json
import os
import subprocess
import tempfile

from scheme_networks import write_all

SCHEMES = ("per_tensor_histogram", "per_tensor_min_max", "hybrid_per_tensor_per_channel")
ALLOWED_DB = 1


def measure(imcc, yaml, scheme):
    """The worst output's decibels (None: no difference), or an error's last line."""
    run = subprocess.run([imcc, "eval", yaml, "--json", "--set", f"quantization_scheme={scheme}"],
                         capture_output=True, text=True)
    if run.returncode != 0:
        return run.stderr.strip().splitlines()[-1][:60]
    ratios = [output["snr_db"] for output in json.loads(run.stdout)["outputs"]]
    return min((r for r in ratios if r is not None), default=None)


def remembered(folder, imcc, yaml, scheme):
    with open(imcc, "rb") as file:
        version = hashlib.md5(file.read()).hexdigest()
    path = os.path.join(folder, "results.json")
    known = json.load(open(path)) if os.path.exists(path) else {}
    key = f"{version} {os.path.basename(yaml)} {scheme}"
    if key not in known:
        known[key] = measure(imcc, yaml, scheme)
        with open(path, "w") as file:
            json.dump(known, file)
    return known[key]


def text(value):
    return f"{value:.1f}" if isinstance(value, float) else value or "exact"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("names", nargs="*", default=[])
    parser.add_argument("--before")
    parser.add_argument("--folder")
    arguments = parser.parse_intermixed_args()
    print("| network | before | histogram | min-max | hybrid | below the best |\n"
          "|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or temporary
        for name, yaml in write_all(folder, arguments.names):
            before = "-"
            if arguments.before:
                before = remembered(folder, arguments.before, yaml, SCHEMES[0])
            now = [remembered(folder, arguments.imcc, yaml, scheme) for scheme in SCHEMES]
            lost = ""
            if all(isinstance(value, float) for value in now):
                below = max(now[1:]) - now[0]
                lost = f"**{below:.1f}**" if below > ALLOWED_DB else f"{max(below, 0):.1f}"
            print("| " + " | ".join([name, text(before), *map(text, now), lost]) + " |", flush=True)


if __name__ == "__main__":
    main()
