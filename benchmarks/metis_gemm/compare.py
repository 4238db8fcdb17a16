#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Compares simulated latencies of matrix products with those measured on a Metis card.

    benchmarks/metis_gemm/compare.py [--imcc PATH] [--points CSV] [--csv PATH]
        [--set KEY=VALUE ...] [--figure SECTION.KEY=VALUE ...] [--sharing independent|lockstep]

Each point is compiled as the 1x1 convolution that was measured, with the vendor's default options
and a quarter of L2 and DDR. The card ran four independent instances, and the latency is four over
their frame rate; imcc simulates one. --sharing says how the other three are accounted for:

independent  they are at other places of the frame: a frame takes as long as alone, or as long as
             four frames' bytes take on a shared link, whichever is longer
lockstep     they do the same at the same time: the machine has a quarter of each shared link

--figure changes figures of the target file. Exit code 1 if the median |error| exceeds --limit, 2 if
a measured point does not compile.
"""
import argparse
import csv
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from gemm_model import write_gemm
from target_variant import NoSuchFigure, read_figures, replace_figures, share_links

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEASURED = ROOT.parent / "shared/reference/metis_gemm_measured.csv"
LATENCY = "inferred_per_core_lat_us(x4)"
# As on the card; README.md gives the reason for each.
SET_UP = {"resources_used": "0.25", "imc_double_buffer": "false", "double_buffer": "true",
          "dma_dual_channel": "true", "elf_in_ddr": "true", "enable_icr": "true",
          "page_memory": "false"}
COLUMNS = ("group", "M", "K", "N", "weight_mib", "beyond_l2", "measured_us", "predicted_us",
           "error_percent", "alone_us", "cycles", "launch_us", "weights_busy_us", "mvm_busy_us",
           "dma_busy_us", "weight_loads", "sets_needed", "ddr_kib", "l2_kib", "bound_by")


def parse_arguments(description=__doc__.splitlines()[0]):
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--imcc", default=str(ROOT / "build/release/src/cli/imcc"))
    parser.add_argument("--points", type=pathlib.Path, default=MEASURED,
                        help="CSV with the columns of the reference file")
    parser.add_argument("--target", type=pathlib.Path, default=ROOT / "targets/quad512.yaml")
    parser.add_argument("--instances", type=int, default=4, help="that share the card")
    parser.add_argument("--sharing", choices=("independent", "lockstep"), default="independent")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE",
                        help="compilation options over those of the set-up")
    parser.add_argument("--figure", nargs="+", default=[], metavar="SECTION.KEY=VALUE",
                        help="figures over those of the target file")
    parser.add_argument("--half", choices=("all", "fit", "check"), default="all",
                        help="only the points that figures are fitted on, or only the others")
    parser.add_argument("--csv", type=pathlib.Path, default="/tmp/metis_gemm.csv",
                        help="where to keep every figure")
    parser.add_argument("--limit", type=float, default=15, help="median |error| in per cent")
    return parser.parse_args()


def pairs(assignments):
    """["a=1", "b=2"] as a dict."""
    return dict(assignment.split("=", 1) for assignment in assignments)


def read_points(path):
    """The points of a CSV in order; without a latency (the vendor's compiler failed) it is None."""
    try:
        with open(path, newline="") as file:
            return [{"group": row.get("group") or "-", "M": int(row["M_pixels"]),
                     "K": int(row["K_in"]), "N": int(row["N_out"]),
                     "measured_us": float(row[LATENCY] or 0) or None}
                    for row in csv.DictReader(file)]
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}; give --points")
    except KeyError as error:
        sys.exit(f"{path}: no column {error}")
    except ValueError as error:
        sys.exit(f"{path}: {error}")


def choose_half(points, half):
    """Every second measured point in the order of the file is for fitting, the rest to check."""
    measured = [point for point in points if point["measured_us"]]
    return {"all": points, "fit": measured[0::2], "check": measured[1::2]}[half]


