# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""The networks of the zoo: name and side of the square input. Needs nothing but Python.

Names are torchvision's, except for those of unet.py and yolo.py. The sides are those the network
was trained for (torchvision's crop_size). Any network exists at another size as NAME_SIDE, for
example efficientnet_b3_224.
"""
import re

NETWORKS = {
    "squeezenet1_0": 224,
    "squeezenet1_1": 224,
    "mobilenet_v2": 224,
    "efficientnet_b0": 224,
    "efficientnet_b1": 240,
    "efficientnet_b2": 288,
    "efficientnet_b3": 300,
    "efficientnet_b4": 380,
    "regnet_x_400mf": 224,
    "regnet_x_1_6gf": 224,
    "regnet_y_400mf": 224,
    "regnet_y_1_6gf": 224,
    "resnet18": 224,
    "resnet34": 224,
    "resnet50": 224,
    "resnet101": 224,
    "resnet152": 224,
    "resnext50_32x4d": 224,
    "wide_resnet50_2": 224,
    "densenet121": 224,
    "inception_v3": 299,
    "googlenet": 224,
    "shufflenet_v2_x1_0": 224,
    "mnasnet1_0": 224,
    "vit_b_16": 224,
    "convnext_tiny": 224,
    "unet_fcn_256": 256,
    "unet_fcn_512": 512,
    "yolov5s": 640,
    "yolov8n": 640,
    "yolov8l": 640,
}
DEFAULT_SIDE = 224


def split_name(name):
    """("efficientnet_b3", 224) of efficientnet_b3_224, ("resnet18", 224) of resnet18."""
    match = re.fullmatch(r"(.+)_(\d{3,4})", name)
    if match:
        return match[1], int(match[2])
    return name, NETWORKS.get(name, DEFAULT_SIDE)


def name_at(name, side):
    """The name of network `name` with an input of side x side."""
    base, usual = split_name(name)
    return name if side == usual else f"{base}_{side}"
