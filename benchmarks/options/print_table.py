#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the CSV of compare_options as tables, one for each budget. Usage: print_table.py FILE"""
import csv
import statistics
import sys

HEADER = ["network", "frame ms A", "B", "A/B", "DDR MB A", "B", "bound B", "plan s"]


def number(row, key, scale=1.0):
    return float(row[key]) / scale if row[key] else None


def show(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def cells(row):
    a, b = number(row, "frame_ms_a"), number(row, "frame_ms_b")
    return [row["network"], show(a, 3), show(b, 3), show(a / b if a and b else None, 3),
            show(number(row, "ddr_a", 1e6), 2), show(number(row, "ddr_b", 1e6), 2),
            show(number(row, "ddr_lower_bound_b", 1e6), 2), show(number(row, "plan_seconds_b"), 2)]


def print_budget(budget, rows):
    print(f"{budget or 'all of L2'}\n")
    table = [HEADER] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in table) for i in range(len(HEADER))]
    for line in table:
        print("  ".join([line[0].ljust(widths[0]),
                         *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]))
    both = [row for row in rows if row["cycles_a"] and row["cycles_b"]]
    ratios = [number(row, "frame_ms_a") / number(row, "frame_ms_b") for row in both]
    unequal = [row["network"] for row in both for s in "ab"
               if row[f"ddr_{s}"] != row[f"planned_ddr_{s}"]]
    print(f"\nA/B is {statistics.geometric_mean(ratios):.3f} in the geometric mean, "
          f"{min(ratios):.3f} at least, {max(ratios):.3f} at most; DDR bytes planned and counted "
          f"differ in {len(unequal)} of {2 * len(both)}.\n")


def main():
    with open(sys.argv[1], newline="") as file:
        rows = list(csv.DictReader(file))
    for budget in dict.fromkeys(row["budget"] for row in rows):
        print_budget(budget, [row for row in rows if row["budget"] == budget])
    seconds = [number(row, "plan_seconds_b") for row in rows if row["plan_seconds_b"]]
    print(f"B is planned in {statistics.median(seconds):.2f} s in the median and "
          f"{max(seconds):.2f} s at most.")


if __name__ == "__main__":
    main()
