#!/usr/bin/env python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the cost model against the simulator, layer by layer, over the zoo.

    benchmarks/zoo/cost_model.py [--imcc PATH] [--names a,b] [--option KEY=VALUE ...] [--worst N]

A layer's cycles are those between the end of the layers before it and its own end, predicted by
PredictTimeline and simulated. Layers of less than --least cycles are left out: one start-up of a
task is already some per cent of them. The sum of a network's layers shows the bias.
"""
import argparse
import statistics

from measure import add_arguments, compile_network, export_missing, print_aligned, progress
from networks import NETWORKS


def layer_errors(report, least):
    """(signed relative error, simulated, predicted, layer name, operator) of each layer."""
    errors = []
    for layer in report["layers"]:
        simulated, predicted = layer["cycles"], layer["predicted_cycles"]
        if max(simulated, predicted) >= least:
            error = (predicted - simulated) / max(simulated, 1)
            errors.append((error, simulated, predicted, layer["name"], layer["op"]))
    return errors


def network_row(name, report, errors):
    predicted = sum(layer["predicted_cycles"] for layer in report["layers"])
    magnitudes = sorted(abs(error[0]) for error in errors)
    return [name, len(errors), f"{statistics.median(magnitudes):.1%}",
            f"{magnitudes[len(magnitudes) * 9 // 10]:.0%}",
            f"{predicted / report['totals']['cycles'] - 1:+.1%}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--names", default=",".join(NETWORKS))
    parser.add_argument("--option", nargs="+", default=[], metavar="KEY=VALUE")
    parser.add_argument("--least", type=int, default=500, help="cycles")
    parser.add_argument("--worst", type=int, default=12, help="layers to list")
    arguments = parser.parse_args()
    names = arguments.names.split(",")
    export_missing(arguments.models, names)
    rows, everything = [], []
    for name in names:
        report = compile_network(arguments, name, arguments.option)
        progress(name, report)
        if "error" in report:
            continue
        errors = layer_errors(report, arguments.least)
        rows.append(network_row(name, report, errors))
        everything += [(*error, name) for error in errors]
    print_aligned(["network", "layers", "median |error|", "90 % within", "whole frame"], rows)
    magnitudes = [abs(error[0]) for error in everything]
    print(f"\nall {len(everything)} layers: median |error| {statistics.median(magnitudes):.1%}\n")
    everything.sort(key=lambda error: -abs(error[2] - error[1]))
    print("Most cycles apart:")
    print_aligned(["layer", "network", "operator", "simulated", "predicted", "error"],
                  [[e[3][-40:], e[5], e[4], f"{e[1]:,}", f"{e[2]:,}", f"{e[0]:+.0%}"]
                   for e in everything[:arguments.worst]])


if __name__ == "__main__":
    main()
