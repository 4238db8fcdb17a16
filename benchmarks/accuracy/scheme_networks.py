# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Every network and case of ../shared with one input, as a YAML file with ready inputs.

Calibration and evaluation never share a sample. Photos are those of coco128 (train2017 calibrates,
val2017 is evaluated), people cut out of them, or halves of the group photos of `faces`; where no
data of the right kind is at hand (sound), inputs are smooth noise, which the list says.
"""
import dataclasses
import os
import subprocess

import numpy as np
from PIL import Image

from networks import HALF, HERE, IMAGENET, SHARED

COCO = os.path.join(SHARED, "images", "coco128")
RAW = ((0, 0, 0), (1, 1, 1))  # Of 0..255; all others are of 0..1.
UNIT = ((0, 0, 0), (1, 1, 1))


@dataclasses.dataclass
class Real:
    file: str
    size: tuple  # Height and width.
    normalize: tuple = UNIT
    scale: float = 1 / 255
    color: str = "RGB"
    photos: str = "coco"  # Or people, faces, noise.
    layout: str = "NCHW"
    calibration: int = 100
    evaluation: int = 32

    @property
    def path(self):
        return os.path.join(SHARED, "models", self.file)


def raw(file, size, **more):
    return Real("real/" + file, size, RAW, 1, **more)


REAL = [
    Real("mobilenetv2_1.0_224.onnx", (224, 224), HALF),
    Real("squeezenet1.1.onnx", (224, 224), IMAGENET, evaluation=64),
    Real("resnet20_cifar10_jpeg.onnx", (32, 32), IMAGENET, photos="cifar", evaluation=500),
    Real("resnet8_cifar10.onnx", (32, 32), RAW, 1, photos="cifar", evaluation=500),
    Real("deeplabv3_mnv2_voc_513.onnx", (513, 513), HALF, calibration=40, evaluation=8),
    Real("ch_PP-OCRv4_det_infer.onnx", (480, 480), IMAGENET, color="BGR", calibration=50,
         evaluation=12),
    Real("ultraface_RFB-320.onnx", (240, 320), HALF, photos="faces"),
    Real("real/deeplabv3_default1.onnx", (257, 257), HALF, layout="NHWC", evaluation=16),
    Real("real/fastestdet.onnx", (352, 352), color="BGR"),
    Real("real/kws_dscnn.onnx", (49, 10), photos="noise", evaluation=300),
    raw("lw_person_det.onnx", (192, 192), color="BGR"),
    Real("real/mp_face_detection_short_range.onnx", (128, 128), HALF, photos="faces"),
    Real("real/mp_face_landmark.onnx", (192, 192), photos="faces"),
    Real("real/nanodet_m_320.onnx", (320, 320), IMAGENET, color="BGR"),
    raw("nanotrack2_backbone.onnx", (255, 255), color="BGR"),
    raw("naruto_yolox_nano.onnx", (416, 416), color="BGR", calibration=50, evaluation=16),
    Real("real/osnet_x0_25.onnx", (256, 128), IMAGENET, photos="people"),
    Real("real/oww_embedding_model.onnx", (76, 32), photos="noise", layout="NHWC",
         evaluation=128),
    Real("real/pan_mnv3small_sim.onnx", (512, 512), IMAGENET, calibration=40, evaluation=8),
    raw("person_reid_0287.onnx", (256, 128), color="BGR", photos="people", layout="NHWC"),
    Real("real/ppocr_cls.onnx", (48, 192), HALF, color="BGR", evaluation=64),
    Real("real/squeezenet_fp16.onnx", (224, 224), IMAGENET, evaluation=64),
    Real("real/xfeat_320x224.onnx", (224, 320)),
    raw("yunet_n_320.onnx", (320, 320), color="BGR", photos="faces"),
]

# Name, arguments of gen.py. Left out: several inputs, and what imcc cannot compile.
CASES = [("batch4",), ("chanpad",), ("convt",), ("ct",), ("denormal", "1e-38", "0.1"),
         ("dwrange", "silu"), ("dwrange", "relu"), ("dwrange", "hswish"), ("fpn_odd",), ("gate",),
         ("gate2",), ("mask1",), ("onescore",), ("qconst",), ("qdq_u8",), ("replk",), ("shuffle",),
         ("spp",), ("swin",)]


def people(folder):
    """Every person of at least 64 pixels, cut out."""
    for name in sorted(os.listdir(os.path.join(COCO, folder))):
        labels = os.path.join(COCO, "labels_" + folder, name[:-4] + ".txt")
        if not os.path.exists(labels):
            continue
        image = Image.open(os.path.join(COCO, folder, name)).convert("RGB")
        w, h = image.size
        with open(labels) as file:
            for line in file:
                kind, x, y, bw, bh = map(float, line.split())
                if kind == 0 and bh * h >= 64:
                    yield image.crop((int((x - bw / 2) * w), int((y - bh / 2) * h),
                                      int((x + bw / 2) * w), int((y + bh / 2) * h)))


def photos(kind, calibrating):
    if kind == "people":
        return list(people("train2017" if calibrating else "val2017"))
    if kind == "cifar":
        file = "cifar10_train_calib_500x3x32x32.u8" if calibrating else "cifar10_2500x3x32x32.u8"
        pixels = np.fromfile(os.path.join(SHARED, "images", file), np.uint8)
        return [Image.fromarray(chw.transpose(1, 2, 0)) for chw in pixels.reshape(-1, 3, 32, 32)]
    if kind == "coco":
        folder = os.path.join(COCO, "train2017" if calibrating else "val2017")
        return [Image.open(os.path.join(folder, name)).convert("RGB")
                for name in sorted(os.listdir(folder))]
    folder = os.path.join(SHARED, "images", "faces")
    images = [Image.open(os.path.join(folder, name)).convert("RGB")
              for name in sorted(os.listdir(folder))]
    random = np.random.RandomState(1 + calibrating)
    crops = []
    for image in images[0::2] if calibrating else images[1::2]:
        for size in random.uniform(0.15, 1, 15) * min(image.size):
            left, top = (int(random.uniform(0, side - size)) for side in image.size)
            crops.append(image.crop((left, top, left + int(size), top + int(size))))
    return crops


def inputs(network, calibrating):
    count = network.calibration if calibrating else network.evaluation
    if network.photos == "noise":
        values = np.random.RandomState(calibrating).randn(count, 1, *network.size)
        for axis in (2, 3):
            values = (values + np.roll(values, 1, axis)) / 2 ** 0.5
    else:
        mean, deviation = (np.array(v, np.float32) for v in network.normalize)
        values = []
        for image in photos(network.photos, calibrating)[:count]:
            pixels = np.asarray(image.resize(network.size[::-1], Image.BILINEAR), np.float32)
            if network.color == "BGR":
                pixels = pixels[..., ::-1]
            values.append((pixels * network.scale - mean) / deviation)
        values = np.stack(values).transpose(0, 3, 1, 2)
    return values.transpose(0, 2, 3, 1) if network.layout == "NHWC" else values


def write_yaml(folder, name, model, shape, calibration, evaluation):
    yaml = os.path.join(folder, name + ".yaml")
    with open(yaml, "w") as file:
        file.write(f"""name: {name}
