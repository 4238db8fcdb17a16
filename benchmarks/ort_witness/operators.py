#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Device against ONNX Runtime on quantized.onnx, an operator at a time.

Every operator is a network of its own, calibrated and run on random inputs. `error` is the largest
distance, in steps, of the device from the real result, computed in double from the quantised inputs
and weights; 0.5 is what rounding costs. Where device and ONNX Runtime differ, the real result says
whether it is a tie: `beside` counts elements farther from the middle of two steps than the rounding
of float32 explains (2^-15 steps).
Needs benchmarks/ort_witness/setup.sh. Usage: operators.py IMCC [--inputs N]
"""
import argparse
import glob
import os
import subprocess
import tempfile

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run.mjs")
SHAPE = [1, 32, 20, 20]
TIE = 2.0**-15


def random(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def conv(**options):
    return lambda x, w, b: torch.nn.functional.conv2d(x, w, b, **options)


# name: (ONNX operator, attributes, inputs, constants, the same in torch)
OPERATORS = {
    "Conv 3x3": ("Conv", {"pads": [1] * 4}, 1, [random(48, 32, 3, 3), random(48)],
                 conv(padding=1)),
    "Conv 1x1 /2": ("Conv", {"strides": [2, 2]}, 1, [random(64, 32, 1, 1), random(64)],
                    conv(stride=2)),
    "Conv depthwise": ("Conv", {"pads": [1] * 4, "group": 32}, 1,
                       [random(32, 1, 3, 3), random(32)], conv(padding=1, groups=32)),
    "Add": ("Add", {}, 2, [], torch.add),
    "Mul": ("Mul", {}, 2, [], torch.mul),
    "Sub": ("Sub", {}, 2, [], torch.sub),
    "AveragePool": ("AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2]}, 1, [],
                    lambda x: torch.nn.functional.avg_pool2d(x, 3, 2)),
    "GlobalAveragePool": ("GlobalAveragePool", {}, 1, [], lambda x: x.mean((2, 3), keepdim=True)),
    "MaxPool": ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2]}, 1, [],
                lambda x: torch.nn.functional.max_pool2d(x, 3, 2)),
    "Sigmoid": ("Sigmoid", {}, 1, [], torch.sigmoid),
    "Tanh": ("Tanh", {}, 1, [], torch.tanh),
    "LeakyRelu": ("LeakyRelu", {"alpha": 0.1}, 1, [],
                  lambda x: torch.nn.functional.leaky_relu(x, 0.1)),
    "Concat": ("Concat", {"axis": 1}, 2, [], lambda a, b: torch.cat((a, b), 1)),
    "Max": ("Max", {}, 2, [], torch.maximum),
    "Min": ("Min", {}, 2, [], torch.minimum),
    "Add a constant": ("Add", {}, 1, [random(32, 20, 20)], torch.add),
    "Sub a constant": ("Sub", {}, 1, [random(20, 1)], torch.sub),
    "Mul by a constant": ("Mul", {}, 1, [random(1, 32, 20, 20)], torch.mul),
    "Max with a constant": ("Max", {}, 1, [random(32, 1, 1)], torch.maximum),
    "Concat a constant": ("Concat", {"axis": 1}, 1, [random(1, 8, 20, 20)],
                          lambda a, b: torch.cat((a, b), 1)),
    "Softmax": ("Softmax", {"axis": 1}, 1, [], lambda x: torch.softmax(x, 1)),
    "ReduceMax": ("ReduceMax", {"axes": [1]}, 1, [], lambda x: x.amax(1, keepdim=True)),
    "MatMul": ("MatMul", {}, 2, [], torch.matmul),
    "Gemm of tensors": ("Gemm", {"transB": 1}, 2, [], torch.matmul),  # Of b transposed.
}
SHAPES = {"MatMul": [12, 60, 60], "Gemm": [70, 150]}  # Others have SHAPE.


def write_model(path, operator):
    kind, attributes, inputs, constants, _ = operator
    names = [f"x{i}" for i in range(inputs)]
    shape = SHAPES.get(kind, SHAPE)
    sources = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n in names]
    weights = [numpy_helper.from_array(c, f"c{i}") for i, c in enumerate(constants)]
    node = helper.make_node(kind, names + [w.name for w in weights], ["y"], **attributes)
    graph = helper.make_graph([node], "operator", sources,
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
                              weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8),
              path)


class Quantized:
    """Constants of quantized.onnx and who makes what."""

    def __init__(self, path):
        graph = onnx.load(path).graph
        self.constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.producer = {node.output[0]: node for node in graph.node}
        self.inputs = [i.name for i in graph.input if i.name not in self.constants]
        self.output = graph.output[0].name

    def grid(self, node):
        scale, zero = (self.constants[name] for name in node.input[1:3])
        return scale.astype(np.float64), zero.astype(np.float64)

    def steps(self, name, feeds):
        """The int8 values of a tensor, which may have been moved."""
        maker = self.producer[name]
        if maker.op_type == "Transpose":
            return self.steps(maker.input[0], feeds).transpose(maker.attribute[0].ints)
        scale, zero = self.grid(maker)
        return np.clip(np.rint(self.real(maker.input[0], feeds) / scale) + zero, -128, 127)

    def real(self, name, feeds):
        """The tensor in double: exact but for the quantisation the model asks for."""
        if name in feeds:
            return feeds[name].astype(np.float64)
        node = self.producer[name]
        if node.op_type == "DequantizeLinear" and node.input[0] in self.constants:
            scale, zero = self.grid(node)
            q = self.constants[node.input[0]].astype(np.float64)
            axis = (-1,) + (1,) * (q.ndim - 1) if scale.ndim else ()
            return (q - zero.reshape(axis)) * scale.reshape(axis)
        if node.op_type == "DequantizeLinear":
            scale, zero = self.grid(node)
            return (self.steps(node.input[0], feeds) - zero) * scale
        if node.op_type == "Transpose":
            return self.real(node.input[0], feeds).transpose(node.attribute[0].ints)
        raise KeyError(name)


def exact(model, operator, feeds):
    """The operator's real result, as far as its grid reaches, and the scale of the grid."""
    node = model.producer[model.producer[model.producer[model.output].input[0]].input[0]]
    operands = [torch.tensor(model.real(name, feeds)) for name in node.input]
    scale, zero = model.grid(model.producer[model.producer[model.output].input[0]])
    real = operator[4](*operands).numpy()
    return np.clip(real, (-128 - zero) * scale, (127 - zero) * scale), scale


