#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Top-1 of PyTorch's FX post-training quantisation, on the networks and images of run.py.

The torch module is built from the ONNX file, calibrated on the same 200 images in the same order
and evaluated on the same others. --full-range replaces fbgemm's default of 7-bit activations
(reduce_range, which spares CPUs without VNNI an overflow) by 8 bits, as imcc has. Debian's torch is
built without FBGEMM, so the reference model is evaluated: the same scales and zero points, with
float operators between quantise and dequantise. SNR is that of the scores, quantised against float.
Usage: torch_ptq.py [--full-range] [network...]
"""
import argparse
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.ao.quantization import (HistogramObserver, QConfig, QConfigMapping,
                                   default_per_channel_weight_observer, get_default_qconfig_mapping)
from torch.ao.quantization.quantize_fx import convert_to_reference_fx, prepare_fx

from networks import NETWORKS, samples


def convolution(attributes, weights, bias=None):
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    # Torch pads both sides alike: zero rows and columns of the kernel stand for the rest.
    rows, columns = max(bottom - top, 0), max(right - left, 0)
    weights = np.pad(weights, ((0, 0), (0, 0), (rows, 0), (columns, 0)))
    if bottom < top or right < left:
        raise NotImplementedError("more padding before than behind")
    groups = attributes.get("group", 1)
    module = torch.nn.Conv2d(weights.shape[1] * groups, weights.shape[0], weights.shape[2:],
                             attributes.get("strides", 1), (bottom, right),
                             attributes.get("dilations", 1), groups)
    module.weight.data = torch.tensor(weights)
    module.bias.data = torch.tensor(np.zeros(len(weights), np.float32) if bias is None else bias)
    return module


def linear(weights, bias):
    module = torch.nn.Linear(weights.shape[1], weights.shape[0])
    module.weight.data = torch.tensor(weights)
    module.bias.data = torch.tensor(bias)
    return module


def pooling(attributes):
    pads = attributes.get("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:]:
        raise NotImplementedError("uneven padding")
    return torch.nn.MaxPool2d(attributes["kernel_shape"], attributes.get("strides"), pads[:2],
                              ceil_mode=bool(attributes.get("ceil_mode", 0)))


def module_of(node, attributes, constants):
    """The torch module of an ONNX node; None for functions."""
    if node.op_type == "Conv":
        return convolution(attributes, *constants)
    if node.op_type == "Gemm":
        weights, bias = constants
        return linear(weights if attributes.get("transB") else weights.T.copy(), bias)
    if node.op_type == "Clip":
        if [float(c) for c in constants] != [0, 6]:
            raise NotImplementedError("a clip that is no ReLU6")
        return torch.nn.ReLU6()
    return {"Relu": torch.nn.ReLU, "MaxPool": lambda: pooling(attributes),
            "GlobalAveragePool": lambda: torch.nn.AdaptiveAvgPool2d(1),
            "Flatten": torch.nn.Flatten}.get(node.op_type, lambda: None)()


def load(path):
    """The network of an ONNX file as a torch.fx module."""
    model = onnx.load(path).graph
    constants = {i.name: numpy_helper.to_array(i).copy() for i in model.initializer}
    for node in model.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    graph, root, values = torch.fx.Graph(), torch.nn.Module(), {}
    inputs = [i for i in model.input if i.name not in constants]
    values[inputs[0].name] = graph.placeholder("x")
    for index, node in enumerate(model.node):
        if node.op_type == "Constant":
            continue
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        operands = tuple(values[i] for i in node.input if i in values)
        module = module_of(node, attributes, [constants[i] for i in node.input if i in constants])
        if module is not None:
            setattr(root, f"m{index}", module)
            result = graph.call_module(f"m{index}", operands)
        elif node.op_type == "Add":
            result = graph.call_function(torch.add, operands)
        elif node.op_type == "Concat":
            result = graph.call_function(torch.cat, (list(operands), attributes["axis"]))
        else:
            raise NotImplementedError(node.op_type)
        values[node.output[0]] = result
    graph.output(values[model.output[0].name])
    return torch.fx.GraphModule(root, graph).eval()


def quantize(module, inputs, full_range):
    mapping = get_default_qconfig_mapping("fbgemm")
    if full_range:
        mapping = QConfigMapping().set_global(QConfig(
            HistogramObserver.with_args(reduce_range=False), default_per_channel_weight_observer))
    prepared = prepare_fx(module, mapping, (torch.tensor(inputs[0][None]),))
    for x in inputs:
        prepared(torch.tensor(x[None]))
    return convert_to_reference_fx(prepared)


def scores(module, inputs):
    batches = [np.stack(inputs[i:i + 50]) for i in range(0, len(inputs), 50)]
    return np.concatenate([module(torch.tensor(batch)).flatten(1).numpy() for batch in batches])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("networks", nargs="*")
    parser.add_argument("--full-range", action="store_true")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*reduce_range.*")
    print(f"{'network':14} {'n':>5} {'float':>8} {'int8':>8} {'drop':>7} {'agree':>8} {'SNR':>8}")
    for name in arguments.networks or NETWORKS:
        calibrating, validating, labels = samples(name)
        module = load(NETWORKS[name].path)
        with torch.no_grad():
            real = scores(module, validating)
            int8 = scores(quantize(module, calibrating, arguments.full_range), validating)
        top = [100 * np.mean(y.argmax(1) == labels) for y in (real, int8)]
        agree = 100 * np.mean(real.argmax(1) == int8.argmax(1))
        snr = 10 * np.log10(np.sum(real**2.0) / np.sum((real - int8)**2.0))
        print(f"{name:14} {len(labels):5} {top[0]:7.2f}% {top[1]:7.2f}% {top[0] - top[1]:7.2f} "
              f"{agree:7.2f}% {snr:6.2f}dB", flush=True)


if __name__ == "__main__":
    main()
