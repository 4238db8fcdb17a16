#!/usr/bin/python3
# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Throws damaged inputs at the command line, one per kind of mistake.

Every case must end with a non-zero exit code that is not a crash (no signal, not 70), one
"error:" line naming the cause, and no output folder. Prints a table of cause lines.
Usage: bad_input_check.py IMCC SOURCE_DIR
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

IMCC, SOURCE = sys.argv[1], sys.argv[2]
DEMO = os.path.join(SOURCE, "examples", "fashion-mnist")
failures = []


def small_model(**changes):
    """A 3x8x8 -> 4 classes network; keyword arguments damage it."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(8, changes.get("in_channels", 3), 3, 3)).astype(np.float32)
    dense = rng.normal(size=(8, 4)).astype(np.float32)
    nodes = [
        helper.make_node(changes.get("op", "Conv"), ["x", "w"], ["c"], name="conv",
                         pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"], name="relu"),
        helper.make_node("GlobalAveragePool", ["r"], ["g"], name="pool"),
        helper.make_node("Flatten", ["g"], ["f"], name="flatten"),
        helper.make_node("MatMul", ["f", "d"], ["y"], name="dense"),
    ]
    if changes.get("cycle"):
        nodes[0].input[0] = "r"
    initializers = [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(dense, "d")]
    if changes.get("drop_initializer"):
        initializers.pop(0)
    if changes.get("short_raw"):
        initializers[0].raw_data = initializers[0].raw_data[:-5]
    if changes.get("escape"):
        initializers[0].raw_data = b""
        initializers[0].data_location = TensorProto.EXTERNAL
        initializers[0].external_data.add(key="location", value="../../../etc/passwd")
    if changes.get("huge_initializer"):
        initializers[0].dims[:] = [2**31, 2**31, 3, 3]
    shape = changes.get("shape", [1, 3, 8, 8])
    graph = helper.make_graph(nodes, "small",
                              [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])],
                              initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    return model.SerializeToString()


def run(name, arguments, folder, expect="", code=None):
    out = os.path.join(folder, "out")
    result = subprocess.run([IMCC] + [a.replace("@OUT", out) for a in arguments], cwd=folder,
                            capture_output=True, text=True, timeout=120)
    lines = [line for line in result.stderr.splitlines() if "error:" in line]
    problems = []
    if result.returncode <= 0 or result.returncode in (70, 134, 139):
        problems.append(f"exit code {result.returncode}")
    if code is not None and result.returncode != code:
        problems.append(f"exit code {result.returncode}, docs/cli.md says {code}")
    if "\033" in result.stderr + result.stdout:
        problems.append("an escape sequence reaches the terminal")
    if len(lines) != 1:
        problems.append(f"{len(lines)} error lines: {result.stderr[-300:]!r}")
    if os.path.exists(out) and os.listdir(out):
        problems.append("left an output folder")
    if expect and not any(expect in line for line in lines):
        problems.append(f"expected {expect!r}")
    cause = lines[0].replace(folder + "/", "")[:150] if lines else ""
    print(f"{'FAIL' if problems else 'ok  '} {name:28} exit {result.returncode}  {cause}")
    if problems:
        failures.append((name, problems))


def model_case(name, data, expect="", arguments=(), code=None):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "m.onnx"), "wb") as file:
            file.write(data)
        run(name, ["compile", "m.onnx", "-o", "@OUT", "--random-calibration", *arguments], folder,
            expect, code)


def yaml_case(name, edit, expect="", prepare=None, code=None):
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "demo")
        shutil.copytree(DEMO, copy)
        path = os.path.join(copy, "network.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        edited = edit(text)
        assert edited != text or prepare, f"{name}: the edit changed nothing"
        with open(path, "w", encoding="utf-8") as file:
            file.write(edited)
        if prepare:
            prepare(copy)
        run(name, ["compile", "demo/network.yaml", "-o", "@OUT"], folder, expect, code)


def elf_cases():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "m.onnx"), "wb") as file:
            file.write(small_model())
        subprocess.run([IMCC, "compile", "m.onnx", "-o", "good", "--random-calibration"],
                       cwd=folder, check=True, capture_output=True)
        elf = subprocess.run(["find", "good", "-name", "model.elf"], cwd=folder, check=True,
                             capture_output=True, text=True).stdout.strip()
        model = os.path.dirname(elf)
        with open(os.path.join(folder, elf), "rb") as file:
            good = file.read()
        run("unknown layer", ["inspect", model, "--array", "comv"], folder, "comv")
        run("layer off the array", ["inspect", model, "--array", "pool"], folder, "depthwise unit")
        rng = np.random.default_rng(1)
        damaged = {"truncated ELF": good[:len(good) // 2], "empty ELF": b"",
                   "garbage ELF": rng.bytes(4096)}
        for i in range(8):
            flipped = bytearray(good)
            flipped[int(rng.integers(len(good)))] ^= 1 << int(rng.integers(8))
            damaged[f"bit-flipped ELF {i}"] = bytes(flipped)
        for name, data in damaged.items():
            with open(os.path.join(folder, elf), "wb") as file:
                file.write(data)
            run(name, ["run", model, "--frames", "1"], folder)
        with open(os.path.join(folder, model, "model.json"), "w", encoding="utf-8") as file:
            file.write('{"version": 1, "elf": "../../../etc/passwd"}')
        run("model.json escapes", ["run", model, "--frames", "1"], folder)


def replace(old, new):
    return lambda text: text.replace(old, new, 1)


def plain_model(nodes, inputs, outputs, initializers=()):
    info = lambda values: [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
                           for name, shape in values]
    graph = helper.make_graph(nodes, "plain", info(inputs), info(outputs), list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    return model.SerializeToString()


def budget_cases():
    """Small files that ask for much."""
    add = plain_model([helper.make_node("Add", ["a", "b"], ["y"], name="grow")],
                      [("a", [30000, 1]), ("b", [1, 30000])], [("y", [30000, 30000])])
    model_case("Add of row and column", add, "grow", code=5)
    pads = numpy_helper.from_array(np.array([0, 0, 5000, 5000, 0, 0, 5000, 5000], np.int64), "p")
    pad = plain_model([helper.make_node("Pad", ["x", "p"], ["y"], name="grow")],
                      [("x", [1, 3, 8, 8])], [("y", [1, 3, 10008, 10008])], [pads])
    model_case("pads of 5000", pad, "1x3x10008x10008", code=5)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "sparse.elf"), "wb") as file:
            file.truncate(3 << 30)
        run("3 GB of nothing", ["inspect", "sparse.elf"], folder, "is not an ELF file", 8)
        with open(os.path.join(SOURCE, "targets", "tiny.yaml"), encoding="utf-8") as file:
            tiny = file.read()
        for name, old, new in [("no DDR rate", "ddr: {value: 30.8, unit: GB/s",
                                "ddr: {value: 1e-300, unit: GB/s"),
                               ("DDR beyond addresses", "ddr_size: {value: 16, unit: MiB",
                                "ddr_size: {value: 65, unit: GiB"),
                               ("vast array", "rows: {value: 128, unit: rows",
                                "rows: {value: 65536, unit: rows")]:
            assert old in tiny, old
            with open(os.path.join(folder, "t.yaml"), "w", encoding="utf-8") as file:
                file.write(tiny.replace(old, new, 1))
            with open(os.path.join(folder, "m.onnx"), "wb") as file:
                file.write(small_model())
            run(name, ["compile", "m.onnx", "--target", "./t.yaml", "--random-calibration", "-o",
                       "@OUT"], folder, "must be between", 3)
    model_case("L1 of a byte", small_model(), "L1", ["--set", "l1_constraint=1"], 7)
    smallest_l1_case()


def smallest_l1_case():
    """The value that the refusal of an L1 names is enough, at once."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "m.onnx"), "wb") as file:
            file.write(small_model())
        command = [IMCC, "compile", "m.onnx", "-o", "out", "--random-calibration", "--set"]
        refused = subprocess.run(command + ["l1_constraint=1"], cwd=folder, capture_output=True,
                                 text=True, timeout=60)
        least = re.search(r"set l1_constraint to (\d+)", refused.stderr).group(1)
        result = subprocess.run(command + ["l1_constraint=" + least], cwd=folder,
                                capture_output=True, text=True, timeout=60)
        if result.returncode != 0:
            failures.append(("least L1", [result.stderr]))


