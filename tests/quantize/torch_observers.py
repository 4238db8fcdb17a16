# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Ranges that imcc's observers must choose: of PyTorch, and of a model where Debian's is too old.

    torch_observers.py FOLDER

Reads FOLDER/batches.txt ("case count channels" a line) and FOLDER/values.f32 (all batches after
each other, channels innermost). Writes FOLDER/ranges.txt: a line "case scheme min max" for search
(PyTorch 2.x's histogram observer, histogram_model.py), min_max and every channel of the per-channel
observer (scheme is its number), the latter by PyTorch 1.13. Exits with 77 without torch.
"""
import pathlib
import sys

try:
    import numpy as np
    import torch
    from torch.ao.quantization import observer as observers
except ImportError:
    sys.exit(77)

import histogram_model


def read_cases(folder):
    """The batches of each case as arrays of [pixel, channel]."""
    values = np.fromfile(folder / 'values.f32', np.float32)
    cases = {}
    begin = 0
    for line in (folder / 'batches.txt').read_text().splitlines():
        case, count, channels = line.split()
        batch = values[begin:begin + int(count)].reshape(-1, int(channels))
        cases.setdefault(case, []).append(batch)
        begin += int(count)
    return cases


def main():
    torch.set_num_threads(1)  # Threads wait for each other longer than they compute.
    folder = pathlib.Path(sys.argv[1])
    with open(folder / 'ranges.txt', 'w') as out:
        for case, batches in read_cases(folder).items():
            limits = observers.MinMaxObserver(dtype=torch.qint8)
            channels = observers.PerChannelMinMaxObserver(ch_axis=1, dtype=torch.qint8)
            for batch in batches:
                for observer in (limits, channels):
                    observer(torch.from_numpy(batch))
            print(case, 'search', *histogram_model.search(batches), file=out)
            print(case, 'min_max', limits.min_val.item(), limits.max_val.item(), file=out)
            for i, (low, high) in enumerate(zip(channels.min_val, channels.max_val)):
                print(case, i, low.item(), high.item(), file=out)


main()
