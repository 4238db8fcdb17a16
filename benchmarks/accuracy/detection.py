#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Faces and text that two detectors of ../shared find on the device, beside those of float.

Both models are compiled as they are: the ultraface that was never simplified, and the PP-OCR
detector whose input has no fixed size (`--input-shape x:1,3,640,640`). Float is ONNX Runtime on the
same model. Calibrated on 100 photos of imagenet500 (with text written on them for PP-OCR), which
are not evaluated.

Faces, on the group photos: boxes with a score of 0.7 or more after suppression at IoU 0.3. `found`
is the share of float's boxes that a box of the device covers with IoU >= 0.5, `spurious` the share
of the device's that cover none of float's, `IoU` the mean of the pairs.
Text, on photos with random words written on them: pixels where the map exceeds 0.3, as PP-OCR's
postprocessing takes them. `IoU` is that of both sets of pixels over all photos.

Needs benchmarks/ort_witness/setup.sh. Usage: detection.py IMCC [--set OPTION=VALUE]...
"""
import argparse
import glob
import os
import subprocess
import tempfile

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from networks import IMAGENET, IMAGES, SHARED, photos

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ort_witness", "run.mjs")
MODELS = os.path.join(SHARED, "models")
CALIBRATION = 100
TEXT_PHOTOS = 20


def run(command):
    subprocess.run(command, check=True, capture_output=True)


def face_input(path):
    pixels = np.asarray(Image.open(path).convert("RGB").resize((320, 240), Image.BILINEAR))
    return ((pixels.astype(np.float32) - 127) / 128).transpose(2, 0, 1)


def text_input(path, seed):
    """A photo with words on it, BGR and normalised as PaddleOCR does."""
    random = np.random.RandomState(seed)
    photo = Image.open(path).convert("RGB").resize((640, 640), Image.BILINEAR)
    for _ in range(random.randint(3, 9)):
        word = "".join(chr(random.randint(97, 123)) for _ in range(random.randint(3, 12)))
        small = Image.new("L", (8 * len(word), 12))
        ImageDraw.Draw(small).text((1, 0), word, fill=255, font=ImageFont.load_default())
        scale = random.randint(2, 5)
        mask = small.resize((small.width * scale, small.height * scale), Image.BILINEAR)
        place = tuple(random.randint(0, 560, 2))
        photo.paste(tuple(random.randint(0, 256, 3)), place, mask)
    mean, std = (np.array(values, np.float32) for values in IMAGENET)
    values = (np.asarray(photo).astype(np.float32) / 255 - mean) / std
    return np.ascontiguousarray(values[:, :, ::-1].transpose(2, 0, 1))


def outputs(imcc, model, shape, calibration, inputs, options):
    """([float outputs], [device outputs]), one array an output of the model, frames first."""
    name, dims = shape
    with tempfile.TemporaryDirectory() as folder:
        np.save(folder + "/calibration.npy", np.stack(calibration))
        run([imcc, "compile", model, "--calibration", folder + "/calibration.npy", "--input-shape",
             f"{name}:{','.join(map(str, dims))}", "-o", folder + "/out"] + options)
        built = os.path.dirname(glob.glob(folder + "/out/*/*/model.json")[0])
        files = [os.path.join(folder, f"{i}.f32") for i in range(len(inputs))]
        for file, x in zip(files, inputs):
            x.tofile(file)
        np.stack(inputs).tofile(folder + "/all.f32")
        run([imcc, "run", built, "--input", *files, "--output", folder + "/device"])
        run(["node", RUN, "--frames", str(len(inputs)), model, folder + "/ort",
             folder + "/all.f32@" + "x".join(map(str, dims))])
        real, device = [], []
        for i, file in enumerate(sorted(glob.glob(folder + "/ort[0-9]*.f32"))):
            values = np.fromfile(file, np.float32)
            real.append(values.reshape(len(inputs), -1))
            frames = sorted(glob.glob(folder + "/device/*.npy"))
            mine = [np.load(f).reshape(-1) for f in frames]
            size = real[-1].shape[1]
            device.append(np.stack([m for m in mine if m.size == size]))
        return real, device


def overlap(box, boxes):
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    inside = np.prod(np.clip(high - low, 0, None), 1)
    area = lambda b: np.prod(b[..., 2:] - b[..., :2], -1)
    return inside / (area(box) + area(boxes) - inside)


def faces(scores, boxes, least=0.7, most_overlap=0.3):
    """The boxes left after suppression, the surest first."""
    scores, boxes = scores.reshape(-1, 2)[:, 1], boxes.reshape(-1, 4)
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        if scores[i] < least:
            break
        if not kept or overlap(boxes[i], np.stack(kept)).max() < most_overlap:
            kept.append(boxes[i])
    return kept


def compare_faces(imcc, options):
    calibration = [face_input(path) for path, _ in photos()[0][:CALIBRATION]]
    groups = sorted(glob.glob(os.path.join(IMAGES, "faces", "*.jpg")))
    inputs = [face_input(path) for path in groups]
    real, device = outputs(imcc, os.path.join(MODELS, "ultraface_RFB-320.onnx"),
                           ("input", (1, 3, 240, 320)), calibration, inputs, options)
    scores = 0 if real[0].shape[1] < real[1].shape[1] else 1
    expected, found, spurious, ious, boxes = 0, 0, 0, [], 0
    for i in range(len(inputs)):
        ours = faces(device[scores][i], device[1 - scores][i])
        theirs = faces(real[scores][i], real[1 - scores][i])
        expected, boxes = expected + len(theirs), boxes + len(ours)
        for box in theirs:
            best = overlap(box, np.stack(ours)).max() if ours else 0
            found += best >= 0.5
            ious += [best] if best >= 0.5 else []
        for box in ours:
            spurious += not theirs or overlap(box, np.stack(theirs)).max() < 0.5
    print(f"ultraface: {len(inputs)} photos, {expected} faces in float, found "
          f"{100 * found / expected:.1f} %, spurious {100 * spurious / max(boxes, 1):.1f} %, "
          f"IoU {np.mean(ious):.3f}", flush=True)


def compare_text(imcc, options):
    calibrating, validating = photos()
    calibration = [text_input(path, i) for i, (path, _) in enumerate(calibrating[:CALIBRATION])]
    inputs = [text_input(path, 1000 + i) for i, (path, _) in enumerate(validating[:TEXT_PHOTOS])]
    real, device = outputs(imcc, os.path.join(MODELS, "ch_PP-OCRv4_det_infer.onnx"),
                           ("x", (1, 3, 640, 640)), calibration, inputs, options)
    text, ours = real[0] > 0.3, device[0] > 0.3
    print(f"PP-OCR: {len(inputs)} photos, {100 * text.mean():.2f} % of the pixels text in float, "
          f"IoU {(text & ours).sum() / max((text | ours).sum(), 1):.3f}, largest difference "
          f"{np.abs(real[0] - device[0]).max():.3f}, mean {np.abs(real[0] - device[0]).mean():.5f}",
          flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    imcc = os.path.abspath(arguments.imcc)
    options = [word for option in arguments.set for word in ("--set", option)]
    compare_faces(imcc, options)
    compare_text(imcc, options)


if __name__ == "__main__":
    main()
