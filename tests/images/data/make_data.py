# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the images of this folder and prints Pillow's answers that images tests quote.

Run with Debian's /usr/bin/python3 (python3-pil, python3-numpy); once, results are committed.
"""
import os
import sys

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))


def pattern(height, width, channels):
    """A small integer formula, repeated in the tests."""
    i, j, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    return ((i * 37 + j * 91 + c * 53 + i * j * 7) % 256).astype(np.uint8)


def save(image, name, **options):
    image.save(os.path.join(HERE, name), **options)


def smooth(height, width):
    i, j = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    return np.stack([i * 12, j * 10, 255 - i * 6 - j * 5], axis=2).astype(np.uint8)


def write_images():
    rgb = pattern(3, 4, 3)
    save(Image.fromarray(rgb), "rgb.png")
    save(Image.fromarray(pattern(3, 4, 1)[:, :, 0]), "gray.png")
    save(Image.fromarray(np.concatenate([rgb, pattern(3, 4, 1)], axis=2), "RGBA"), "rgba.png")
    save(Image.fromarray(rgb).quantize(8), "palette.png")
    palette = Image.open(os.path.join(HERE, "palette.png")).convert("RGB")
    print("palette", np.array(palette).ravel().tolist())
    save(Image.fromarray(pattern(3, 4, 1)[:, :, 0].astype(np.uint16) * 257), "gray16.png")
    save(Image.fromarray(pattern(3, 4, 1)[:, :, 0] > 127), "bits.png")
    save(Image.fromarray(smooth(16, 20)), "rgb.jpg", quality=95, subsampling=0)
    save(Image.fromarray(smooth(16, 20)[:, :, 1]), "gray.jpg", quality=95)
    save(Image.fromarray(smooth(16, 20)).convert("CMYK"), "cmyk.jpg", quality=95)
    save(Image.fromarray(smooth(16, 20)), "progressive.jpg", quality=95, progressive=True)
    for name in ["rgb.jpg", "gray.jpg", "cmyk.jpg", "progressive.jpg"]:
        pixels = np.array(Image.open(os.path.join(HERE, name)).convert("RGB"))
        print(name, pixels[5, 7].tolist(), pixels[15, 19].tolist())


def print_resizes():
    image = Image.fromarray(pattern(9, 11, 3))
    methods = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "nearest": Image.NEAREST}
    for name, method in methods.items():
        for width, height in [(4, 3), (17, 5), (11, 20)]:
            out = np.array(image.resize((width, height), method)).astype(np.int64)
            weights = np.arange(out.size).reshape(out.shape) % 97 + 1
            print(name, width, height, "first", out[0, 0].tolist(), "last", out[-1, -1].tolist(),
                  "checksum", int((out * weights).sum()))
    print("gray", np.array(image.convert("L")).astype(np.int64).sum(),
          np.array(image.convert("L"))[4, :5].tolist())


if __name__ == "__main__":
    write_images()
    print_resizes()
    sys.exit(0)
