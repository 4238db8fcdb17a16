# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Ranges that PyTorch 1.13's observers choose, as the outside witness of imcc's.

    torch_observers.py FOLDER [exact]

Reads FOLDER/batches.txt ("case count channels" a line) and FOLDER/values.f32 (all batches after
each other, channels innermost). Writes FOLDER/ranges.txt: a line "case scheme min max" for min_max,
whole (1.13's histogram observer), exact if asked for (the same without its int() of the edges) and
every channel of the per-channel observer (scheme is its number). Exits with 77 without torch 1.13.
"""
import pathlib
import sys

try:
    import numpy as np
    import torch
    from torch.ao.quantization import observer as observers
except ImportError:
    sys.exit(77)
if not torch.__version__.startswith('1.13'):
    sys.exit(77)


class Exact(observers.HistogramObserver):
    """PyTorch 2.0's change alone: the edges of the histogram are those of the range."""

    def forward(self, x):
        histc = torch.histc
        low, high = float('inf'), float('-inf')
        if not (self.min_val == float('inf') or self.min_val == self.max_val):
            low, high, _, _ = self._adjust_min_max(
                torch.min(x.min(), self.min_val), torch.max(x.max(), self.max_val),
                self.upsample_rate)
            low, high = low.item(), high.item()
        else:
            low, high = x.min().item(), x.max().item()

        def exact(values, bins, min, max, out=None):
            counts = histc(values, bins, min=low, max=high)
            if out is not None:
                out.copy_(counts)
            return counts

        torch.histc = exact
        try:
            return super().forward(x)
        finally:
            torch.histc = histc


def read_cases(folder):
    """The batches of each case as tensors of [pixel, channel]."""
    values = np.fromfile(folder / 'values.f32', np.float32)
    cases = {}
    begin = 0
    for line in (folder / 'batches.txt').read_text().splitlines():
        case, count, channels = line.split()
        batch = torch.from_numpy(values[begin:begin + int(count)]).reshape(-1, int(channels))
        cases.setdefault(case, []).append(batch)
        begin += int(count)
    return cases


def main():
    torch.set_num_threads(1)  # Threads wait for each other longer than they compute.
    folder = pathlib.Path(sys.argv[1])
    schemes = {'whole': observers.HistogramObserver}
    if 'exact' in sys.argv[2:]:
        schemes['exact'] = Exact
    with open(folder / 'ranges.txt', 'w') as out:
        for case, batches in read_cases(folder).items():
            histograms = {name: kind(dtype=torch.qint8) for name, kind in schemes.items()}
            limits = observers.MinMaxObserver(dtype=torch.qint8)
            channels = observers.PerChannelMinMaxObserver(ch_axis=1, dtype=torch.qint8)
            for batch in batches:
                for observer in (limits, channels, *histograms.values()):
                    observer(batch)
            print(case, 'min_max', limits.min_val.item(), limits.max_val.item(), file=out)
            for scheme, histogram in histograms.items():
                low, high = histogram._non_linear_param_search()
                print(case, scheme, low.item(), high.item(), file=out)
            for i, (low, high) in enumerate(zip(channels.min_val, channels.max_val)):
                print(case, i, low.item(), high.item(), file=out)


main()
