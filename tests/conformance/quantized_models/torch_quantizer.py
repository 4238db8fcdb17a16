# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Models quantised and exported by PyTorch 1.13 itself: FX and eager prepare and convert, and the
fake quantisation of quantisation-aware training."""
import io
import warnings

import onnx
import torch
from torch import nn
from torch.ao import quantization
from torch.ao.quantization import quantize_fx

from networks import SHAPE


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.a = nn.Sequential(nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.b = nn.Sequential(nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16))
        self.pool = nn.MaxPool2d(2)
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.stem(x)
        x = torch.relu(self.b(self.a(x)) + x)
        return self.fc(torch.flatten(self.mean(self.pool(x)), 1))


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, stride=2, padding=1)
        self.hard_swish = nn.Hardswish()
        self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16)
        self.relu6 = nn.ReLU6()
        self.pointwise = nn.Conv2d(16, 24, 1)
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(24, 10)

    def forward(self, x):
        x = self.relu6(self.depthwise(self.hard_swish(self.conv(x))))
        return self.fc(self.mean(self.pointwise(x)).flatten(1))


class Branches(nn.Module):
    """For eager mode: torch cannot export the Concat that FX makes."""

    def __init__(self):
        super().__init__()
        self.quantize = quantization.QuantStub()
        self.dequantize = quantization.DeQuantStub()
        self.join = nn.quantized.FloatFunctional()
        self.relu = nn.ReLU()
        self.sigmoid = nn.Sigmoid()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.left = nn.Conv2d(8, 8, 1)
        self.right = nn.Conv2d(8, 8, 3, padding=1)
        self.last = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.relu(self.stem(self.quantize(x)))
        x = self.join.cat([self.relu(self.left(x)), self.sigmoid(self.right(x))], 1)
        return self.dequantize(self.last(x))


NETWORKS = {"residual": Residual, "mobile": Mobile, "branches": Branches}


def build(name, train=False):
    torch.manual_seed(len(name))
    module = NETWORKS[name]()
    with torch.no_grad():
        for _ in range(4):  # Batch norms need statistics.
            module(torch.randn(8, *SHAPE[1:]))
    return module.train(train)


def export(module):
    data = io.BytesIO()
    torch.onnx.export(module, torch.randn(SHAPE), data, opset_version=13, input_names=["x"])
    return onnx.load_from_string(data.getvalue())


def calibrate(module):
    generator = torch.Generator().manual_seed(1)
    for _ in range(8):
        module(torch.randn((4, *SHAPE[1:]), generator=generator))


def post_training(name, engine):
    """Weights per channel with onednn, per tensor with qnnpack."""
    torch.backends.quantized.engine = engine
    warnings.filterwarnings("ignore")
    backend = "qnnpack" if engine == "qnnpack" else "fbgemm"
    module = build(name)
    if name == "branches":
        module.qconfig = quantization.get_default_qconfig(backend)
        prepared = quantization.prepare(module)
        calibrate(prepared)
        return export(quantization.convert(prepared))
    mapping = quantization.get_default_qconfig_mapping(backend)
    prepared = quantize_fx.prepare_fx(module, mapping, (torch.randn(SHAPE),))
    calibrate(prepared)
    return export(quantize_fx.convert_fx(prepared))


def aware_training(name):
    """Weights stay float in the file, behind QuantizeLinear and DequantizeLinear."""
    torch.backends.quantized.engine = "onednn"
    warnings.filterwarnings("ignore")
    # Version 0 is the one that torch can export.
    mapping = quantization.QConfigMapping().set_global(
        quantization.get_default_qat_qconfig("qnnpack", version=0))
    prepared = quantize_fx.prepare_qat_fx(build(name, train=True), mapping, (torch.randn(SHAPE),))
    calibrate(prepared)
    prepared.eval()
    prepared.apply(torch.ao.quantization.disable_observer)
    return export(prepared)
