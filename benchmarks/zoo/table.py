#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles the zoo and prints one line a network, or compares two sets of options.

    table.py --names resnet18,resnet50 --option tiling_depth=6
    table.py --compare enable_icr=false enable_icr=true
"""
import argparse
import csv
import pathlib
import sys

import measure
from networks import NETWORKS

# Heading, key of the CSV, figure of a report, format.
COLUMNS = [
    ("GMACs", "macs", lambda r: r["totals"]["macs"], lambda x: f"{x / 1e9:.2f}"),
    ("weights MB", "weight_bytes", lambda r: r["totals"]["weight_bytes"],
     lambda x: f"{x / 1e6:.2f}"),
    ("compile s", "compile_seconds", lambda r: r["seconds"], lambda x: f"{x:.1f}"),
    ("MVMs", "mvms", lambda r: r["totals"]["mvms"], "{:,}".format),
    ("cycles", "cycles", lambda r: r["totals"]["cycles"], "{:,}".format),
    ("frames/s", "frames_per_second", lambda r: r["totals"]["frames_per_second"],
     "{:,.1f}".format),
    ("bound", "bound_by", lambda r: r["totals"]["bound_by"], str),
    ("eff", "efficiency", lambda r: r["totals"]["efficiency"], "{:.1%}".format),
    ("util", "effective_utilisation", lambda r: r["totals"]["effective_utilisation"],
     "{:.1%}".format),
    ("occup", "occupancy", lambda r: r["totals"]["occupancy"], "{:.1%}".format),
    ("DDR MB", "ddr_bytes", lambda r: r["totals"]["ddr_bytes"], lambda x: f"{x / 1e6:.2f}"),
    ("L2 MB", "l2_bytes", lambda r: r["totals"]["l2_bytes"], lambda x: f"{x / 1e6:.2f}"),
]
# Only in the CSV.
DETAILS = [
    ("lower_bound_cycles", lambda r: r["totals"]["lower_bound_cycles"]),
    ("device_mac_share", lambda r: r["totals"]["device_mac_share"]),
    ("elf_bytes", lambda r: r["totals"]["elf_bytes"]),
    ("tasklist_bytes", lambda r: r["totals"]["tasklist_bytes"]),
    ("peak_l1", lambda r: r["totals"]["peak"]["L1"]),
    ("peak_l2", lambda r: r["totals"]["peak"]["L2"]),
    ("peak_ddr", lambda r: r["totals"]["peak"]["DDR"]),
]
KEYS = ["network", "options", *(key for _, key, _, _ in COLUMNS), *(key for key, _ in DETAILS),
        "slowest_stage", "slowest_stage_seconds", "host_nodes", "error"]
RATIOS = [("MVMs", "mvms", "{:,}".format), ("cycles", "cycles", "{:,}".format),
          ("weights MB", "weight_bytes", lambda x: f"{x / 1e6:.2f}")]


def short_name(name):
    return pathlib.PurePath(name).stem if name.endswith(".onnx") else name


def host_operators(report):
    """Each operator kind on the host with its first reason, without those that only follow."""
    reasons = {}
    for node in report["host_nodes"]:
        if "runs on the host" not in node["reason"]:
            reasons.setdefault(f"{node['op']} ({node['side']})", node["reason"])
    return "; ".join(f"{operator}: {reason}" for operator, reason in sorted(reasons.items()))


def csv_row(name, options, report):
    row = {"network": short_name(name), "options": " ".join(options)}
    if "error" in report:
        return {**row, "error": report["error"]}
    for _, key, figure, _ in COLUMNS:
        row[key] = figure(report)
    for key, figure in DETAILS:
        row[key] = figure(report)
    stage, seconds = max(report["totals"]["compile_seconds"].items(), key=lambda item: item[1])
    row["slowest_stage"], row["slowest_stage_seconds"] = stage, seconds
    row["host_nodes"] = host_operators(report)
    return row


def measure_all(arguments, option_sets):
    """Rows of the CSV for every network and set of options; the file grows as they come."""
    rows = []
    with open(arguments.csv, "w", newline="") as file:
        writer = csv.DictWriter(file, KEYS, restval="", lineterminator="\n")
        writer.writeheader()
        for name in arguments.names:
            for options in option_sets:
                report = measure.compile_network(arguments, name, options)
                measure.progress(name, report)
                rows.append(csv_row(name, options, report))
                writer.writerow(rows[-1])
                file.flush()
    return rows


def label(row):
    """A star marks networks whose figures leave out work, because the host does it."""
    return row["network"] + ("*" if row["device_mac_share"] < 0.9995 else "")


def print_table(rows):
    compiled = [row for row in rows if "error" not in row]
    measure.print_aligned(["network", *(heading for heading, _, _, _ in COLUMNS)],
                          [[label(row), *(show(row[key]) for _, key, _, show in COLUMNS)]
                           for row in compiled])


def compare_cells(row, other):
    """Figure, figure and ratio of every key that a comparison is about."""
    for _, key, show in RATIOS:
        yield show(row[key])
        yield show(other[key])
        yield f"{other[key] / row[key]:.3f}" if row[key] else "-"


def print_comparison(rows):
    """Networks that compile with both; A and B are neighbours in `rows`."""
    pairs = [pair for pair in zip(rows[::2], rows[1::2])
             if not any("error" in row for row in pair)]
    header = [heading for name, _, _ in RATIOS for heading in (name + " A", "B", "B/A")]
    measure.print_aligned(["network", *header],
                          [[label(a), *compare_cells(a, b)] for a, b in pairs])
    if not pairs:
        return
    for name, key, _ in RATIOS:
        product = 1.0
        for a, b in pairs:
            product *= b[key] / a[key]
        print(f"{name}: B/A is {product ** (1 / len(pairs)):.3f} in the geometric mean")


def print_remarks(rows):
    """What did not compile, and what the device leaves to the host."""
    for row in rows:
        options = f" [{row['options']}]" if row["options"] else ""
        if "error" in row:
            print(f"{row['network']}{options} does not compile: {row['error']}")
        elif row["host_nodes"]:
            print(f"{label(row)}{options}: {row['device_mac_share']:.1%} of the MACs on the "
                  f"device; on the host {row['host_nodes']}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    measure.add_arguments(parser)
    parser.add_argument("--names", help="networks or paths to .onnx files, with commas between",
                        type=lambda text: text.split(","), default=",".join(NETWORKS))
    parser.add_argument("--option", nargs="+", action="extend", metavar="KEY=VALUE", default=[],
                        help="compilation options of every run")
    parser.add_argument("--compare", nargs=2, metavar=("A", "B"), default=None,
                        help="two sets of options, each KEY=VALUE with commas between")
    parser.add_argument("--csv", type=pathlib.Path, default=None,
                        help="every figure, unrounded; in the folder of the models if not given")
    arguments = parser.parse_args()
    arguments.csv = arguments.csv or arguments.models / "table.csv"
    return arguments


def main():
    arguments = parse()
    measure.export_missing(arguments.models, arguments.names)
    option_sets = [arguments.option]
    if arguments.compare:
        option_sets = [arguments.option + text.split(",") for text in arguments.compare]
    rows = measure_all(arguments, option_sets)
    if arguments.compare:
        print("A: {}\nB: {}\n".format(*(" ".join(options) for options in option_sets)))
        print_comparison(rows)
    else:
        print_table(rows)
    print()
    print_remarks(rows)
    return 1 if any("error" in row for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
