#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Explains how simulated and measured latencies differ, and what would close the gap.

    benchmarks/metis_gemm/explain.py [the arguments of compare.py]

First what the measured points say by themselves: straight lines through groups of them. Then
changes of the simulated machine, one after another, each fitted on every second measured point
("fit") and judged on the others ("check"). Nothing in targets/ is changed.
"""
import copy
import pathlib
import statistics
import tempfile

import numpy

from compare import (SET_UP, choose_half, compile_point, evaluate, pairs, parse_arguments,
                     print_aligned, print_points, read_points, shared_seconds)
from target_variant import read_figures, replace_figures

SET_BYTES = 512 * 512
WEIGHT_SETS = 4
CLOCK_MHZ = 800


def line(points, abscissa):
    """Least squares of the measured microseconds: (intercept, slope, median |error| in %)."""
    x = numpy.array([abscissa(point) for point in points], dtype=float)
    y = numpy.array([point["measured_us"] for point in points])
    slope, intercept = numpy.polyfit(x, y, 1)
    errors = numpy.abs((intercept + slope * x) / y - 1)
    return intercept, slope, 100 * float(numpy.median(errors))


def weight_bytes(point):
    return point["K"] * point["N"]


def say_line(name, points, abscissa, unit, reading):
    """One line of the first part: group, number of points, intercept, slope and what it means."""
    if len({abscissa(point) for point in points}) < 2:
        return
    intercept, slope, error = line(points, abscissa)
    print(f"{name}: {len(points)} points, {intercept:.1f} us + {slope:.4g} us a {unit} "
          f"(median |error| {error:.1f} %): {reading(slope)}")


def fit_two_rates(points):
    """(launch in us, B/cycle of the first four sets, of the others) by least squares."""
    first = WEIGHT_SETS * SET_BYTES
    rows = [[1, min(weight_bytes(p), first), max(weight_bytes(p) - first, 0)] for p in points]
    solution, *_ = numpy.linalg.lstsq(numpy.array(rows, dtype=float),
                                      numpy.array([p["measured_us"] for p in points]), rcond=None)
    launch, slow, fast = solution
    predicted = numpy.array(rows) @ solution
    errors = numpy.abs(predicted / numpy.array([p["measured_us"] for p in points]) - 1)
    return launch, 1 / (slow * CLOCK_MHZ), 1 / (fast * CLOCK_MHZ), 100 * numpy.median(errors)


def say_measured(results):
    """What lines through the measured points say, without any simulation."""
    one = [r for r in results if r["M"] == 1 and not r["beyond_l2"]]
    columns = [r for r in results if r["M"] > 1 and (r["K"], r["N"]) == (2048, 2048)]
    outputs = [r for r in results if r["K"] == 1]
    say_line("weights in L2, one pixel", one, weight_bytes, "byte",
             lambda slope: f"{1 / slope / CLOCK_MHZ:.1f} B/cycle")
    launch, slow, fast, error = fit_two_rates(one)
    print(f"  with its own rate for the first four sets: launch {launch:.1f} us, "
          f"{slow:.1f} B/cycle, then {fast:.1f} (median |error| {error:.1f} %)")
    say_line("weights beyond L2", [r for r in results if r["beyond_l2"]], weight_bytes, "byte",
             lambda slope: f"{4e-3 / slope:.1f} GB/s over four cores")
    say_line("2048 x 2048 by pixels", columns, lambda r: r["M"], "pixel",
             lambda slope: f"{slope * CLOCK_MHZ:.0f} cycles, {4 * 4096e-3 / slope:.1f} GB/s of "
             "inputs and outputs over four cores")
    say_line("2048 outputs of one input", outputs, lambda r: r["M"], "pixel",
             lambda slope: f"{slope * CLOCK_MHZ:.0f} cycles, {4 * 2048e-3 / slope:.1f} GB/s of "
             "outputs over four cores")


class Machine:
    """A changed machine: figures of the target file, and two changes that no figure expresses."""

    def __init__(self, figures):
        self.figures = dict(figures)
        self.io_in_l2 = False  # Network inputs and outputs go between L1 and L2.
        self.slow_first_fill = False  # Each weight set is first loaded over one channel.

    def but(self, figures=None, **changes):
        """A copy with some changes."""
        other = copy.copy(self)
        other.figures = {**self.figures, **(figures or {})}
        for name, value in changes.items():
            setattr(other, name, value)
        return other


class Simulation:
    """Runs points on changed machines, each only once."""

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.text = arguments.target.read_text()
        self.options = {**SET_UP, **pairs(arguments.set)}
        self.reports = {}

    def figures(self, changes):
        """All figures of the target file with `changes`."""
        return read_figures(replace_figures(self.text, changes))

    def compile(self, point, changes):
        """imcc's report for a point on the target file with changed figures."""
        key = (point["M"], point["K"], point["N"], *sorted(changes.items()))
        if key not in self.reports:
            target = self.folder / "changed.yaml"
            target.write_text(replace_figures(self.text, changes))
            report = compile_point(self.arguments, self.options, target, self.folder, point)
            if "error" in report:
                raise SystemExit(report["error"])
            self.reports[key] = report
        return copy.deepcopy(self.reports[key])

    def report(self, point, changes):
        """The same; the launch is added here, since it changes no cycle."""
        launch = float(self.figures(changes)["machine.launch"])
        others = {key: value for key, value in changes.items() if key != "machine.launch"}
        report = self.compile(point, others)
        cycles = report["totals"]["cycles"]
        report["totals"]["frame_seconds"] = launch * 1e-6 + cycles / report["clock_hz"]
        return report

    def is_beyond_l2(self, point):
        return evaluate(point, self.compile(point, {}), 0)["beyond_l2"]

    def point(self, point, machine):
        """The point on the machine. Its DDR at the rate of L2 tiles stands for I/O in L2."""
        figures = self.figures(machine.figures)
        if machine.io_in_l2 and not self.is_beyond_l2(point):
            rate = float(figures["bandwidth.activations"]) * CLOCK_MHZ / 1000
            changed = {**machine.figures, "bandwidth.ddr": rate}
            result = evaluate(point, self.report(point, changed), 0)
        else:
            report = self.report(point, machine.figures)
            shared = shared_seconds(report, figures, self.arguments.instances)
            result = evaluate(point, report, shared)
        return self.fill_slowly(result, figures) if machine.slow_first_fill else result

    def fill_slowly(self, result, figures):
        """Adds the time that the first load of each set takes longer over one channel."""
        dual, single = (float(figures[f"bandwidth.weights_{kind}_channel"])
                        for kind in ("dual", "single"))
        loaded = min(WEIGHT_SETS * SET_BYTES, weight_bytes(result))
        alone = result["alone_us"] + loaded * (1 / single - 1 / dual) / CLOCK_MHZ
        predicted = max(alone, result["predicted_us"])
        return {**result, "alone_us": alone, "predicted_us": predicted,
                "error_percent": 100 * (predicted / result["measured_us"] - 1)}

    def points(self, points, machine):
        return [self.point(point, machine) for point in points]


