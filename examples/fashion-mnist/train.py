#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the demo network and writes every data file of this folder.

Needs Debian's python3-torch and dataset-fashion-mnist (the demo itself needs neither):

    sudo apt-get install python3-torch python3-numpy dataset-fashion-mnist
    /usr/bin/python3 examples/fashion-mnist/train.py

Seeded and deterministic: on the same CPU type and with the same --threads a second run repeats the
losses. Another CPU rounds sums in another order and ends within a few tenths of a percent.
"""

import argparse
import collections
import gzip
import pathlib
import struct
import time

import numpy
import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
DATASET = pathlib.Path("/usr/share/datasets/fashion-mnist")
CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
           "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
# Of the training images in [0, 1]; network.yaml normalises with the same figures.
MEAN, STD = 0.2860, 0.3530
MAX_SHIFT = 2  # Pixels, of the augmentation.
CALIBRATION_IMAGES = 200
TEST_IMAGES = 1000


class ResidualBlock(nn.Module):
    """relu(bn(conv(relu(bn(conv(x))))) + shortcut(x))"""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(collections.OrderedDict([
                ("conv", nn.Conv2d(inputs, outputs, 1, stride, bias=False)),
                ("bn", nn.BatchNorm2d(outputs))]))

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


def make_network():
    return nn.Sequential(collections.OrderedDict([  # The names appear in imcc's reports.
        ("stem", nn.Conv2d(1, 16, 3, 1, 1, bias=False)),
        ("bn", nn.BatchNorm2d(16)),
        ("relu", nn.ReLU()),
        ("block1", ResidualBlock(16, 32, 2)),
        ("block2", ResidualBlock(32, 32, 1)),
        ("block3", ResidualBlock(32, 64, 2)),
        ("pool", nn.AdaptiveAvgPool2d(1)),
        ("flatten", nn.Flatten()),
        ("classifier", nn.Linear(64, len(CLASSES)))]))


def read_idx(path):
    data = gzip.decompress(path.read_bytes())
    rank = data[3]
    shape = struct.unpack(f">{rank}I", data[4:4 + 4 * rank])
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).reshape(shape)


def write_idx(path, array):
    """IDX as of the MNIST files; no time stamp and no name, so that the bytes are reproducible."""
    header = bytes([0, 0, 0x08, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(header + array.tobytes())


def read_set(folder, name):
    return (read_idx(folder / f"{name}-images-idx3-ubyte.gz"),
            read_idx(folder / f"{name}-labels-idx1-ubyte.gz"))


def write_samples(train, test):
    """200 class-balanced training images to calibrate with, 1,000 test images to measure with."""
    rng = numpy.random.default_rng(1)
    per_class = CALIBRATION_IMAGES // len(CLASSES)
    chosen = numpy.concatenate([rng.choice(numpy.flatnonzero(train[1] == c), per_class, False)
                                for c in range(len(CLASSES))])
    write_idx(HERE / "calibration/images-idx3-ubyte.gz", train[0][numpy.sort(chosen)])
    write_idx(HERE / "test/images-idx3-ubyte.gz", test[0][:TEST_IMAGES])
    write_idx(HERE / "test/labels-idx1-ubyte.gz", test[1][:TEST_IMAGES])
    (HERE / "labels.txt").write_text("\n".join(CLASSES) + "\n")


def to_input(images):
    pixels = torch.from_numpy(images.astype(numpy.float32))[:, None] / 255
    return (pixels - MEAN) / STD


def augment(batch, generator):
    """Shifts each image by up to MAX_SHIFT pixels and mirrors half of them."""
    n, _, height, width = batch.shape
    padded = nn.functional.pad(batch, [MAX_SHIFT] * 4, value=-MEAN / STD)[:, 0]
    shift = torch.randint(0, 2 * MAX_SHIFT + 1, (2, n, 1), generator=generator)
    rows = torch.arange(height) + shift[0]
    columns = torch.arange(width) + shift[1]
    mirrored = torch.rand(n, 1, generator=generator) < 0.5
    columns = torch.where(mirrored, columns.flip(1), columns)
    return padded[torch.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]][:, None]


def train_network(network, images, labels, epochs, batch_size):
    generator = torch.Generator().manual_seed(1)
    steps = len(labels) // batch_size
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4,
                                nesterov=True)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.3, total_steps=epochs * steps,
                                               pct_start=0.25)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(epochs):
        network.train()
        start, total = time.time(), 0.0
        order = torch.randperm(len(labels), generator=generator)
        for step in range(steps):
            pick = order[step * batch_size:(step + 1) * batch_size]
            optimiser.zero_grad()
            loss = loss_of(network(augment(images[pick], generator)), labels[pick])
            loss.backward()
            optimiser.step()
            rate.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs}: loss {total / steps:.4f}, "
              f"{time.time() - start:.0f} s", flush=True)


def accuracy(network, images, labels):
    network.eval()
    with torch.no_grad():
        found = torch.cat([network(part).argmax(1) for part in images.split(500)])
    return (found == labels).float().mean().item()


def export(network, path):
    # PRESERVE keeps the batch norms as nodes; folding them is the compiler's work.
    network = network.eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(network, torch.zeros(1, 1, 28, 28), str(path), opset_version=13,
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                      input_names=["image"], output_names=["logits"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", type=pathlib.Path, default=DATASET)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--samples-only", action="store_true",
                        help="write the image files, train nothing")
    arguments = parser.parse_args()

    train = read_set(arguments.dataset, "train")
    test = read_set(arguments.dataset, "t10k")
    write_samples(train, test)
    if arguments.samples_only:
        return

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    torch.use_deterministic_algorithms(True)
    network = make_network().to(memory_format=torch.channels_last)  # Faster, on oneDNN.
    print(f"{sum(p.numel() for p in network.parameters())} parameters")
    train_network(network, to_input(train[0]), torch.from_numpy(train[1].astype(numpy.int64)),
                  arguments.epochs, arguments.batch_size)
    images, labels = to_input(test[0]), torch.from_numpy(test[1].astype(numpy.int64))
    print(f"top-1 on all {len(labels)} test images: {accuracy(network, images, labels):.4f}")
    print(f"top-1 on the first {TEST_IMAGES}: "
          f"{accuracy(network, images[:TEST_IMAGES], labels[:TEST_IMAGES]):.4f}")
    export(network, HERE / "fashion_resnet.onnx")


if __name__ == "__main__":
    main()