pipeline: [{{{name}: {{input: {{type: image}}}}}}]
models:
  {name}:
    class: AxONNXModel
    weight_path: {model}
{f'    input_tensor_shape: {list(shape)}' if shape else ''}
    dataset: data
datasets:
  data: {{cal_data: {calibration}, val_data: {evaluation}}}
""")
    return yaml


def write_real(folder, network):
    name = os.path.basename(network.file)[:-5].replace(".", "_").replace("-", "_")
    files = []
    for calibrating in (True, False):
        files.append(os.path.join(folder, f"{name}_{calibrating}.npy"))
        values = np.ascontiguousarray(inputs(network, calibrating), np.float32)
        np.save(files[-1], values)
    yield name, write_yaml(folder, name, network.path, (1,) + values.shape[1:], *files)


def write_case(folder, case, *arguments):
    """The case's own calibration data, every other sample evaluated (all, of very few)."""
    import onnx
    name = "_".join((case,) + (arguments if case == "dwrange" else ()))
    folder = os.path.join(folder, name)
    os.makedirs(folder, exist_ok=True)
    script = os.path.join(SHARED, "cases", case, "gen.py")
    subprocess.run(["/usr/bin/python3", script, *arguments], cwd=folder, check=True)
    if case == "gate2":
        gate = os.path.join(SHARED, "cases", "gate", "gen.py")
        subprocess.run(["/usr/bin/python3", gate], cwd=folder, check=True)
        os.remove(os.path.join(folder, "gate.onnx"))
    for model in sorted(f for f in os.listdir(folder) if f.endswith(".onnx")):
        stem = name if model == "model.onnx" else model[:-5]
        shape = [d.dim_value for d in
                 onnx.load(os.path.join(folder, model)).graph.input[0].type.tensor_type.shape.dim]
        given = [f for f in ("calib.npy", "cal.npy") if os.path.exists(os.path.join(folder, f))]
        if given:
            values = np.load(os.path.join(folder, given[0]))
        else:
            values = np.random.RandomState(0).randn(128, *shape[1:]).astype(np.float32)
        parts = [values, values] if len(values) < 4 else [values[0::2], values[1::2]]
        files = [os.path.join(folder, f"{stem}_{i}.npy") for i in range(2)]
        for file, part in zip(files, parts):
            np.save(file, part)
        yield stem, write_yaml(folder, stem, os.path.join(folder, model), [1] + shape[1:], *files)


def write_all(folder, wanted):
    """(name, YAML file) of every network, or of those whose name begins with one that is wanted."""
    begins = lambda name: not wanted or any(name.startswith(word) for word in wanted)
    for network in REAL:
        if begins(os.path.basename(network.file)[:-5].replace(".", "_").replace("-", "_")):
            yield from write_real(folder, network)
    for case in CASES:
        if begins(case[0]):
            yield from write_case(folder, *case)
