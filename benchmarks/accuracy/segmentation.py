#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Share of pixels to which deeplabv3 gives the same class on the device as in float.

Float is ONNX Runtime on the model itself; the device is `imcc run`, calibrated on 200 photos of
imagenet500. Evaluated: the group photos of ../shared (people, the one class of the network that all
of them show) and photos that did not calibrate. `objects` counts only pixels that float does not
call background, which are the hard ones. Needs benchmarks/ort_witness/setup.sh. Usage:
segmentation.py IMCC [--limit N] [--set OPTION=VALUE]...
"""
import argparse
import glob
import os
import subprocess
import tempfile

import numpy as np
from PIL import Image

from networks import DEEPLABV3, IMAGES, photos, preprocess, write_yaml

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ort_witness", "run.mjs")
CHUNK = 5  # Photos at a time: the scores of one are 22 MB.


def run(command):
    subprocess.run(command, check=True, capture_output=True)


def classes(imcc, built, paths):
    """(float, device) classes of every pixel of these photos."""
    inputs = [preprocess(DEEPLABV3, np.asarray(Image.open(path).convert("RGB"))) for path in paths]
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, f"{i}.f32") for i in range(len(inputs))]
        for file, x in zip(files, inputs):
            x.tofile(file)
        np.stack(inputs).tofile(folder + "/all.f32")
        run([imcc, "run", built, "--input", *files, "--output", folder + "/device"])
        run(["node", RUN, "--frames", str(len(inputs)), DEEPLABV3.path, folder + "/ort",
             folder + "/all.f32"])
        shape = (len(inputs), 21, DEEPLABV3.side, DEEPLABV3.side)
        real = np.fromfile(folder + "/ort0.f32", np.float32).reshape(shape)
        device = np.stack([np.load(file).reshape(shape[1:])
                           for file in sorted(glob.glob(folder + "/device/*.npy"))])
        return real.argmax(1), device.argmax(1)


def measure(imcc, built, title, paths):
    same, pixels, same_objects, objects, worst = 0, 0, 0, 0, 1.0
    for first in range(0, len(paths), CHUNK):
        real, device = classes(imcc, built, paths[first:first + CHUNK])
        equal = real == device
        worst = min(worst, equal.mean((1, 2)).min())
        same, pixels = same + equal.sum(), pixels + equal.size
        same_objects, objects = same_objects + equal[real > 0].sum(), objects + (real > 0).sum()
    print(f"{title:14} {len(paths):6} {100 * same / pixels:8.2f}% {100 * worst:8.2f}% "
          f"{100 * objects / pixels:7.1f}% {100 * same_objects / max(objects, 1):8.2f}%",
          flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("--limit", type=int, default=25)
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    imcc = os.path.abspath(arguments.imcc)
    with tempfile.TemporaryDirectory() as folder:
        run([imcc, "compile", write_yaml(folder, "deeplabv3", DEEPLABV3), "-o", folder + "/out"] +
            [word for option in arguments.set for word in ("--set", option)])
        built = os.path.dirname(glob.glob(folder + "/out/*/*/model.json")[0])
        print(f"{'photos':14} {'n':>6} {'agree':>9} {'worst':>9} {'objects':>8} {'agree':>9}")
        groups = sorted(glob.glob(os.path.join(IMAGES, "faces", "*.jpg")))
        measure(imcc, built, "group photos", groups[:arguments.limit])
        others = [path for path, _ in photos()[1]]
        measure(imcc, built, "imagenet500", others[:arguments.limit])


if __name__ == "__main__":
    main()