def measure(imcc, operator, count):
    with tempfile.TemporaryDirectory() as folder:
        write_model(folder + "/m.onnx", operator)
        run = lambda *words: subprocess.run(words, check=True, capture_output=True, text=True)
        run(imcc, "compile", folder + "/m.onnx", "-o", folder + "/out", "--random-calibration")
        built = os.path.dirname(glob.glob(folder + "/out/*/*/model.json")[0])
        model = Quantized(os.path.join(built, "quantized.onnx"))
        elements, worst, differ, error, beside = 0, 0, 0, 0.0, 0
        for i in range(count):
            feeds, files = {}, []
            for j, name in enumerate(model.inputs):
                shape = SHAPES.get(operator[0], SHAPE)
                feeds[name] = np.random.default_rng([i, j]).normal(size=shape).astype(np.float32)
                feeds[name] *= np.float32(1 - 0.3 * j)
                files.append(f"{folder}/{j}.f32")
                feeds[name].tofile(files[-1])
            run(imcc, "run", built, "--input", *files, "--output", folder + "/device")
            run("node", RUN, os.path.join(built, "quantized.onnx"), folder + "/ort", *files)
            device = np.load(glob.glob(folder + "/device/*.npy")[0]).astype(np.float64)
            witness = np.fromfile(folder + "/ort0.f32", np.float32).reshape(device.shape)
            real, scale = exact(model, operator, feeds)
            steps = np.rint(np.abs(device - witness) / scale)
            position = real.reshape(device.shape) / scale
            distance = np.abs(position - np.floor(position) - 0.5)[steps > 0]
            elements, differ = elements + steps.size, differ + int((steps > 0).sum())
            worst = max(worst, int(steps.max()))
            error = max(error, (np.abs(device - real.reshape(device.shape)) / scale).max())
            beside += int((distance > TIE).sum())
        return elements, error, worst, differ, beside


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("--inputs", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{'operator':18} {'elements':>9} {'error':>7} {'|d| max':>8} {'differ':>7} "
          f"{'beside':>7}")
    for name, operator in OPERATORS.items():
        try:
            result = measure(os.path.abspath(arguments.imcc), operator, arguments.inputs)
        except subprocess.CalledProcessError as failure:
            print(f"{name:18} {failure.stderr.strip()[-120:]}")
            continue
        elements, error, worst, differ, beside = result
        print(f"{name:18} {elements:9} {error:7.4f} {worst:8} {differ:7} {beside:7}", flush=True)


if __name__ == "__main__":
    main()
