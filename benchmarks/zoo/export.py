# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Exports torchvision classifiers with random weights to ONNX, the same bytes on every run.

    /usr/bin/python3 benchmarks/zoo/export.py FOLDER [NAME ...]

Names are torchvision's (resnet18, resnet50, mobilenet_v2, squeezenet1_1, ...); by default resnet18
and resnet50. Weights are torchvision's own random initialisation (fixed seed); the batch norms'
statistics are measured on random images, so that activations keep the range they have in a trained
network. Needs Debian's python3-torch and python3-torchvision; nothing is downloaded.
"""
import argparse
import inspect
import os
import sys
import warnings

import torch
import torchvision

OPSET = 13
SEED = 20260101
IMAGES = 8  # For the statistics of the batch norms.
SIZES = {"inception_v3": 299}


def build(name):
    factory = getattr(torchvision.models, name, None)
    if not callable(factory) or name[0].isupper() or name.startswith("get_"):
        sys.exit(f"export.py: torchvision {torchvision.__version__} has no model {name!r}")
    torch.manual_seed(SEED)
    options = {"weights": None}
    if name in ("inception_v3", "googlenet"):
        # Without the heads that only training uses.
        options.update(aux_logits=False, init_weights=True)
    try:
        inspect.signature(factory).bind(**options)
        return factory(**options)
    except TypeError as error:
        sys.exit(f"export.py: {name} is no classifier that can be built without weights: {error}")


def smooth_images(count, size, generator):
    """Coarse noise scaled up: nearer to photographs than white noise is."""
    coarse = torch.randn(count, 3, 8, 8, generator=generator)
    images = torch.nn.functional.interpolate(coarse, size=(size, size), mode="bicubic",
                                             align_corners=False)
    return images + 0.25 * torch.randn(count, 3, size, size, generator=generator)


def settle_batch_norms(model, images):
    """Sets running statistics to those of `images`, and gains and offsets to plausible ones."""
    generator = torch.Generator().manual_seed(SEED + 1)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
            with torch.no_grad():
                gain = torch.rand(module.weight.shape, generator=generator)
                module.weight.copy_(0.5 + 0.5 * gain)
                module.bias.copy_(0.2 * torch.randn(module.bias.shape, generator=generator))
    model.train()
    with torch.no_grad():
        model(images)
    model.eval()


def export(name, folder):
    model = build(name)
    size = SIZES.get(name, 224)
    generator = torch.Generator().manual_seed(SEED + 2)
    settle_batch_norms(model, smooth_images(IMAGES, size, generator))
    image = smooth_images(1, size, generator)
    path = os.path.join(folder, name + ".onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Batch norms stay nodes of their own: folding them is the compiler's work.
        torch.onnx.export(model, image, path, opset_version=OPSET, input_names=["input"],
                          output_names=["output"], do_constant_folding=False,
                          training=torch.onnx.TrainingMode.PRESERVE)
    with torch.no_grad():
        output = model(image)
    print(f"{path}: {os.path.getsize(path)} bytes, outputs {output.min():.3f} to "
          f"{output.max():.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("names", nargs="*", default=["resnet18", "resnet50"])
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # The statistics' last bits must not depend on the machine's cores.
    os.makedirs(arguments.folder, exist_ok=True)
    for name in arguments.names:
        export(name, arguments.folder)


if __name__ == "__main__":
    main()