def compile_point(arguments, options, target, folder, point):
    """The report of imcc for a point; exits where imcc itself cannot be run."""
    model = folder / "gemm.onnx"
    sample = write_gemm(model, point["M"], point["K"], point["N"])
    command = [arguments.imcc, "compile", str(model), "--calibration", str(sample), "--json",
               "--threads", "1", "--target", str(target), "-o", str(folder / "out")]
    for key, value in options.items():
        command += ["--set", f"{key}={value}"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        sys.exit(f"cannot run {arguments.imcc}: {error.strerror}; give --imcc")
    if run.returncode != 0:
        return {"error": run.stderr.strip() or f"exit code {run.returncode}"}
    return json.loads(run.stdout)


def shared_seconds(report, figures, instances):
    """Seconds in which the shared links carry one frame of each instance."""
    ddr = float(figures["bandwidth.ddr"]) * 1e9
    l2 = float(figures["bandwidth.l2"]) * report["clock_hz"]
    return instances * max(report["totals"]["ddr_bytes"] / ddr, report["totals"]["l2_bytes"] / l2)


def evaluate(point, report, shared):
    """The point with what the report says about it in microseconds; `shared` is in seconds."""
    clock = report["clock_hz"]
    totals = report["totals"]
    engines = {engine["name"]: engine for engine in report["engines"]}
    busy = {name: engine["busy"] / clock * 1e6 for name, engine in engines.items()}
    l2 = next(memory["capacity"] for memory in report["memories"] if memory["level"] == "L2")
    alone = totals["frame_seconds"] * 1e6
    predicted = max(alone, shared * 1e6)
    measured = point["measured_us"]
    return {**point, "weight_mib": totals["weight_bytes"] / 2**20,
            "beyond_l2": totals["weight_bytes"] > l2, "alone_us": alone, "predicted_us": predicted,
            "error_percent": 100 * (predicted / measured - 1) if measured else None,
            "cycles": totals["cycles"], "launch_us": alone - totals["cycles"] / clock * 1e6,
            "weights_busy_us": busy["weight load"], "mvm_busy_us": busy["mvm"],
            "dma_busy_us": busy["dma0"] + busy["dma1"],
            "weight_loads": engines["weight load"]["tasks"],
            "sets_needed": -(-point["K"] // 512) * -(-point["N"] // 512),
            "ddr_kib": totals["ddr_bytes"] / 1024, "l2_kib": totals["l2_bytes"] / 1024,
            "bound_by": "shared" if predicted > alone else report["layers"][0]["bound_by"]}


def run_points(arguments, points):
    """Compiles all points; gives (evaluated points, reasons of those that did not compile)."""
    text = replace_figures(arguments.target.read_text(), pairs(arguments.figure))
    figures = read_figures(text)
    lockstep = arguments.sharing == "lockstep"
    options = {**SET_UP, **pairs(arguments.set)}
    results, failures = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        target = folder / "instance.yaml"
        target.write_text(share_links(text, arguments.instances) if lockstep else text)
        for point in points:
            report = compile_point(arguments, options, target, folder, point)
            if "error" in report:
                failures.append((point, report["error"]))
            else:
                shared = 0 if lockstep else shared_seconds(report, figures, arguments.instances)
                results.append(evaluate(point, report, shared))
    return results, failures


def print_aligned(header, rows):
    """Columns as wide as they need to be; the first to the left, the others to the right."""
    cells = [header, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for number, row in enumerate(cells):
        print("  ".join([row[0].ljust(widths[0]), *(
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]).rstrip())
        if number == 0:
            print("-" * (sum(widths) + 2 * (len(widths) - 1)))


def print_points(results):
    """A line a point: latencies, and how long each of imcc's engines worked."""
    rows = []
    for r in results:
        measured = f"{r['measured_us']:.1f}" if r["measured_us"] else "-"
        error = f"{r['error_percent']:+.1f} %" if r["measured_us"] else "-"
        rows.append([r["group"], str(r["M"]), str(r["K"]), str(r["N"]), measured,
                     f"{r['predicted_us']:.1f}", error, f"{r['weights_busy_us']:.1f}",
                     f"{r['mvm_busy_us']:.1f}", f"{r['dma_busy_us']:.1f}",
                     f"{r['weight_loads']}/{r['sets_needed']}", r["bound_by"]])
    print_aligned(["group", "M", "K", "N", "measured us", "predicted us", "error", "weights",
                   "mvm", "dma", "loads", "bound by"], rows)


def print_errors(name, results):
    """Median and worst |error| of some points; gives the median."""
    if not results:
        return None
    magnitudes = [abs(r["error_percent"]) for r in results]
    worst = max(results, key=lambda r: abs(r["error_percent"]))
    median = statistics.median(magnitudes)
    signed = statistics.median(r["error_percent"] for r in results)
    print(f"{name:<34} {len(results):3} points: median |error| {median:5.1f} %, "
          f"median error {signed:+5.1f} %, worst {worst['error_percent']:+.1f} % "
          f"({worst['M']} x {worst['K']} x {worst['N']})")
    return median


def print_jump(results):
    """The step where one column of pixels no longer finds its weights in L2."""
    within = [r for r in results if r["M"] == 1 and not r["beyond_l2"]]
    beyond = [r for r in results if r["M"] == 1 and r["beyond_l2"]]
    if not within or not beyond:
        return
    before = max(within, key=lambda r: (r["weight_mib"], r["measured_us"]))
    after = min(beyond, key=lambda r: (r["weight_mib"], r["measured_us"]))
    factors = [after[key] / before[key] for key in ("measured_us", "predicted_us")]
    print(f"jump beyond L2, {before['weight_mib']:.2f} to {after['weight_mib']:.2f} MiB of "
          f"weights: measured x{factors[0]:.2f}, predicted x{factors[1]:.2f}")


def print_summary(results):
    """All points, by residency of the weights and by number of pixels; gives the overall median."""
    measured = [r for r in results if r["measured_us"]]
    print()
    median = print_errors("all", measured)
    print_errors("weights in L2, one pixel",
                 [r for r in measured if not r["beyond_l2"] and r["M"] == 1])
    print_errors("weights in L2, several pixels",
                 [r for r in measured if not r["beyond_l2"] and r["M"] > 1])
    print_errors("weights beyond L2", [r for r in measured if r["beyond_l2"]])
    print_jump(measured)
    return median


def write_csv(path, results):
    """Every figure of every point, rounded so that the file compares well."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for r in results:
            writer.writerow([f"{r[key]:.3f}" if isinstance(r[key], float) else r[key]
                             for key in COLUMNS])


def main():
    arguments = parse_arguments()
    points = choose_half(read_points(arguments.points), arguments.half)
    try:
        results, failures = run_points(arguments, points)
    except NoSuchFigure as error:
        sys.exit(str(error))
    print_points(results)
    for point, reason in failures:
        print(f"{point['M']} x {point['K']} x {point['N']}: {reason}", file=sys.stderr)
    median = print_summary(results)
    write_csv(arguments.csv, results)
    if median is None or any(point["measured_us"] for point, _ in failures):
        return 2
    return 1 if median > arguments.limit else 0


if __name__ == "__main__":
    sys.exit(main())
