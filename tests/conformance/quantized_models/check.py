#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles models that others have quantised and compares the device with what they stand for.

Small networks go through a quantiser in the shape of ONNX Runtime's and through PyTorch 1.13's own.
imcc compiles them without calibration; what the simulated device then computes on random inputs is
held against the model in float64 (evaluate.py), and with --ort against ONNX Runtime on the same
file. Columns: inputs with the same top-1, largest difference in steps of the output's scale, share
of values that differ. Exits with 77 without python3-onnx and python3-torch.
Usage: check.py IMCC [--ort] [--keep FOLDER] [name...]
"""
import argparse
import glob
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx
    import torch
    from onnx import helper, numpy_helper
except ImportError:
    print("python3-onnx or python3-torch is not installed")
    sys.exit(77)

import networks
import ort_quantizer
import torch_quantizer
from evaluate import evaluate
from ort_quantizer import OperatorQuantizer, Options, QdqQuantizer

HERE = os.path.dirname(os.path.abspath(__file__))
RUN_ORT = os.path.join(HERE, "..", "..", "..", "benchmarks", "ort_witness", "run.mjs")
INPUTS = 4
ORT_VARIANTS = {
    "u8": Options(),
    "u8_channels": Options(per_channel=True),
    "s8_channels": Options(np.int8, per_channel=True),
    "s8_symmetric": Options(np.int8, symmetric=True),
    "u8_kept": Options(per_channel=True, relu="kept"),
    "u8_removed": Options(relu="removed"),
    "u8_weights128": Options(weights=np.uint8, weight_zero_point=128),
}


def inputs(seed, count):
    return [np.random.default_rng([seed, i]).normal(size=networks.SHAPE).astype(np.float32)
            for i in range(count)]


def models():
    """name: a function that makes the model."""
    result = {}
    for network, build in networks.NETWORKS.items():
        for variant, options in ORT_VARIANTS.items():
            for form, kind in (("qdq", QdqQuantizer), ("qop", OperatorQuantizer)):
                if form == "qop" and options.relu != "fused":
                    continue
                result[f"{form}_{network}_{variant}"] = (
                    lambda b=build, k=kind, o=options: k(b(), inputs(0, 8), o).run())
    if torch.__version__.startswith("1.13"):
        for network in torch_quantizer.NETWORKS:
            for engine in ("onednn", "qnnpack"):
                result[f"torch_{network}_{engine}"] = (
                    lambda n=network, e=engine: torch_quantizer.post_training(n, e))
        for network in ("residual", "mobile"):
            result[f"torch_{network}_qat"] = lambda n=network: torch_quantizer.aware_training(n)
    return result


def output_grid(model):
    """Scale of the last DequantizeLinear; 1 if the output is not on a grid."""
    producer = {node.output[0]: node for node in model.graph.node}
    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    last = producer[model.graph.output[0].name]
    while last.op_type == "Identity":
        last = producer[last.input[0]]
    scale = last.input[1] if last.op_type == "DequantizeLinear" else ""
    while scale in producer and producer[scale].op_type == "Identity":
        scale = producer[scale].input[0]
    return float(constants[scale]) if scale else 1.0


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError((result.stderr.strip() or result.stdout.strip())[-600:])
    return result.stdout + result.stderr


def device(imcc, path, feeds, folder):
    """Outputs of the simulated device, and what the compiler said."""
    said = run(imcc, "compile", path, "-o", folder + "/out")
    built = os.path.dirname(glob.glob(folder + "/out/*/*/model.json")[0])
    files = []
    for i, x in enumerate(feeds):
        files.append(f"{folder}/{i}.f32")
        x.tofile(files[-1])
    run(imcc, "run", built, "--input", *files, "--output", folder + "/device", "--check")
    return [np.load(f) for f in sorted(glob.glob(folder + "/device/*.npy"))], said


def witness(path, feeds, folder):
    np.stack(feeds).tofile(folder + "/all.f32")
    run("node", RUN_ORT, "--frames", str(len(feeds)), path, folder + "/ort", folder + "/all.f32")
    return np.fromfile(folder + "/ort0.f32", np.float32).reshape(len(feeds), -1)


def compare(imcc, name, model, keep, ort):
    feeds = inputs(1, INPUTS)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(keep or folder, name + ".onnx")
        onnx.save(model, path)
        got, said = device(imcc, path, feeds, folder)
        got = np.stack([y.ravel() for y in got])
        if ort:
            want = witness(path, feeds, folder)
        else:
            output = model.graph.output[0].name
            want = np.stack([evaluate(model, x)[output].ravel() for x in feeds])
    steps = np.rint(np.abs(got - want) / output_grid(model))
    same = int(np.sum(got.argmax(1) == want.argmax(1)))
    return same, int(steps.max()), float(np.mean(steps > 0)), "its scales are kept" in said


def with_constant(model, name, values):
    """The model with another constant."""
    for constant in model.graph.initializer:
        if constant.name == name:
            constant.CopyFrom(numpy_helper.from_array(np.asarray(values), name))
            return model
    raise KeyError(name)


def refusals():
    """What the device cannot express: (name, model, exit code, words that imcc says)."""
    residual = lambda **o: QdqQuantizer(networks.residual(), inputs(0, 8), Options(**o)).run()
    integers = lambda: OperatorQuantizer(networks.residual(), inputs(0, 8), Options()).run()
    for scale in (0, -0.5, np.nan, np.inf, 1e-40):
        for form, make, tensor, node in (("qdq", residual, "relu6", "QuantizeLinear 'relu6_Q"),
                                         ("qop", integers, "add5", "QLinearAdd 'add5_quant'")):
            yield (f"{form}_scale_{scale}",
                   with_constant(make(), tensor + "_scale", np.float32(scale)), 5,
                   [node, "its scale is not a positive normal"])
        yield (f"weight_scale_{scale}",
               with_constant(residual(), "conv0.weight_scale", np.float32(scale)), 5,
               ["DequantizeLinear 'conv0.weight_D", "its scale is not a positive normal"])
    yield ("skewed_weights", residual(weights=np.uint8, weight_zero_point=100), 0,
           ["gemm10", "its int8 weights have a zero point"])
    one = with_constant(residual(), "conv2.weight_zero_point", np.int8(3))
    yield "one_skewed_layer", one, 0, ["conv2", "its int8 weights have a zero"]
    for spread in (0, 3):
        channels = with_constant(residual(), "relu1_scale", np.linspace(0.02, 0.03, 16,
                                                                        dtype=np.float32))
        zeros = (np.arange(16) % 2 * spread).astype(np.uint8)
        yield (f"channels_{spread}", with_constant(channels, "relu1_zero_point", zeros), 0,
               ["relu1", "zero points" if spread else "scale"])
    yield ("ratio", with_constant(residual(), "conv0.weight_scale", np.float32(1e-37)), 4,
           ["Conv 'conv0'", "ratio"])


def check_refusal(imcc, name, model, code, words):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name + ".onnx")
        onnx.save(model, path)
        result = subprocess.run([imcc, "compile", path, "-o", folder + "/out"],
                                capture_output=True, text=True)
    said = result.stdout + result.stderr
    good = result.returncode == code and all(word in said for word in words)
    found = "said so" if good else f"BAD: {result.returncode} {said[-700:]}"
    print(f"{name:34} {found}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--ort", action="store_true")
    parser.add_argument("--keep", help="folder for the models")
    arguments = parser.parse_intermixed_args()
    imcc = os.path.abspath(arguments.imcc)
    failed = 0
    print(f"{'model':34} {'top-1':>6} {'|d| max':>8} {'differ':>9} {'kept':>5}")
    for name, make in models().items():
        if arguments.names and not any(word in name for word in arguments.names):
            continue
        try:
            same, worst, share, kept = compare(imcc, name, make(), arguments.keep, arguments.ort)
        except RuntimeError as error:
            print(f"{name:34} {error}", flush=True)
            failed += 1
            continue
        good = same == INPUTS and worst <= 1 and share <= 0.03 and kept
        failed += not good
        print(f"{name:34} {same:3}/{INPUTS:<2} {worst:8} {100 * share:8.3f}% {str(kept):>5}"
              f"{'' if good else '  BAD'}", flush=True)
    if not arguments.names:
        failed += sum(not check_refusal(imcc, *case) for case in refusals())
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
