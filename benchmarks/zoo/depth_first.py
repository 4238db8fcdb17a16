#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""What tiling_depth does: cycles and bytes of intermediates at several depths.

    depth_first.py --names yolov5s,unet_fcn_512 --depths 1,2,6
    depth_first.py --option resources_used=0.25
    depth_first.py --names mobilenet_v2 --depths 1,6 --l1 3670016,1000000,500000,371088
"""
import argparse
import csv
import pathlib
import sys

import measure

# Networks with maps that do not fit L1 first, then some whose maps do.
LARGE = ["unet_fcn_256", "unet_fcn_512", "yolov5s", "yolov5s_1024", "yolov8n", "yolov8n_1024"]
SMALL = ["squeezenet1_0", "resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0",
         "efficientnet_b4", "densenet121", "inception_v3", "regnet_y_1_6gf"]
KEYS = ["network", "options", "cycles", "efficiency", "intermediate_bytes", "l2_bytes", "ddr_bytes",
        "groups", "largest_recompute", "search_seconds", "peak_l1", "error"]


def row_of(name, options, report):
    row = {"network": pathlib.PurePath(name).name.replace(".onnx", ""),
           "options": " ".join(options)}
    if "error" in report:
        return {**row, "error": report["error"]}
    totals = report["totals"]
    for key in ("cycles", "efficiency", "intermediate_bytes", "l2_bytes", "ddr_bytes"):
        row[key] = totals[key]
    row["groups"] = len(report["groups"])
    row["largest_recompute"] = max((g["recompute"] for g in report["groups"]), default=1)
    row["search_seconds"] = sum(totals["compile_seconds"].get(stage, 0)
                                for stage in ("plan-tiles", "keep-groups-that-pay"))
    row["peak_l1"] = totals["peak"]["L1"]
    return row


def measure_all(arguments):
    """One list of rows a network: an entry for each depth and L1 budget."""
    table = []
    with open(arguments.csv, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, KEYS, restval="", lineterminator="\n")
        writer.writeheader()
        for name in arguments.names:
            rows = []
            for l1 in arguments.l1 or [None]:
                budget = [f"l1_constraint={l1}"] if l1 else []
                for depth in arguments.depths:
                    options = arguments.option + budget + [f"tiling_depth={depth}"]
                    report = measure.compile_network(arguments, name, options)
                    measure.progress(f"{name} {' '.join(options)}", report)
                    rows.append(row_of(name, options, report))
                    writer.writerow(rows[-1])
                    file.flush()
            table.append(rows)
    return table


def print_depths(table, depths):
    """A line a network; ratios are to the first depth."""
    header = ["network", *(f"cycles {d}" for d in depths),
              *(f"{d}/{depths[0]}" for d in depths[1:]), *(f"MB {d}" for d in depths),
              f"{depths[-1]}/{depths[0]}", "recompute", "search s"]
    lines = []
    for rows in table:
        if any("error" in row for row in rows):
            continue
        base, last = rows[0], rows[-1]
        cycles = [row["cycles"] for row in rows]
        moved = [row["intermediate_bytes"] for row in rows]
        lines.append([base["network"], *(f"{c:,}" for c in cycles),
                      *(f"{c / cycles[0]:.3f}" for c in cycles[1:]),
                      *(f"{b / 1e6:.2f}" for b in moved),
                      f"{last['intermediate_bytes'] / moved[0]:.2f}" if moved[0] else "-",
                      f"{max(row['largest_recompute'] for row in rows):.2f}",
                      f"{max(row['search_seconds'] for row in rows):.2f}"])
    measure.print_aligned(header, lines)


def print_budgets(table):
    """A line for each budget and depth."""
    lines = [[f"{row['network']} {row['options']}", f"{row['peak_l1']:,}", f"{row['cycles']:,}",
              f"{row['intermediate_bytes'] / 1e6:.2f}", f"{row['search_seconds']:.2f}"]
             for rows in table for row in rows if "error" not in row]
    measure.print_aligned(["network", "L1 used", "cycles", "MB", "search s"], lines)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    measure.add_arguments(parser)
    parser.add_argument("--names", type=lambda text: text.split(","),
                        default=",".join(LARGE + SMALL))
    parser.add_argument("--depths", type=lambda text: [int(d) for d in text.split(",")],
                        default="1,2,4,6,10")
    parser.add_argument("--l1", type=lambda text: [int(b) for b in text.split(",")], default=None,
                        help="budgets of L1 in bytes: a line each instead of a column a depth")
    parser.add_argument("--option", nargs="+", action="extend", metavar="KEY=VALUE", default=[])
    parser.add_argument("--csv", type=pathlib.Path, default=None)
    arguments = parser.parse_args()
    arguments.csv = arguments.csv or arguments.models / "depth_first.csv"
    return arguments


def main():
    arguments = parse()
    measure.export_missing(arguments.models, arguments.names)
    table = measure_all(arguments)
    if arguments.l1:
        print_budgets(table)
    else:
        print_depths(table, arguments.depths)
    errors = [row for rows in table for row in rows if "error" in row]
    for row in errors:
        print(f"{row['network']} [{row['options']}] does not compile: {row['error']}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
