#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Top-1/top-5 of float, quantised and device on the labelled images of ../shared, as a table.

Calibrates on 200 images that are not evaluated: two of every five of imagenet500, the training
images of CIFAR-10. SNR is that of the first output, device against float. Usage:
run.py IMCC [--scheme NAME] [--set OPTION=VALUE]... [--limit N] [network...]
"""
import argparse
import csv
import json
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, "..", "..", "..", "shared")
TENSOR = "      - torch-totensor:\n"
MEAN_STD = '      - normalize: {mean: "0.485, 0.456, 0.406", std: "0.229, 0.224, 0.225"}\n'
HALF = '      - normalize: {mean: "0.5, 0.5, 0.5", std: "0.5, 0.5, 0.5"}\n'
CROP = "      - centercrop: {width: 224, height: 224}\n"

# name: (model, side, classes, label offset, preprocessing)
NETWORKS = {
    "mobilenetv2": ("mobilenetv2_1.0_224.onnx", 224, 1001, 1, CROP + TENSOR + HALF),
    "squeezenet1.1": ("squeezenet1.1.onnx", 224, 1000, 0, CROP + TENSOR + MEAN_STD),
    "resnet20": ("resnet20_cifar10_jpeg.onnx", 32, 10, 0, TENSOR + MEAN_STD),
    "resnet8": ("resnet8_cifar10.onnx", 32, 10, 0,
                "      - torch-totensor: {scale: false}\n"),
}


def write_yaml(folder, name):
    model, side, classes, offset, steps = NETWORKS[name]
    images = os.path.join(SHARED, "images")
    if side == 32:
        calibration = os.path.join(images, "cifar10_train_calib_500x3x32x32.u8")
        validation = os.path.join(images, "cifar10_2500x3x32x32.u8")
    else:
        with open(os.path.join(images, "imagenet500_labels.csv"), newline="") as file:
            rows = list(csv.DictReader(file))
        path = lambda row: os.path.abspath(os.path.join(images, "imagenet500", row["file"]))
        calibration = os.path.join(folder, "calibration.txt")
        with open(calibration, "w") as file:
            file.writelines(path(r) + "\n" for i, r in enumerate(rows) if i % 5 < 2)
        validation = os.path.join(folder, "validation.csv")
        with open(validation, "w") as file:
            file.writelines(f"{path(r)},{int(r['class_index']) + offset}\n"
                            for i, r in enumerate(rows) if i % 5 >= 2)
    yaml = os.path.join(folder, name + ".yaml")
    with open(yaml, "w") as file:
        file.write(f"""name: {name}
pipeline:
  - {name}:
      input: {{type: image, color_format: RGB}}
      preprocess:
{steps}models:
  {name}:
    class: AxONNXModel
    weight_path: {os.path.abspath(os.path.join(SHARED, "models", model))}
    input_tensor_layout: NCHW
    input_tensor_shape: [1, 3, {side}, {side}]
    input_color_format: RGB
    num_classes: {classes}
    dataset: data
datasets:
  data:
    cal_data: {os.path.abspath(calibration)}
    val_data: {os.path.abspath(validation)}
""")
    return yaml


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("networks", nargs="*", default=[])
    parser.add_argument("--scheme", default="per_tensor_histogram")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--limit", default="-1")
    arguments = parser.parse_intermixed_args()
    print(f"{'network':14} {'n':>5} {'float':>8} {'int8':>8} {'device':>8} {'drop':>7} "
          f"{'agree':>8} {'SNR':>8}")
    for name in arguments.networks or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            yaml = write_yaml(folder, name)
            result = subprocess.run(
                [arguments.imcc, "eval", yaml, "--json", "--limit", arguments.limit] +
                [word for option in (f"quantization_scheme={arguments.scheme}", *arguments.set)
                 for word in ("--set", option)], capture_output=True, text=True)
        if result.returncode != 0:
            print(f"{name:14} {result.stderr.strip()[-200:]}")
            continue
        r = json.loads(result.stdout)
        top = [100 * r[side]["top1"] for side in ("float", "quantized", "device")]
        print(f"{name:14} {r['float']['n']:5} {top[0]:7.2f}% {top[1]:7.2f}% {top[2]:7.2f}% "
              f"{top[0] - top[2]:7.2f} {100 * r['agreement']:7.2f}% "
              f"{r['outputs'][0]['snr_db']:6.2f}dB", flush=True)


main()