def surplus_case():
    """What ONNX's checker would refuse, and imcc ignores, is a warning that names the node."""
    node = helper.make_node("Relu", ["x", "x"], ["y"], name="busy", speed=3)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "m.onnx"), "wb") as file:
            file.write(plain_model([node], [("x", [1, 3, 8, 8])], [("y", [1, 3, 8, 8])]))
        result = subprocess.run([IMCC, "compile", "m.onnx", "-o", "out", "--random-calibration"],
                                cwd=folder, capture_output=True, text=True, timeout=60)
        for expected in ("Relu 'busy': warning: has 2 inputs", "no attribute 'speed'"):
            if result.returncode != 0 or expected not in result.stderr:
                failures.append(("surplus of a node", [f"no {expected!r}: {result.stderr}"]))


def exit_code_cases():
    weights = numpy_helper.from_array(np.full((4, 3, 1, 1), np.nan, np.float32), "w")
    nan = plain_model([helper.make_node("Conv", ["x", "w"], ["y"], name="broken")],
                      [("x", [1, 3, 8, 8])], [("y", [1, 4, 8, 8])], [weights])
    model_case("weights of NaN", nan, "broken", code=4)
    escape = plain_model([helper.make_node("Frob\033[2Jnicate", ["x"], ["y"], name="\033]0;x\007")],
                         [("x", [1, 3, 8, 8])], [("y", [1, 3, 8, 8])])
    model_case("escapes in names", escape, "u001b", code=5)
    concat = plain_model([helper.make_node("Concat", ["a", "b"], ["y"], name="join", axis=1)],
                         [("a", [1, 3, 8, 8]), ("b", [1, 3, 8, 9])], [("y", [1, 6, 8, 8])])
    model_case("Concat of other widths", concat, "1x3x8x9 differ outside axis 1", code=4)
    yaml_case("wrong shape in the YAML", replace("[1, 1, 28, 28]", "[1, 1, 28, 29]"),
              "network.yaml", code=3)
    with tempfile.TemporaryDirectory() as folder:
        run("missing model", ["compile", "absent.onnx", "-o", "@OUT"], folder, "no such file", 9)
        with open(os.path.join(folder, "m.onnx"), "wb") as file:
            file.write(small_model())
        subprocess.run([IMCC, "compile", "m.onnx", "-o", "good", "--random-calibration"],
                       cwd=folder, check=True, capture_output=True)
        values = np.zeros((1, 3, 8, 8), np.float32)
        values[0, 0, 0, 5] = np.nan
        np.save(os.path.join(folder, "x.npy"), values)
        run("NaN input", ["run", "good/m/m", "--input", "x.npy"], folder, "value 5 is nan", 6)


