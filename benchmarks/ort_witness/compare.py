#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Simulator against ONNX Runtime on quantized.onnx, as a table.

Per network: largest difference of an output in steps of its scale, share of elements that differ at
all, inputs with the same top-1, and milliseconds an image of both on this machine (one thread).
Networks are calibrated on random inputs and run on random inputs: this compares arithmetic, not
accuracy. Needs benchmarks/ort_witness/setup.sh. Usage: compare.py IMCC [--inputs N] MODEL.onnx...
"""
import argparse
import glob
import json
import os
import subprocess
import tempfile

import numpy as np

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run.mjs")


def imcc_run(arguments, folder):
    return json.loads(subprocess.run(arguments, cwd=folder, check=True, capture_output=True,
                                     text=True).stdout)


def compare(imcc, model, count):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([imcc, "compile", os.path.abspath(model), "-o", "out",
                        "--random-calibration"], cwd=folder, check=True, capture_output=True)
        built = os.path.dirname(glob.glob(folder + "/out/*/*/model.json")[0])
        with open(os.path.join(built, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        if os.path.exists(os.path.join(built, "epilogue.onnx")):
            return None
        shape = manifest["inputs"][0].get("external_shape") or manifest["inputs"][0]["shape"]
        scale = np.ravel(manifest["outputs"][0]["scale"])[0]
        worst, differing, elements, same_top, ort_ms, sim_ms = 0, 0, 0, 0, [], []
        for i in range(count):
            x = np.random.default_rng(i).normal(size=shape).astype(np.float32)
            np.save(folder + "/x.npy", x)
            x.tofile(folder + "/x.f32")
            ran = imcc_run([imcc, "run", built, "--input", "x.npy", "--frames", "3",
                            "--output", "device", "--json"], folder)
            sim_ms.append(1000 * ran["host_seconds"]["min"])
            device = np.load(sorted(glob.glob(folder + "/device/*.npy"))[0])
            ort = imcc_run(["node", RUN, "--repeat", "3",
                            os.path.join(built, "quantized.onnx"), folder + "/ort", "x.f32"],
                           folder)
            ort_ms.append(ort["milliseconds"])
            y = np.fromfile(folder + "/ort0.f32", np.float32).reshape(device.shape)
            steps = np.rint(np.abs(device - y) / scale)
            worst = max(worst, int(steps.max()))
            differing += int((steps > 0).sum())
            elements += steps.size
            same_top += int(device.reshape(-1).argmax() == y.reshape(-1).argmax())
        return worst, 100 * differing / elements, same_top, np.median(sim_ms), np.median(ort_ms)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("models", nargs="+")
    parser.add_argument("--inputs", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{'network':34} {'|d| max':>8} {'differ':>9} {'top-1':>7} {'sim ms':>8} {'ORT ms':>8} "
          f"{'ratio':>6}")
    for model in arguments.models:
        name = os.path.splitext(os.path.basename(model))[0]
        result = compare(os.path.abspath(arguments.imcc), model, arguments.inputs)
        if result is None:
            print(f"{name:34} has a host epilogue: not comparable by its outputs")
            continue
        worst, share, same, sim, ort = result
        print(f"{name:34} {worst:8} {share:8.3f}% {same:3}/{arguments.inputs:<3} {sim:8.1f} "
              f"{ort:8.1f} {sim / ort:6.2f}", flush=True)


main()
