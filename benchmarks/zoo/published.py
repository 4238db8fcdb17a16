#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Simulated frame rates beside the published ones of ../shared/reference/published_zoo.csv.

Every network is compiled for one core at the published resolution. "x4" is four times that rate:
four cores that do not disturb each other. The published rates are a host's throughput with the
whole card, of other (trained) weights and another compiler: this shows how far the model of the
machine is from the real one, no more.
"""
import argparse
import csv
import sys

import measure
from networks import NETWORKS, name_at

PUBLISHED = measure.ROOT.parent / "shared/reference/published_zoo.csv"
CORES = 4


def read_published():
    with open(PUBLISHED, newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def zoo_name(row):
    """The name in the zoo at the published resolution, or None."""
    if row["model"] not in NETWORKS:
        return None
    return name_at(row["model"], int(row["resolution"].split("x")[0]))


def compare(row, name, report):
    rate = report["totals"]["frames_per_second"]
    card = float(row["pcie_fps"])
    return [name, f"{rate:,.0f}", f"{CORES * rate:,.0f}", f"{card:,.0f}", row["m2_fps"],
            f"{CORES * rate / card:.2f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    measure.add_arguments(parser)
    parser.add_argument("--option", nargs="+", action="extend", metavar="KEY=VALUE", default=[],
                        help="compilation options")
    arguments = parser.parse_args()
    published = [(row, zoo_name(row)) for row in read_published()]
    measure.export_missing(arguments.models, [name for _, name in published if name])
    rows, remarks = [], []
    for row, name in published:
        if name is None:
            remarks.append(f"{row['model']} is not in the zoo")
            continue
        report = measure.compile_network(arguments, name, arguments.option)
        measure.progress(name, report)
        if "error" in report:
            remarks.append(f"{name} does not compile: {report['error']}")
        else:
            rows.append(compare(row, name, report))
    measure.print_aligned(["network", "one core", "x4", "PCIe card", "M.2 card", "x4 / PCIe"],
                          rows)
    for remark in remarks:
        print(remark)
    return 1 if remarks else 0


if __name__ == "__main__":
    sys.exit(main())
