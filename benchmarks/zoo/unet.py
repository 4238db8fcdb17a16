# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""U-Net for segmentation: four levels of halving, base width 64.

After Ronneberger et al., arXiv:1505.04597, in the form that mmsegmentation calls fcn_unet_s5-d16:
padded 3x3 convolutions with batch norm, bilinear upsampling and a 1x1 convolution on the way up,
one 3x3 convolution as head, 19 classes (Cityscapes).
"""
import torch
from torch import nn

WIDTH = 64
LEVELS = 4
CLASSES = 19


def conv(inputs, outputs, kernel=3):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
                         nn.BatchNorm2d(outputs), nn.ReLU())


def double_conv(inputs, outputs):
    return nn.Sequential(conv(inputs, outputs), conv(outputs, outputs))


class UNet(nn.Module):
    """Logits of CLASSES at every pixel."""

    def __init__(self):
        super().__init__()
        widths = [WIDTH << level for level in range(LEVELS + 1)]
        steps = list(zip(widths, widths[1:]))
        self.stem = double_conv(3, WIDTH)
        self.down = nn.ModuleList(double_conv(fine, coarse) for fine, coarse in steps)
        self.narrow = nn.ModuleList(conv(coarse, fine, 1) for fine, coarse in reversed(steps))
        self.up = nn.ModuleList(double_conv(2 * fine, fine) for fine, _ in reversed(steps))
        self.pool = nn.MaxPool2d(2)
        self.grow = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.head = nn.Sequential(conv(WIDTH, WIDTH), nn.Conv2d(WIDTH, CLASSES, 1))

    def forward(self, image):
        skips = [self.stem(image)]
        for down in self.down:
            skips.append(down(self.pool(skips[-1])))
        x = skips.pop()
        for narrow, up in zip(self.narrow, self.up):
            x = up(torch.cat([skips.pop(), narrow(self.grow(x))], 1))
        return self.head(x)
