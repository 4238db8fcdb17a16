#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Calibration's images a second beside ONNX Runtime's float inferences a second, in one run.

imcc decodes, preprocesses, runs the float network, observes every tensor and sums what bias
correction needs; ONNX Runtime gets ready inputs. Both use all cores: imcc an image a thread, ONNX
Runtime its threads within an operator. Start-up and writing are left out of imcc's time by the
difference of many and few images. Rounds alternate, since other work on the machine hits both; the
fastest of each counts. Processor time an image is the steadier figure on a shared machine: ONNX
Runtime's is measured on one thread, since threads of it that wait spin. Peak RSS is that of the
whole `imcc quantize`. Needs
benchmarks/ort_witness/setup.sh. Usage: throughput.py IMCC [--rounds N] [--few N] [--many N]
[--set OPTION=VALUE]... [network...]
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "accuracy"))
from networks import NETWORKS, SHARED, samples, write_yaml  # noqa: E402

RUN = os.path.join(HERE, "..", "ort_witness", "run.mjs")


def children_cpu():
    """Processor seconds of all child processes so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def calibration_seconds(imcc, yaml, folder, images, settings):
    """Wall-clock and CPU seconds and peak RSS in MiB of `imcc quantize` on so many images."""
    command = [imcc, "quantize", yaml, "-o", folder + "/q.onnx", "--calibration-limit", str(images),
               "--json"] + [word for option in settings for word in ("--set", option)]
    cpu = children_cpu()
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0  # Of the program itself: getrusage would count Python before exec.
    while child.poll() is None:
        with open(f"/proc/{child.pid}/status") as status:
            peak = max([peak] + [int(line.split()[1]) for line in status if "VmHWM" in line])
        time.sleep(0.01)
    if child.returncode != 0:
        raise RuntimeError(" ".join(command))
    return time.perf_counter() - begin, children_cpu() - cpu, peak / 1024


def run_ort(model, inputs, folder, threads, repeat=1):
    """Wall-clock seconds of one inference, the mean over the inputs, and CPU seconds of all."""
    np.stack(inputs).tofile(folder + "/x.f32")
    cpu = children_cpu()
    result = subprocess.run(["node", RUN, "--frames", str(len(inputs)), "--threads", str(threads),
                             "--repeat", str(repeat), model, folder + "/y", folder + "/x.f32"],
                            check=True, capture_output=True, text=True)
    return json.loads(result.stdout)["milliseconds"] / 1000, children_cpu() - cpu


def all_images(folder, name):
    """The YAML with all images as calibration data: more than the 200 that accuracy leaves."""
    yaml = write_yaml(folder, name)
    if not NETWORKS[name].cifar:
        with open(yaml) as file:
            text = file.read()
        photos = os.path.join(SHARED, "images", "imagenet500")
        with open(yaml, "w") as file:
            file.write(text.replace(os.path.join(folder, "calibration.txt"), photos)
                       .replace("cal_data:", "repr_imgs_dir_path:"))
    return yaml


class Fastest:
    """The least of each figure over the rounds."""

    def __init__(self):
        self.figures = {}

    def add(self, **figures):
        for key, value in figures.items():
            self.figures[key] = min(value, self.figures.get(key, value))

    def __getitem__(self, key):
        return self.figures[key]


def measure(imcc, name, arguments):
    inputs = samples(name)[0][:100]
    with tempfile.TemporaryDirectory() as folder:
        yaml = all_images(folder, name)
        few, many, ort, memory = Fastest(), Fastest(), Fastest(), []
        for _ in range(arguments.rounds):
            model = NETWORKS[name].path
            ort.add(seconds=run_ort(model, inputs, folder, os.cpu_count())[0],
                    once=run_ort(model, inputs, folder, 1)[1],
                    thrice=run_ort(model, inputs, folder, 1, 3)[1])
            for images, fastest in ((arguments.few, few), (arguments.many, many)):
                elapsed, cpu, peak = calibration_seconds(imcc, yaml, folder, images, arguments.set)
                fastest.add(seconds=elapsed, cpu=cpu)
                memory.append(peak)
    images = arguments.many - arguments.few
    return (images / (many["seconds"] - few["seconds"]), 1 / ort["seconds"],
            1000 * (many["cpu"] - few["cpu"]) / images,
            1000 * (ort["thrice"] - ort["once"]) / (2 * len(inputs)),
            max(memory[::2]), max(memory[1::2]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imcc")
    parser.add_argument("networks", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--few", type=int, default=50)
    parser.add_argument("--many", type=int, default=400)
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_intermixed_args()
    print(f"{'network':14} {'imcc img/s':>11} {'ORT img/s':>10} {'ratio':>6} {'imcc CPU ms':>12} "
          f"{'ORT CPU ms':>11} {'ratio':>6} "
          f"{f'MiB at {arguments.few}':>10} {f'MiB at {arguments.many}':>11}")
    for name in arguments.networks or NETWORKS:
        imcc, ort, imcc_cpu, ort_cpu, small, large = measure(os.path.abspath(arguments.imcc), name,
                                                             arguments)
        print(f"{name:14} {imcc:11.1f} {ort:10.1f} {imcc / ort:6.2f} {imcc_cpu:12.3f} "
              f"{ort_cpu:11.3f} {ort_cpu / imcc_cpu:6.2f} {small:10.0f} {large:11.0f}",
              flush=True)


if __name__ == "__main__":
    main()