def main():
    good = small_model()
    model_case("empty ONNX", b"")
    model_case("garbage ONNX", np.random.default_rng(2).bytes(5000))
    model_case("truncated ONNX", good[:len(good) // 2])
    model_case("cyclic graph", small_model(cycle=True), "conv")
    model_case("missing initialiser", small_model(drop_initializer=True), "conv")
    model_case("channel mismatch", small_model(in_channels=5), "conv")
    model_case("short raw data", small_model(short_raw=True), "w")
    model_case("2^31-sized dims", small_model(shape=[1, 3, 2**31 - 1, 2**31 - 1]))
    model_case("2^62 initialiser", small_model(huge_initializer=True))
    model_case("external data escapes", small_model(escape=True), "..")
    model_case("unknown operator", small_model(op="Frobnicate"), "Frobnicate")
    model_case("dynamic height", small_model(shape=[1, 3, "h", 8]))
    model_case("wrong --input-shape", good, arguments=["--input-shape", "1,3,eight,8"])
    model_case("unknown option", good, arguments=["--set", "enable_ircr=true"],
               code=3)
    model_case("unknown target", good, arguments=["--target", "quad513"])
    model_case("unknown pass", good, arguments=["--disable", "fold-batchnorm"])

    yaml_case("wrong md5", replace("    class: AxONNXModel",
                                   "    class: AxONNXModel\n    weight_md5: " + "0" * 32), "MD5")
    yaml_case("missing model file", replace(".onnx", "_gone.onnx"))
    yaml_case("YAML syntax", replace("models:", "models: ["))
    yaml_case("unknown key", replace("weight_path:", "weigth_path:"), "weigth_path")
    yaml_case("wrong type", replace("tiling_depth: 1", "tiling_depth: deep"), "tiling_depth")
    yaml_case("out of range", replace("tiling_depth: 1", "tiling_depth: 0"), "tiling_depth")
    yaml_case("duplicate key",
              replace("tiling_depth: 1", "tiling_depth: 1\n        tiling_depth: 1"))
    yaml_case("reservation with elf_in_ddr",
              replace("l2_reserved_nbytes_tasklist: 0", "l2_reserved_nbytes_tasklist: 1048576"),
              "l2_reserved_nbytes_tasklist")
    yaml_case("empty YAML", lambda text: "")
    yaml_case("deep YAML", lambda text: "[" * 20000)
    images = "calibration/images-idx3-ubyte.gz"
    yaml_case("missing images", lambda t: t, prepare=lambda d: os.remove(os.path.join(d, images)))

    def truncate(folder):
        with open(os.path.join(folder, images), "r+b") as file:
            file.truncate(1000)
    yaml_case("unreadable images", lambda t: t, prepare=truncate)
    elf_cases()
    budget_cases()
    exit_code_cases()
    surplus_case()

    for name, problems in failures:
        print(f"{name}: {'; '.join(problems)}", file=sys.stderr)
    return 1 if failures else 0


sys.exit(main())
