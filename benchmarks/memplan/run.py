#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of what `imcc memplan` does, to be compared with other planners.

  run.py FOLDER...            every CSV file of these folders, one line each
  run.py --random             seeded random buffers: excess of the peak over the lower bound
  run.py FOLDER --repeat 5    the median of five runs

A file called NAME.CAPACITY.csv is planned for that capacity (as MiniMalloc's benchmarks are named),
others for --capacity, and without one for the lowest peak.
"""

import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def plan(imcc, file, capacity, max_steps):
    command = [imcc, "memplan", "--json", str(file)]
    if capacity is not None:
        command += ["--capacity", str(capacity)]
    if max_steps:
        command += ["--max-steps", str(max_steps)]
    result = subprocess.run(command, capture_output=True, text=True)
    if not result.stdout:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return json.loads(result.stdout)


def capacity_of(file, default):
    suffix = pathlib.Path(file.stem).suffix[1:]
    return int(suffix) if suffix.isdigit() else default


def print_files(options):
    print(f"{'instance':24}{'buffers':>8}{'capacity':>12}{'lower bound':>13}{'peak':>12}"
          f"{'seconds':>9}  {'verdict':<11}{'phase':<18}{'steps':>14}")
    total = 0.0
    files = [file for folder in options.folders
             for file in sorted(pathlib.Path(folder).glob("*.csv"))]
    for file in files:
        capacity = capacity_of(file, options.capacity)
        runs = [plan(options.imcc, file, capacity, options.max_steps)
                for _ in range(options.repeat)]
        seconds = statistics.median(run["seconds"] for run in runs)
        total += seconds
        run = runs[0]
        print(f"{file.stem[:23]:24}{run['buffers']:8}{capacity if capacity else '-':>12}"
              f"{run['lower_bound']:13}{run['peak']:12}{seconds:9.3f}  {run['verdict']:<11}"
              f"{run['phase']:<18}{run['steps']:14,}", flush=True)
    print(f"{len(files)} files, {total:.3f} seconds")


def loose(count, rng):
    """Lives and sizes drawn apart: some times are busier than others."""
    rows = []
    for _ in range(count):
        begin = rng.randrange(4 * count)
        rows.append((begin, begin + 1 + rng.randrange(count), 64 * (1 + rng.randrange(1024))))
    return rows


def layered(count, rng):
    """A network: each buffer from its layer to the next few, a skip connection now and then."""
    rows = []
    for layer in range(count):
        life = 1 + rng.randrange(2) if rng.random() < 0.8 else 2 + rng.randrange(count // 4)
        size = 64 * int(16 + 2 ** (10 * rng.random()))
        rows.append((layer, layer + 1 + life, size))
    return rows


def full(count, rng):
    """Every time exactly full: two buffers end, others of as many bytes begin."""
    live = [(0, 64 * 1024) for _ in range(8)]
    rows = []
    time = 0
    while len(rows) + len(live) < count:
        time += 1
        freed = 0
        for _ in range(2):
            begin, size = live.pop(rng.randrange(len(live)))
            rows.append((begin, time, size))
            freed += size
        first = freed
        if len(live) < 4 or rng.random() < 0.6:
            first = 64 * rng.randrange(1, freed // 64)
        live += [(time, size) for size in (first, freed - first) if size]
    return rows + [(begin, time + 1, size) for begin, size in live]


def print_random(options):
    print(f"{'random buffers':16}{'buffers':>8}{'instances':>11}{'proved lowest':>15}"
          f"{'mean excess':>13}{'worst':>9}{'mean s':>9}{'worst s':>9}")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "random.csv"
        for kind in (loose, layered, full):
            for count in options.sizes:
                print_random_line(options, kind, count, file)


def print_random_line(options, kind, count, file):
    runs = []
    for seed in range(options.instances):
        rows = kind(count, random.Random(seed * 1000 + count))
        lines = [f"{i},{b},{e},{size}" for i, (b, e, size) in enumerate(rows)]
        file.write_text("id,lower,upper,size\n" + "\n".join(lines) + "\n")
        runs.append(plan(options.imcc, file, None, options.max_steps or 1_000_000_000))
    excess = [100 * (run["peak"] / run["live_bytes"] - 1) for run in runs]
    seconds = [run["seconds"] for run in runs]
    print(f"{kind.__name__:16}{count:8}{len(runs):11}{sum(run['optimal'] for run in runs):15}"
          f"{statistics.mean(excess):11.3f} %{max(excess):7.2f} %{statistics.mean(seconds):9.3f}"
          f"{max(seconds):9.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", help="folders of CSV files")
    parser.add_argument("--imcc", default=str(ROOT / "build/release/src/cli/imcc"))
    parser.add_argument("--capacity", type=int)
    parser.add_argument("--max-steps", type=int)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--random", action="store_true")
    parser.add_argument("--instances", type=int, default=20, help="random instances a line")
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 50, 100, 200, 400])
    options = parser.parse_args()
    if not options.folders and not options.random:
        parser.error("name a folder, or say --random")
    if options.folders:
        print_files(options)
    if options.random:
        print_random(options)


if __name__ == "__main__":
    main()
