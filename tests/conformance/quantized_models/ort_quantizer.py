# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Writes models in the shape ONNX Runtime's quantize_static gives them.

After its documentation (onnxruntime.ai, "Quantize ONNX models") and its names: QDQ pairs or
operators on int8 (QOperator), weights int8 with zero point 0 per tensor or per channel, biases
int32 at the scale of input times weights, ranges by minimum and maximum.
"""
import dataclasses

import numpy as np
from onnx import helper, numpy_helper

from evaluate import evaluate

KEEPS_GRID = {"MaxPool", "Reshape", "Flatten", "Resize", "Transpose"}
# What has a form on int8, ONNX's own and ONNX Runtime's.
ON_INTEGERS = {"Conv": "QLinearConv", "MatMul": "QLinearMatMul", "Add": "QLinearAdd",
               "Mul": "QLinearMul", "Concat": "QLinearConcat", "Sigmoid": "QLinearSigmoid",
               "LeakyRelu": "QLinearLeakyRelu", "GlobalAveragePool": "QLinearGlobalAveragePool",
               "AveragePool": "QLinearAveragePool", "Gemm": "QGemm", "Softmax": "QLinearSoftmax"}


@dataclasses.dataclass
class Options:
    activations: type = np.uint8
    per_channel: bool = False
    symmetric: bool = False  # Activations with zero point 0; int8 only.
    relu: str = "fused"  # fused, kept (between pairs of its own) or removed (zero point at 0).
    weights: type = np.int8
    weight_zero_point: int = 0


def activation_grid(values, options):
    low, high = min(values.min(), 0), max(values.max(), 0)
    limits = np.iinfo(options.activations)
    if options.symmetric:
        return np.float32(max(-low, high) / 127), options.activations(0)
    scale = np.float32((high - low) / 255)
    return scale, options.activations(np.clip(np.rint(limits.min - low / scale), limits.min,
                                              limits.max))


class Quantizer:
    def __init__(self, model, samples, options):
        self.model, self.options = model, options
        self.floats = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
        self.consumers = {}
        for node in model.graph.node:
            for name in node.input:
                self.consumers.setdefault(name, []).append(node)
        seen = [evaluate(model, x) for x in samples]
        names = ["x"] + [n.output[0] for n in model.graph.node]
        self.grids = {n: activation_grid(np.stack([s[n] for s in seen]), options) for n in names}
        self.nodes, self.constants, self.alias = [], [], {}
        self.share_grids()

    def share_grids(self):
        for node in self.model.graph.node:
            if node.op_type in KEEPS_GRID:
                self.grids[node.output[0]] = self.grids[node.input[0]]
            if node.op_type == "Softmax":  # ONNX Runtime's fixed one.
                low = np.iinfo(self.options.activations).min
                self.grids[node.output[0]] = np.float32(1 / 256), self.options.activations(low)
        if self.options.relu != "kept":
            for node in self.model.graph.node:
                if self.is_removable(node):
                    self.grids[node.input[0]] = self.grids[node.output[0]]

    def is_removable(self, node):
        """Saturation does what the clamp does, and nobody else reads what is before it."""
        return (node.op_type in ("Relu", "Clip") and not self.options.symmetric
                and len(self.consumers[node.input[0]]) == 1)

    def constant(self, name, values):
        if all(c.name != name for c in self.constants):
            self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, op, inputs, output, domain="", name="", **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name or output, domain=domain,
                                           **attributes))
        return output

    def grid_of(self, tensor):
        scale, zero = self.grids[tensor]
        return [self.constant(tensor + "_scale", scale),
                self.constant(tensor + "_zero_point", zero)]

    def weights(self, name, axis):
        """Inputs of DequantizeLinear, and the scales."""
        values = self.floats[name].astype(np.float64)
        limits = np.iinfo(self.options.weights)
        others = tuple(i for i in range(values.ndim) if i != axis)
        largest = np.abs(values).max(others) if self.options.per_channel else np.abs(values).max()
        scale = (largest / 127).astype(np.float32)
        zero = np.full(scale.shape, self.options.weight_zero_point, self.options.weights)
        shape = [-1 if i == axis else 1 for i in range(values.ndim)] if scale.ndim else []
        q = np.rint(values / scale.reshape(shape)) + zero.reshape(shape)
        q = np.clip(q, limits.min, limits.max).astype(self.options.weights)
        return [self.constant(name + "_quantized", q), self.constant(name + "_scale", scale),
                self.constant(name + "_zero_point", zero)], scale

    def bias(self, name, input_scale, weight_scale):
        scale = (input_scale * weight_scale).astype(np.float32)
        q = np.rint(self.floats[name].astype(np.float64) / scale).astype(np.int32)
        return [self.constant(name + "_quantized", q),
                self.constant(name + "_quantized_scale", scale),
                self.constant(name + "_quantized_zero_point", np.zeros(scale.shape, np.int32))]

    def finish(self, output):
        graph = helper.make_graph(self.nodes, self.model.graph.name, self.model.graph.input,
                                  [helper.make_tensor_value_info(output, 1, None)], self.constants)
        opsets = [helper.make_opsetid("", 13), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=7)
        model.producer_name = "onnx.quantize"
        return model

    def attributes(self, node):
        return {a.name: helper.get_attribute_value(a) for a in node.attribute}


class QdqQuantizer(Quantizer):
    def run(self):
        self.pair("x")
        for node in self.model.graph.node:
            if self.options.relu == "removed" and self.is_removable(node):
                self.alias[node.output[0]] = self.alias[node.input[0]]
                continue
            output = node.output[0]
            self.add(node.op_type, self.inputs(node), output, **self.attributes(node))
            readers = self.consumers.get(output, [])
            if self.options.relu == "fused" and len(readers) == 1 and self.is_removable(readers[0]):
                self.alias[output] = output
            else:
                self.pair(output)
        return self.finish(self.alias[self.model.graph.output[0].name])

    def pair(self, tensor):
        grid = self.grid_of(tensor)
        q = self.add("QuantizeLinear", [tensor] + grid, tensor + "_QuantizeLinear_Output")
        self.alias[tensor] = self.add("DequantizeLinear", [q] + grid,
                                      tensor + "_DequantizeLinear_Output")

    def inputs(self, node):
        inputs = [self.alias.get(name, name) for name in node.input]
        for name in node.input:
            if name in self.floats and node.op_type not in ("Conv", "Gemm", "MatMul"):
                self.constant(name, self.floats[name])
        if node.op_type in ("Conv", "Gemm", "MatMul"):
            axis = 1 if node.op_type == "MatMul" else 0
            weights, scale = self.weights(node.input[1], axis)
            inputs[1] = self.dequantized(node.input[1], weights, axis)
            if len(inputs) > 2:
                bias = self.bias(node.input[2], self.grids[node.input[0]][0], scale)
                inputs[2] = self.dequantized(node.input[2], bias, 0)
        return inputs

    def dequantized(self, name, inputs, axis):
        attributes = {"axis": axis} if self.options.per_channel else {}
        return self.add("DequantizeLinear", inputs, name + "_DequantizeLinear_Output", **attributes)


class OperatorQuantizer(Quantizer):
    def run(self):
        self.quantize("x")
        for node in self.model.graph.node:
            if self.is_removable(node):
                self.alias[node.output[0]] = self.alias[node.input[0]]
                continue
            if node.op_type in KEEPS_GRID:
                for name in node.input:
                    if name in self.floats:
                        self.constant(name, self.floats[name])
                inputs = [self.alias.get(name, name) for name in node.input]
                self.alias[node.output[0]] = self.add(node.op_type, inputs,
                                                      node.output[0] + "_quantized",
                                                      **self.attributes(node))
            elif node.op_type in ON_INTEGERS:
                self.on_integers(node)
            else:
                self.between(node)
        last = self.model.graph.output[0].name
        return self.finish(self.dequantize(last))

    def quantize(self, tensor):
        self.alias[tensor] = self.add("QuantizeLinear", [tensor] + self.grid_of(tensor),
                                      tensor + "_quantized")

    def dequantize(self, tensor):
        name = tensor + "_dequantized"
        if all(node.output[0] != name for node in self.nodes):
            self.add("DequantizeLinear", [self.alias[tensor]] + self.grid_of(tensor), name)
        return name

    def between(self, node):
        """An operator without a form on int8."""
        for name in node.input:
            if name in self.floats:
                self.constant(name, self.floats[name])
        self.add(node.op_type, [name if name in self.floats else self.dequantize(name)
                                for name in node.input], node.output[0], **self.attributes(node))
        self.quantize(node.output[0])

    def on_integers(self, node):
        op = ON_INTEGERS[node.op_type]
        inputs, bias = [], []
        for i, name in enumerate(node.input):
            if name not in self.floats:
                inputs += [self.alias[name]] + self.grid_of(name)
            elif i == 1:
                weights, scale = self.weights(name, 1 if node.op_type == "MatMul" else 0)
                inputs += weights
            else:
                bias = self.bias(name, self.grids[node.input[0]][0], scale)[:1]
        grid = self.grid_of(node.output[0])
        if op == "QLinearConcat":
            inputs = grid + inputs
        elif op == "QGemm":
            inputs += bias + grid
        else:
            inputs += grid + bias
        attributes = self.attributes(node)
        if op == "QLinearSoftmax":
            attributes["opset"] = 13
        domain = "" if op in ("QLinearConv", "QLinearMatMul") else "com.microsoft"
        self.alias[node.output[0]] = self.add(op, inputs, node.output[0] + "_quantized", domain,
                                              node.name + "_quant", **attributes)
