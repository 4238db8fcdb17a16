# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""The networks and labelled images of ../shared, for imcc as YAML and for other tools as arrays.

200 images calibrate and are not evaluated: two of every five of imagenet500, the first of the
training images of CIFAR-10.
"""
import csv
import dataclasses
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.abspath(os.path.join(HERE, "..", "..", "..", "shared"))
IMAGES = os.path.join(SHARED, "images")
CALIBRATION_IMAGES = 200
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@dataclasses.dataclass
class Network:
    file: str
    side: int
    classes: int
    first_class: int = 0  # Label 0 of the images is this class of the network.
    scale: bool = True  # To [0, 1] before mean and deviation.
    normalize: tuple = None
    resize: bool = False  # Photos to the side's size; else their centre is cut out.

    @property
    def path(self):
        return os.path.join(SHARED, "models", self.file)

    @property
    def cifar(self):
        return self.side == 32


NETWORKS = {
    "mobilenetv2": Network("mobilenetv2_1.0_224.onnx", 224, 1001, 1, normalize=HALF),
    "squeezenet1.1": Network("squeezenet1.1.onnx", 224, 1000, normalize=IMAGENET),
    "resnet20": Network("resnet20_cifar10_jpeg.onnx", 32, 10, normalize=IMAGENET),
    "resnet8": Network("resnet8_cifar10.onnx", 32, 10, scale=False),
}
DEEPLABV3 = Network("deeplabv3_mnv2_voc_513.onnx", 513, 0, normalize=HALF, resize=True)


def photos():
    """(calibration, validation) of imagenet500 as lists of (path, label)."""
    with open(os.path.join(IMAGES, "imagenet500_labels.csv"), newline="") as file:
        rows = [(os.path.join(IMAGES, "imagenet500", row["file"]), int(row["class_index"]))
                for row in csv.DictReader(file)]
    return ([row for i, row in enumerate(rows) if i % 5 < 2],
            [row for i, row in enumerate(rows) if i % 5 >= 2])


def steps(network):
    lines = []
    if network.resize:
        lines.append(f"resize: {{width: {network.side}, height: {network.side}}}")
    elif not network.cifar:
        lines.append(f"centercrop: {{width: {network.side}, height: {network.side}}}")
    lines.append("torch-totensor:" if network.scale else "torch-totensor: {scale: false}")
    if network.normalize:
        mean, std = (", ".join(map(str, values)) for values in network.normalize)
        lines.append(f'normalize: {{mean: "{mean}", std: "{std}"}}')
    return "".join(f"      - {line}\n" for line in lines)


def write_yaml(folder, name, network=None):
    network = network or NETWORKS[name]
    if network.cifar:
        calibration = os.path.join(IMAGES, "cifar10_train_calib_500x3x32x32.u8")
        validation = os.path.join(IMAGES, "cifar10_2500x3x32x32.u8")
    else:
        calibrating, validating = photos()
        calibration = os.path.join(folder, "calibration.txt")
        with open(calibration, "w") as file:
            file.writelines(path + "\n" for path, _ in calibrating)
        validation = os.path.join(folder, "validation.csv")
        with open(validation, "w") as file:
            file.writelines(f"{path},{label + network.first_class}\n" for path, label in validating)
    yaml = os.path.join(folder, name + ".yaml")
    with open(yaml, "w") as file:
        file.write(f"""name: {name}
pipeline:
  - {name}:
      input: {{type: image, color_format: RGB}}
      preprocess:
{steps(network)}models:
  {name}:
    class: AxONNXModel
    weight_path: {network.path}
    input_tensor_layout: NCHW
    input_tensor_shape: [1, 3, {network.side}, {network.side}]
    input_color_format: RGB
    num_classes: {network.classes}
    dataset: data
datasets:
  data:
    cal_data: {calibration}
    val_data: {validation}
""")
    return yaml


def preprocess(network, pixels):
    """HWC uint8 to the network's CHW float32, as imcc's steps do it."""
    if network.resize:
        from PIL import Image
        size = (network.side, network.side)
        pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.BILINEAR))
    elif not network.cifar:
        top, left = ((size - network.side) // 2 for size in pixels.shape[:2])
        pixels = pixels[top:top + network.side, left:left + network.side]
    values = pixels.astype(np.float32) / np.float32(255 if network.scale else 1)
    if network.normalize:
        mean, std = (np.array(v, np.float32) for v in network.normalize)
        values = (values - mean) / std
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def samples(name):
    """(calibration inputs, validation inputs, validation labels), inputs as lists of CHW arrays."""
    network = NETWORKS[name]
    if network.cifar:
        read = lambda file: np.fromfile(os.path.join(IMAGES, file), np.uint8)
        calibrating = read("cifar10_train_calib_500x3x32x32.u8").reshape(-1, 3, 32, 32)
        validating = read("cifar10_2500x3x32x32.u8").reshape(-1, 3, 32, 32)
        load = lambda chw: preprocess(network, chw.transpose(1, 2, 0))
        labels = read("cifar10_2500_labels.u8").astype(int)
        return ([load(x) for x in calibrating[:CALIBRATION_IMAGES]],
                [load(x) for x in validating], labels)
    from PIL import Image
    load = lambda path: preprocess(network, np.asarray(Image.open(path).convert("RGB")))
    calibrating, validating = photos()
    return ([load(path) for path, _ in calibrating], [load(path) for path, _ in validating],
            np.array([label + network.first_class for _, label in validating]))
