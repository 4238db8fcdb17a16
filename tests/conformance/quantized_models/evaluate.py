# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Runs an ONNX model node by node in float64, as the ONNX standard defines the operators.

Knows what the models of this folder use. Operators on int8 are computed as the float operator
between DequantizeLinear and QuantizeLinear, which is what they stand for.
"""
import numpy as np
import torch
from onnx import helper, numpy_helper

F = torch.nn.functional
TYPES = {1: np.float64, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64}


def along(axis, values, rank):
    """One value a position of the axis, ready to broadcast."""
    return values if values.ndim == 0 else values.reshape([-1 if i == axis % rank else 1
                                                           for i in range(rank)])


def quantize(x, scale, zero, axis=1):
    zero = np.uint8(0) if zero is None else zero
    q = np.rint(x / along(axis, np.asarray(scale, np.float64), x.ndim))
    limits = np.iinfo(zero.dtype)
    q = q + along(axis, np.asarray(zero, np.float64), x.ndim)
    return np.clip(q, limits.min, limits.max).astype(zero.dtype)


def dequantize(q, scale, zero, axis=1):
    zero = np.zeros_like(scale, dtype=q.dtype) if zero is None else zero
    real = q.astype(np.float64) - along(axis, np.asarray(zero, np.float64), q.ndim)
    return real * along(axis, np.asarray(scale, np.float64), q.ndim)


def pads(attributes):
    p = attributes.get("pads", [0, 0, 0, 0])
    return [p[1], p[3], p[0], p[2]]  # In torch's order.


def conv(attributes, x, w, b=None):
    y = F.conv2d(F.pad(torch.tensor(x), pads(attributes)), torch.tensor(w),
                 None if b is None else torch.tensor(b), attributes.get("strides", 1), 0,
                 attributes.get("dilations", 1), attributes.get("group", 1))
    return y.numpy()


def max_pool(attributes, x):
    x = F.pad(torch.tensor(x.astype(np.float64)), pads(attributes), value=-np.inf)
    return F.max_pool2d(x, attributes["kernel_shape"], attributes.get("strides", 1)).numpy()


def average_pool(attributes, x):
    return F.avg_pool2d(torch.tensor(x), attributes["kernel_shape"],
                        attributes.get("strides", 1)).numpy()


def gemm(attributes, a, b, c=None):
    b = b.T if attributes.get("transB") else b
    return a @ b + (0 if c is None else c)


def resize(x, scales):
    """Nearest, whole factors, asymmetric coordinates and floor."""
    for axis, factor in enumerate(int(s) for s in scales):
        x = np.repeat(x, factor, axis)
    return x


def softmax(attributes, x):
    e = np.exp(x - x.max(attributes.get("axis", -1), keepdims=True))
    return e / e.sum(attributes.get("axis", -1), keepdims=True)


def reshape(x, shape):
    return x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape)])


def batch_norm(attributes, x, *parameters):
    scale, shift, mean, variance = (along(1, p, x.ndim) for p in parameters)
    return (x - mean) / np.sqrt(variance + attributes.get("epsilon", 1e-5)) * scale + shift


FUNCTIONS = {
    "Add": lambda a, x, y: x + y,
    "AveragePool": average_pool,
    "BatchNormalization": batch_norm,
    "Cast": lambda a, x: x.astype(TYPES[a["to"]]),
    "Clip": lambda a, x, lo=None, hi=None: np.clip(x, lo, hi),
    "Concat": lambda a, *x: np.concatenate(x, a["axis"]),
    "ConstantOfShape": lambda a, n: np.full(n, numpy_helper.to_array(a["value"])[0]),
    "Conv": conv,
    "Div": lambda a, x, y: x / y,
    "DequantizeLinear": lambda a, q, s, z=None: dequantize(q, s, z, a.get("axis", 1)),
    "Flatten": lambda a, x: x.reshape(x.shape[0], -1),
    "Gemm": gemm,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdims=True),
    "HardSigmoid": lambda a, x: np.clip(a.get("alpha", 0.2) * x + a.get("beta", 0.5), 0, 1),
    "Identity": lambda a, x: x,
    "LeakyRelu": lambda a, x: np.where(x < 0, a.get("alpha", 0.01) * x, x),
    "MatMul": lambda a, x, y: x @ y,
    "MaxPool": lambda a, x: max_pool(a, x).astype(x.dtype),
    "Mul": lambda a, x, y: x * y,
    "QuantizeLinear": lambda a, x, s, z=None: quantize(x, s, z, a.get("axis", 1)),
    "Relu": lambda a, x: np.maximum(x, 0),
    "Reshape": lambda a, x, shape: reshape(x, shape),
    "Resize": lambda a, x, roi, scales: resize(x, scales),
    "Sigmoid": lambda a, x: 1 / (1 + np.exp(-x)),
    "Softmax": softmax,
    "Transpose": lambda a, x: x.transpose(a["perm"]),
}


def on_integers(op, a, inputs):
    """QLinearX and QGemm: (values, scale, zero point) of each operand, then of the output."""
    bias = None
    if op == "QLinearConcat":
        (scale, zero), inputs = inputs[:2], inputs[2:]
    else:
        if op == "QLinearConv" and len(inputs) == 9:
            inputs, bias = inputs[:8], inputs[8]
        if op == "QGemm":
            bias, inputs = inputs[6], inputs[:6] + inputs[7:]
        inputs, (scale, zero) = inputs[:-2], inputs[-2:]
    axes = {"QLinearConv": 0, "QGemm": 0 if a.get("transB") else 1, "QLinearMatMul": 1}
    groups = [inputs[i:i + 3] for i in range(0, len(inputs), 3)]
    real = [dequantize(q, s, z, axes.get(op, 1)) for q, s, z in groups]
    if bias is not None:
        real.append(bias * np.asarray(groups[0][1], np.float64) * np.float64(groups[1][1]))
    function = "Gemm" if op == "QGemm" else op.removeprefix("QLinear")
    return quantize(FUNCTIONS[function](a, *real), scale, zero)


def evaluate(model, x):
    """Every tensor of the model by name."""
    graph = model.graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    values = {n: v.astype(np.float64) if v.dtype == np.float32 else v for n, v in values.items()}
    values[graph.input[0].name] = x.astype(np.float64)
    for node in graph.node:
        a = {i.name: helper.get_attribute_value(i) for i in node.attribute}
        if node.op_type == "Constant":
            result = numpy_helper.to_array(a["value"])
            result = result.astype(np.float64) if result.dtype == np.float32 else result
        else:
            inputs = [values[i] if i else None for i in node.input]
            is_integer = node.op_type.startswith("QLinear") or node.op_type == "QGemm"
            result = (on_integers(node.op_type, a, inputs) if is_integer else
                      FUNCTIONS[node.op_type](a, *inputs))
        values[node.output[0]] = result
    return values
