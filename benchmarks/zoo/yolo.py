# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Detectors with the layers of YOLOv5 (v6.0) and YOLOv8, without the decoding of the boxes.

Written from the public descriptions of the two architectures; outputs are the raw head maps at
strides 8, 16 and 32. YOLOv8's channel split (chunk) is written as two 1x1 convolutions of half the
width: the same products and sums, and no Split, which NPUs of this kind do not have.
"""
import torch
from torch import nn

CLASSES = 80
ANCHORS = 3
REG_BINS = 16


class Conv(nn.Sequential):
    """Convolution, batch norm, SiLU."""

    def __init__(self, inputs, outputs, kernel=1, stride=1, padding=None):
        padding = kernel // 2 if padding is None else padding
        super().__init__(nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
                         nn.BatchNorm2d(outputs, eps=1e-3), nn.SiLU())


class Bottleneck(nn.Module):
    """Two convolutions with an optional shortcut around them."""

    def __init__(self, width, kernels, shortcut):
        super().__init__()
        self.convs = nn.Sequential(*(Conv(width, width, kernel) for kernel in kernels))
        self.shortcut = shortcut

    def forward(self, x):
        return x + self.convs(x) if self.shortcut else self.convs(x)


class C3(nn.Module):
    """YOLOv5's block: bottlenecks on one half, a 1x1 convolution on the other."""

    def __init__(self, inputs, outputs, depth, shortcut=True):
        super().__init__()
        half = outputs // 2
        blocks = (Bottleneck(half, (1, 3), shortcut) for _ in range(depth))
        self.long = nn.Sequential(Conv(inputs, half), *blocks)
        self.short = Conv(inputs, half)
        self.join = Conv(2 * half, outputs)

    def forward(self, x):
        return self.join(torch.cat([self.long(x), self.short(x)], 1))


class C2f(nn.Module):
    """YOLOv8's block: the output of every bottleneck reaches the joining convolution."""

    def __init__(self, inputs, outputs, depth, shortcut=True):
        super().__init__()
        half = outputs // 2
        self.first = Conv(inputs, half)
        self.second = Conv(inputs, half)
        self.blocks = nn.ModuleList(Bottleneck(half, (3, 3), shortcut) for _ in range(depth))
        self.join = Conv((2 + depth) * half, outputs)

    def forward(self, x):
        parts = [self.first(x), self.second(x)]
        for block in self.blocks:
            parts.append(block(parts[-1]))
        return self.join(torch.cat(parts, 1))


class SPPF(nn.Module):
    """Max pools of 5, 9 and 13 pixels, made of three pools of 5."""

    def __init__(self, width):
        super().__init__()
        self.narrow = Conv(width, width // 2)
        self.pool = nn.MaxPool2d(5, 1, 2)
        self.join = Conv(2 * width, width)

    def forward(self, x):
        parts = [self.narrow(x)]
        for _ in range(3):
            parts.append(self.pool(parts[-1]))
        return self.join(torch.cat(parts, 1))


class Backbone(nn.Module):
    """Five halvings with a block after each but the first; gives the maps at 8, 16 and 32."""

    def __init__(self, stem, block, widths, depths):
        super().__init__()
        stages = [nn.Sequential(Conv(inputs, outputs, 3, 2), block(outputs, outputs, depth))
                  for inputs, outputs, depth in zip(widths, widths[1:], depths)]
        self.fine = nn.Sequential(stem, *stages[:2])
        self.middle = stages[2]
        self.coarse = nn.Sequential(stages[3], SPPF(widths[-1]))

    def forward(self, image):
        fine = self.fine(image)
        middle = self.middle(fine)
        return fine, middle, self.coarse(middle)


class PathAggregation(nn.Module):
    """The neck: coarse to fine, then fine to coarse. `lateral` is YOLOv5's 1x1 on the way up."""

    def __init__(self, block, widths, depth, lateral):
        super().__init__()
        fine, middle, coarse = widths
        self.lateral_coarse = Conv(coarse, middle) if lateral else nn.Identity()
        self.lateral_middle = Conv(middle, fine) if lateral else nn.Identity()
        top, upper = (middle, fine) if lateral else (coarse, middle)
        self.up_middle = block(top + middle, middle, depth, False)
        self.up_fine = block(upper + fine, fine, depth, False)
        self.down_fine = Conv(fine, fine, 3, 2)
        self.down_middle = block(fine + upper, middle, depth, False)
        self.halve_middle = Conv(middle, middle, 3, 2)
        self.down_coarse = block(middle + top, coarse, depth, False)
        self.grow = nn.Upsample(scale_factor=2, mode="nearest")

    def forward(self, fine, middle, coarse):
        top = self.lateral_coarse(coarse)
        upper = self.lateral_middle(self.up_middle(torch.cat([self.grow(top), middle], 1)))
        fine = self.up_fine(torch.cat([self.grow(upper), fine], 1))
        middle = self.down_middle(torch.cat([self.down_fine(fine), upper], 1))
        coarse = self.down_coarse(torch.cat([self.halve_middle(middle), top], 1))
        return fine, middle, coarse


class CoupledHead(nn.Module):
    """YOLOv5: one 1x1 convolution a level, box, objectness and classes of every anchor."""

    def __init__(self, widths):
        super().__init__()
        self.levels = nn.ModuleList(nn.Conv2d(width, ANCHORS * (5 + CLASSES), 1)
                                    for width in widths)

    def forward(self, maps):
        return tuple(level(x) for level, x in zip(self.levels, maps))


class DecoupledHead(nn.Module):
    """YOLOv8: boxes and classes by two branches of their own; boxes of all levels come first."""

    def __init__(self, widths):
        super().__init__()
        box = max(16, widths[0] // 4, 4 * REG_BINS)
        score = max(widths[0], min(CLASSES, 100))
        self.boxes = self.branches(widths, box, 4 * REG_BINS)
        self.scores = self.branches(widths, score, CLASSES)

    @staticmethod
    def branches(widths, hidden, outputs):
        return nn.ModuleList(nn.Sequential(Conv(width, hidden, 3), Conv(hidden, hidden, 3),
                                           nn.Conv2d(hidden, outputs, 1)) for width in widths)

    def forward(self, maps):
        branches = [*self.boxes, *self.scores]
        return tuple(branch(x) for branch, x in zip(branches, [*maps, *maps]))


class Detector(nn.Module):
    """Backbone, neck and head."""

    def __init__(self, backbone, neck, head):
        super().__init__()
        self.backbone = backbone
        self.neck = neck
        self.head = head

    def forward(self, image):
        return self.head(self.neck(*self.backbone(image)))


def yolov5(width, depth):
    """`width` is that of the stem; 32 and depth 1 are YOLOv5s."""
    widths = [width << level for level in range(5)]
    depths = [depth, 2 * depth, 3 * depth, depth]
    return Detector(Backbone(Conv(3, width, 6, 2, 2), C3, widths, depths),
                    PathAggregation(C3, widths[2:], depth, lateral=True),
                    CoupledHead(widths[2:]))


def yolov8(width, depth, widest):
    """`width` is that of the stem; no map is wider than `widest`."""
    widths = [min(width << level, widest) for level in range(5)]
    depths = [depth, 2 * depth, 2 * depth, depth]
    return Detector(Backbone(Conv(3, width, 3, 2), C2f, widths, depths),
                    PathAggregation(C2f, widths[2:], depth, lateral=False),
                    DecoupledHead(widths[2:]))
