#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Predictions of the simulated device and of ONNX Runtime on quantized.onnx, on labelled images.

Both get the same preprocessed images, those that benchmarks/accuracy evaluates. `differ` is the
share of scores that are not equal, `|d| max` their largest difference in steps of the scale. Needs
benchmarks/ort_witness/setup.sh. Usage: agreement.py IMCC [--limit N] [network...]
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "accuracy"))
from networks import NETWORKS, samples, write_yaml  # noqa: E402

CHUNK = 250  # Frames of one call: bounds memory and the length of the command.


def run(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def device_scores(imcc, built, inputs, folder):
    files = []
    for i, x in enumerate(inputs):
        files.append(os.path.join(folder, f"{i}.f32"))
        x.tofile(files[-1])
    run([imcc, "run", built, "--input", *files, "--output", folder + "/device", "--json"])
    return [np.load(file).ravel() for file in sorted(glob.glob(folder + "/device/*.npy"))]


def ort_scores(built, inputs, folder):
    np.stack(inputs).tofile(folder + "/all.f32")
    run(["node", os.path.join(HERE, "run.mjs"), "--frames", str(len(inputs)),
         os.path.join(built, "quantized.onnx"), folder + "/ort", folder + "/all.f32"])
    return np.fromfile(folder + "/ort0.f32", np.float32).reshape(len(inputs), -1)


def compare(imcc, name, limit):
    _, inputs, _ = samples(name)
    inputs = inputs[:limit]
    with tempfile.TemporaryDirectory() as folder:
        run([imcc, "compile", write_yaml(folder, name), "-o", folder + "/out"])
        built = os.path.dirname(glob.glob(folder + "/out/*/*/model.json")[0])
        with open(os.path.join(built, "manifest.json"), encoding="utf-8") as file:
            scale = np.ravel(json.load(file)["outputs"][0]["scale"])[0]
        device, witness = [], []
        for first in range(0, len(inputs), CHUNK):
            with tempfile.TemporaryDirectory() as chunk:
                part = inputs[first:first + CHUNK]
                device.extend(device_scores(imcc, built, part, chunk))
                witness.extend(ort_scores(built, part, chunk))
    device, witness = np.stack(device), np.stack(witness)
    steps = np.rint(np.abs(device - witness) / scale)
    return (len(inputs), int(np.sum(device.argmax(1) == witness.argmax(1))), int(steps.max()),
            100 * np.mean(steps > 0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("networks", nargs="*")
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_intermixed_args()
    print(f"{'network':14} {'n':>5} {'top-1':>6} {'agree':>8} {'|d| max':>8} {'differ':>9}")
    for name in arguments.networks or NETWORKS:
        count, same, worst, share = compare(os.path.abspath(arguments.imcc), name, arguments.limit)
        print(f"{name:14} {count:5} {same:6} {100 * same / count:7.2f}% {worst:8} {share:8.4f}%",
              flush=True)


if __name__ == "__main__":
    main()
