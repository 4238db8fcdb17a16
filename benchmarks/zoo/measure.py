# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Exports networks, compiles them with imcc, and gives their reports. Needs nothing but Python."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from networks import split_name

ZOO = pathlib.Path(__file__).resolve().parent
ROOT = ZOO.parents[1]
TORCH_PYTHON = "/usr/bin/python3"  # The one that Debian's python3-torch belongs to.


def add_arguments(parser):
    """The arguments that say how to compile; the same in every command of the zoo."""
    parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
    parser.add_argument("--imcc", default=str(ROOT / "build/release/src/cli/imcc"))
    parser.add_argument("--models", type=pathlib.Path, default="/tmp/zoo",
                        help="folder of the exported networks; what is missing is exported")
    parser.add_argument("--target", default="quad512")
    parser.add_argument("--time-limit", type=float, default=600, help="seconds a network")
    parser.add_argument("--threads", type=int, default=1, help="of imcc; 0 is all cores")


def export_missing(models, names):
    """Exports what is not there, or was made from other sources. Paths to .onnx files stay out."""
    names = [name for name in names if ".onnx" not in name]
    if names:
        subprocess.run([TORCH_PYTHON, str(ZOO / "export.py"), str(models), *names],
                       stdout=sys.stderr, check=False)


def model_arguments(models, name):
    """The model's path, and the fewest samples imcc can calibrate on: timing needs no more."""
    path, _, side = name.partition("@")
    if path.endswith(".onnx"):
        shape = ["--input-shape", f"1,3,{side},{side}"] if side else []
        return [path, "--random-calibration", "--calibration-limit", "1", *shape]
    calibration = models / f"calibration_{split_name(name)[1]}.npy"
    return [str(models / (name + ".onnx")), "--calibration", str(calibration)]


def compile_command(arguments, name, options, output):
    command = [arguments.imcc, "compile", *model_arguments(arguments.models, name), "--json",
               "--target", arguments.target, "--threads", str(arguments.threads), "-o", output]
    for option in options:
        command += ["--set", option]
    return command


def reason_of(stderr):
    """One line for a table: the first error that imcc printed."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    errors = [line.split("error: ", 1)[1] for line in lines if "error: " in line]
    return (errors or lines or ["no message"])[0]


def compile_network(arguments, name, options=()):
    """The report of a network as a dict, or {"error": reason}; `seconds` is the wall clock."""
    if ".onnx" not in name and not (arguments.models / (name + ".onnx")).exists():
        return {"error": "could not be exported"}
    with tempfile.TemporaryDirectory() as output:
        start = time.monotonic()
        try:
            run = subprocess.run(compile_command(arguments, name, options, output),
                                 capture_output=True, text=True, check=False,
                                 timeout=arguments.time_limit)
        except subprocess.TimeoutExpired:
            return {"error": f"not compiled within {arguments.time_limit:g} s"}
        except OSError as error:
            sys.exit(f"cannot run {arguments.imcc}: {error.strerror}; give --imcc")
        seconds = time.monotonic() - start
    if run.returncode < 0:
        return {"error": f"imcc was ended by signal {-run.returncode}"}
    if run.returncode != 0:
        return {"error": reason_of(run.stderr)}
    return {**json.loads(run.stdout), "seconds": seconds}


def progress(name, report):
    outcome = report.get("error") or f"{report['seconds']:.1f} s"
    print(f"{os.path.basename(name)}: {outcome}", file=sys.stderr, flush=True)


def print_aligned(header, rows, file=sys.stdout):
    """Columns as wide as they need to be; the first to the left, the others to the right."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = ["  ".join([row[0].ljust(widths[0])] +
                       [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]).rstrip()
             for row in cells]
    lines.insert(1, "-" * (sum(widths) + 2 * (len(widths) - 1)))
    print("\n".join(lines), file=file)
