# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Small float networks as ONNX models: what the quantisers of this folder are given."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

SHAPE = (1, 3, 16, 16)


class Network:
    """Appends layers with random weights; each returns the name of its output."""

    def __init__(self, name):
        self.name = name
        self.random = np.random.default_rng(len(name))
        self.nodes, self.constants = [], []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def layer(self, op, *inputs, **attributes):
        name = f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name, **attributes))
        return name

    def weights(self, name, *shape):
        values = self.random.normal(size=shape) / np.sqrt(np.prod(shape[1:]))
        values *= self.random.uniform(0.3, 3, (shape[0],) + (1,) * (len(shape) - 1))
        return self.constant(name, values.astype(np.float32))

    def bias(self, name, outputs):
        return self.constant(name, self.random.normal(size=outputs).astype(np.float32))

    def conv(self, x, inputs, outputs, kernel=1, group=1, stride=1):
        name = f"conv{len(self.nodes)}"
        w = self.weights(name + ".weight", outputs, inputs // group, kernel, kernel)
        return self.layer("Conv", x, w, self.bias(name + ".bias", outputs), group=group,
                          kernel_shape=[kernel] * 2, pads=[kernel // 2] * 4, strides=[stride] * 2)

    def gemm(self, x, inputs, outputs):
        name = f"gemm{len(self.nodes)}"
        w = self.weights(name + ".weight", outputs, inputs)
        return self.layer("Gemm", x, w, self.bias(name + ".bias", outputs), transB=1)

    def clip(self, x, low, high):
        name = f"clip{len(self.nodes)}"
        return self.layer("Clip", x, self.constant(name + ".min", np.float32(low)),
                          self.constant(name + ".max", np.float32(high)))

    def build(self):
        output = self.nodes[-1].output[0]
        graph = helper.make_graph(
            self.nodes, self.name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)


def residual():
    n = Network("residual")
    x = n.layer("Relu", n.conv("x", 3, 16, 3))
    y = n.conv(n.layer("Relu", n.conv(x, 16, 16, 3)), 16, 16, 3)
    y = n.layer("Relu", n.layer("Add", y, x))
    y = n.layer("MaxPool", y, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    n.gemm(n.layer("Flatten", n.layer("GlobalAveragePool", y)), 16, 10)
    return n.build()


def mobile():
    n = Network("mobile")
    y = n.clip(n.conv("x", 3, 16, 3, stride=2), 0, 6)
    y = n.clip(n.conv(y, 16, 16, 3, group=16), 0, 6)
    y = n.conv(y, 16, 24)
    y = n.layer("Mul", y, n.layer("HardSigmoid", y, alpha=1 / 6, beta=0.5))
    y = n.conv(y, 24, 24, 3, group=4)
    y = n.layer("Reshape", n.layer("GlobalAveragePool", y), n.constant("shape", [1, 24]))
    w = n.constant("matrix", n.random.normal(size=(24, 10)).astype(np.float32))
    n.layer("MatMul", y, w)
    return n.build()


def branches():
    n = Network("branches")
    x = n.layer("Relu", n.conv("x", 3, 8, 3))
    gate = n.layer("Sigmoid", n.conv(x, 8, 8))
    leaky = n.layer("LeakyRelu", n.conv(x, 8, 8, 3), alpha=0.1)
    y = n.layer("Concat", gate, leaky, n.layer("Mul", gate, leaky), axis=1)
    y = n.layer("AveragePool", y, kernel_shape=[2, 2], strides=[2, 2])
    y = n.layer("Resize", y, "", n.constant("scales", np.float32([1, 1, 2, 2])), mode="nearest",
                coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    n.conv(y, 24, 10, 3)
    return n.build()


def classifier():
    n = Network("classifier")
    y = n.layer("Relu", n.conv("x", 3, 8, 3, stride=2))
    y = n.layer("Relu", n.gemm(n.layer("Flatten", y), 512, 32))
    n.layer("Softmax", n.gemm(y, 32, 10), axis=1)
    return n.build()


NETWORKS = {build.__name__: build for build in (residual, mobile, branches, classifier)}
