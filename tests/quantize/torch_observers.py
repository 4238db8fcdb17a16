# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""Ranges that PyTorch 1.13's observers choose, as the outside witness of imcc's.

    torch_observers.py FOLDER

Reads FOLDER/batches.txt ("case batch count" a line) and FOLDER/values.f32 (all batches after each
other). Writes FOLDER/ranges.txt: a line "case scheme min max" for min_max, whole (1.13's histogram
observer) and exact (the same without its int() of the edges). Exits with 77 without torch 1.13.
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


def main():
    folder = pathlib.Path(sys.argv[1])
    values = np.fromfile(folder / 'values.f32', np.float32)
    cases = {}
    begin = 0
    for line in (folder / 'batches.txt').read_text().splitlines():
        case, _, count = line.split()
        cases.setdefault(case, []).append(torch.from_numpy(values[begin:begin + int(count)]))
        begin += int(count)
    with open(folder / 'ranges.txt', 'w') as out:
        for case, batches in cases.items():
            both = {'whole': observers.HistogramObserver(dtype=torch.qint8),
                    'exact': Exact(dtype=torch.qint8)}
            limits = observers.MinMaxObserver(dtype=torch.qint8)
            for batch in batches:
                limits(batch)
                for histogram in both.values():
                    histogram(batch)
            print(case, 'min_max', limits.min_val.item(), limits.max_val.item(), file=out)
            for scheme, histogram in both.items():
                low, high = histogram._non_linear_param_search()
                print(case, scheme, low.item(), high.item(), file=out)


main()
