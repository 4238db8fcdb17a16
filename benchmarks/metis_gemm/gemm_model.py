# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Writes a matrix product as the ONNX model that was timed on the card: a 1x1 convolution."""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 8
SEED = 20260101


def gemm_model(pixels, inputs, outputs):
    """[pixels, inputs] x [inputs, outputs]: one row of `pixels`, as the published script has it.

    That script (edge-cim-simulation, run_metis_cim_v16.py) compiles shapes 1 x K x 1 x M without
    bias. Weights are random with a fixed seed: cycles do not depend on them.
    """
    weights = numpy.random.default_rng(SEED).standard_normal((outputs, inputs, 1, 1))
    weights = (weights / inputs ** 0.5).astype(numpy.float32)
    node = helper.make_node("Conv", ["input", "weights"], ["output"], kernel_shape=[1, 1])
    graph = helper.make_graph(
        [node], "gemm",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, inputs, 1, pixels])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, outputs, 1, pixels])],
        [numpy_helper.from_array(weights, "weights")])
    return helper.make_model(graph, ir_version=IR_VERSION,
                             opset_imports=[helper.make_opsetid("", OPSET)])


def write_gemm(path, pixels, inputs, outputs):
    """Saves the model, and beside it (.npy) one sample to calibrate on; gives the latter's path."""
    onnx.save(gemm_model(pixels, inputs, outputs), str(path))
    sample = numpy.random.default_rng(SEED + 1).standard_normal((1, inputs, 1, pixels))
    numpy.save(path.with_suffix(".npy"), sample.astype(numpy.float32))
    return path.with_suffix(".npy")