def fit_launch(results, figures):
    """The launch that makes the median error of one-pixel points in L2 zero, in whole us."""
    missing = statistics.median(r["measured_us"] - r["predicted_us"] for r in results
                                if r["M"] == 1 and not r["beyond_l2"])
    return round(float(figures["machine.launch"]) + missing)


def fit_ddr(results, instances):
    """The DDR rate, GB/s, that makes the median error of points beyond L2 zero."""
    return round(statistics.median(instances * r["ddr_kib"] * 1024 / r["measured_us"] / 1000
                                   for r in results if r["beyond_l2"]), 1)


def median_error(results):
    return f"{statistics.median(abs(r['error_percent']) for r in results):.1f} %"


def summary_row(name, fit, check):
    """Median |error| of both halves, of three groups of the checked half, and its worst."""
    groups = [[r for r in check if not r["beyond_l2"] and r["M"] == 1],
              [r for r in check if not r["beyond_l2"] and r["M"] > 1],
              [r for r in check if r["beyond_l2"]]]
    worst = max((r["error_percent"] for r in check), key=abs)
    return [name, median_error(fit), median_error(check),
            *(median_error(group) if group else "-" for group in groups), f"{worst:+.1f} %"]


class Changes:
    """The table of changes. Each is fitted on `fit` alone."""

    def __init__(self, simulation, fit, check):
        self.simulation, self.fit, self.check = simulation, fit, check
        self.rows = []

    def judge(self, name, machine):
        """Adds a row about the machine."""
        self.rows.append(summary_row(name, self.simulation.points(self.fit, machine),
                                     self.simulation.points(self.check, machine)))

    def with_launch(self, machine):
        """The machine with the launch that suits it best, and that launch."""
        launch = fit_launch(self.simulation.points(self.fit, machine),
                            self.simulation.figures(machine.figures))
        return machine.but({"machine.launch": launch}), launch

    def with_ddr(self, machine):
        """The machine with the DDR rate that suits it best, and that rate."""
        rate = fit_ddr(self.simulation.points(self.fit, machine),
                       self.simulation.arguments.instances)
        return machine.but({"bandwidth.ddr": rate}), rate

    def run(self, base):
        """Judges all changes; gives the machine with all but the plain launch."""
        self.judge("the target file", base)
        fitted, launch = self.with_launch(base)
        self.judge(f"launch {launch} us", fitted)
        faster, rate = self.with_ddr(fitted)
        self.judge(f"launch {launch} us, DDR {rate} GB/s", faster)
        slow = base.but(slow_first_fill=True)
        self.judge("first fill over one channel", slow)
        slow, launch = self.with_launch(slow)
        self.judge(f"  and launch {launch} us", slow)
        slow = slow.but(io_in_l2=True)
        self.judge("  and inputs and outputs in L2", slow)
        slow, rate = self.with_ddr(slow)
        self.judge(f"  and DDR {rate} GB/s", slow)
        return slow


def say_changes(changes, base):
    """Prints the table, and the points that are still far off on the best machine."""
    best = changes.run(base)
    print()
    print_aligned(["median |error|", "fit", "check", "one pixel", "pixels", "beyond L2", "worst"],
                  changes.rows)
    print("\nStill off by more than 8 % with the last line's machine:")
    results = changes.simulation.points(changes.fit + changes.check, best)
    print_points([r for r in results if abs(r["error_percent"]) > 8])


def main():
    arguments = parse_arguments(__doc__.splitlines()[0])
    points = [point for point in read_points(arguments.points) if point["measured_us"]]
    with tempfile.TemporaryDirectory() as name:
        simulation = Simulation(arguments, pathlib.Path(name))
        say_measured(simulation.points(points, Machine(pairs(arguments.figure))))
        changes = Changes(simulation, choose_half(points, "fit"), choose_half(points, "check"))
        say_changes(changes, Machine(pairs(arguments.figure)))


if __name__ == "__main__":
    main()
