# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Exports the networks of the zoo with random weights to ONNX, the same bytes on every run.

    /usr/bin/python3 benchmarks/zoo/export.py FOLDER [NAME ...]

Names are those of networks.py (by default all) or any classifier of torchvision's, with _SIDE
appended for another input size. Weights are random (fixed seed); the batch norms' statistics are
measured on random images, so that activations keep the range they have in a trained network. Needs
Debian's python3-torch and python3-torchvision; nothing is downloaded.

FOLDER/exported.json notes what each file was made from: a network is not exported again while the
file, these sources and the versions of both libraries are the same. FOLDER/calibration_SIDE.npy
holds one image to calibrate on.
"""
import argparse
import hashlib
import inspect
import json
import os
import sys
import warnings

import numpy
import torch
import torchvision

import unet
import yolo
from networks import NETWORKS, split_name

OPSET = 13
SEED = 20260101
IMAGES = 8  # For the statistics of the batch norms.
DENSE_IMAGES = 2  # The same for networks that are no classifiers: their maps have more pixels.
SOURCES = ("export.py", "unet.py", "yolo.py")
OWN = {
    "unet_fcn": unet.UNet,
    "yolov5s": lambda: yolo.yolov5(width=32, depth=1),
    "yolov8n": lambda: yolo.yolov8(width=16, depth=1, widest=256),
    "yolov8l": lambda: yolo.yolov8(width=64, depth=3, widest=512),
}


class NoSuchNetwork(Exception):
    """A name that neither torchvision nor this folder can build."""


def build_torchvision(name):
    factory = getattr(torchvision.models, name, None)
    if not callable(factory) or name[0].isupper() or name.startswith("get_"):
        raise NoSuchNetwork(f"torchvision {torchvision.__version__} has no model {name!r}")
    options = {"weights": None}
    if name in ("inception_v3", "googlenet"):
        # Without the heads that only training uses.
        options.update(aux_logits=False, init_weights=True)
    try:
        inspect.signature(factory).bind(**options)
        return factory(**options)
    except TypeError as error:
        raise NoSuchNetwork(f"{name} is no classifier that can be built without weights: {error}")


def build(name):
    torch.manual_seed(SEED)
    model = OWN[name]() if name in OWN else build_torchvision(name)
    # Vision transformers start training with a head of zeros: every output would be zero.
    for module in model.modules():
        if isinstance(module, torch.nn.Linear) and not module.weight.any():
            torch.nn.init.normal_(module.weight, std=0.02)
    return model


def smooth_images(count, side, generator):
    """Coarse noise scaled up: nearer to photographs than white noise is."""
    coarse = torch.randn(count, 3, 8, 8, generator=generator)
    images = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic",
                                             align_corners=False)
    return images + 0.25 * torch.randn(count, 3, side, side, generator=generator)


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


def run_and_count(model, image):
    """Outputs, as a tuple, and the multiply-accumulates of convolutions and linear layers."""
    macs = []
    hooks = [module.register_forward_hook(
                 lambda layer, _, output: macs.append(output.numel() * layer.weight[0].numel()))
             for module in model.modules()
             if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear))]
    with torch.no_grad():
        outputs = model(image)
    for hook in hooks:
        hook.remove()
    return (outputs if isinstance(outputs, tuple) else (outputs,)), sum(macs)


def output_names(count):
    return ["output"] if count == 1 else [f"output{i}" for i in range(count)]


def export(name, path):
    """Writes network `name` to `path` and gives a line about it."""
    base, side = split_name(name)
    model = build(base)
    generator = torch.Generator().manual_seed(SEED + 2)
    count = DENSE_IMAGES if base in OWN else IMAGES
    settle_batch_norms(model, smooth_images(count, side, generator))
    image = smooth_images(1, side, generator)
    outputs, macs = run_and_count(model, image)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Batch norms stay nodes of their own: folding them is the compiler's work.
        torch.onnx.export(model, image, path, opset_version=OPSET, input_names=["input"],
                          output_names=output_names(len(outputs)), do_constant_folding=False,
                          training=torch.onnx.TrainingMode.PRESERVE)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    low = min(output.min() for output in outputs)
    high = max(output.max() for output in outputs)
    return (f"{macs / 1e9:.2f} GMACs, {parameters / 1e6:.2f} million parameters, "
            f"outputs {low:.3f} to {high:.3f}")


def md5_of(*paths):
    digest = hashlib.md5()
    for path in paths:
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def origin():
    """What the bytes of an exported file follow from, apart from its name."""
    here = os.path.dirname(os.path.abspath(__file__))
    sources = md5_of(*(os.path.join(here, source) for source in SOURCES))
    return f"{sources} torch {torch.__version__} torchvision {torchvision.__version__}"


class Folder:
    """The exported networks of one folder and the note of what they were made from."""

    def __init__(self, path):
        self.path = path
        self.notes_path = os.path.join(path, "exported.json")
        self.origin = origin()
        self.notes = {}
        os.makedirs(path, exist_ok=True)
        if os.path.exists(self.notes_path):
            with open(self.notes_path) as file:
                self.notes = json.load(file)

    def is_current(self, name):
        path = os.path.join(self.path, name + ".onnx")
        return (os.path.exists(path) and
                self.notes.get(name) == {"md5": md5_of(path), "origin": self.origin})

    def export(self, name):
        """Exports beside the final place first: whoever reads the folder sees whole files only."""
        path = os.path.join(self.path, name + ".onnx")
        before = md5_of(path) if os.path.exists(path) else None
        line = export(name, path + ".new")
        os.replace(path + ".new", path)
        after = md5_of(path)
        self.notes[name] = {"md5": after, "origin": self.origin}
        with open(self.notes_path, "w") as file:
            json.dump(self.notes, file, indent=1, sort_keys=True)
        change = {None: "new", after: "as before"}.get(before, "CHANGED")
        print(f"{name}: {line}, {change}", flush=True)

    def write_calibration(self, side):
        path = os.path.join(self.path, f"calibration_{side}.npy")
        generator = torch.Generator().manual_seed(SEED + 3)
        numpy.save(path, smooth_images(1, side, generator).numpy())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--force", action="store_true", help="export what is current too")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # The statistics' last bits must not depend on the machine's cores.
    folder = Folder(arguments.folder)
    missing = False
    for name in arguments.names or NETWORKS:
        folder.write_calibration(split_name(name)[1])
        try:
            if arguments.force or not folder.is_current(name):
                folder.export(name)
        except NoSuchNetwork as error:
            print(f"export.py: {error}", file=sys.stderr)
            missing = True
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
