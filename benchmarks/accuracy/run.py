#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Top-1/top-5 of float, quantised and device on the labelled images of ../shared, as a table.

Calibrates on 200 images that are not evaluated. SNR is that of the first output, device against
float. Usage:
run.py IMCC [--scheme NAME] [--set OPTION=VALUE]... [--limit N] [network...]
"""
import argparse
import json
import subprocess
import tempfile

from networks import NETWORKS, write_yaml


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("networks", nargs="*", default=[])
    parser.add_argument("--scheme", default="per_tensor_histogram")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--limit", default="-1")
    arguments = parser.parse_intermixed_args()
    print(f"{'network':14} {'n':>5} {'float':>8} {'int8':>8} {'device':>8} {'drop':>7} "
          f"{'agree':>8} {'SNR':>8}")
    for name in arguments.networks or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            yaml = write_yaml(folder, name)
            result = subprocess.run(
                [arguments.imcc, "eval", yaml, "--json", "--limit", arguments.limit] +
                [word for option in (f"quantization_scheme={arguments.scheme}", *arguments.set)
                 for word in ("--set", option)], capture_output=True, text=True)
        if result.returncode != 0:
            print(f"{name:14} {result.stderr.strip()[-200:]}")
            continue
        r = json.loads(result.stdout)
        top = [100 * r[side]["top1"] for side in ("float", "quantized", "device")]
        print(f"{name:14} {r['float']['n']:5} {top[0]:7.2f}% {top[1]:7.2f}% {top[2]:7.2f}% "
              f"{top[0] - top[2]:7.2f} {100 * r['agreement']:7.2f}% "
              f"{r['outputs'][0]['snr_db']:6.2f}dB", flush=True)


if __name__ == "__main__":
    main()
