# Copyright 2026 The imcc authors
# SPDX-License-Identifier: Apache-2.0
"""The range that PyTorch 2.x's HistogramObserver is defined to find, in float64 and by other means.

Histograms are kept as cumulative counts, which are piecewise linear, so that growing is an
interpolation; the error of a step is integrated piece by piece. Unlike PyTorch, and like imcc, no
batch is forgotten while all values are equal.
"""
import numpy as np

BINS = 2048
CELLS = 128  # Of the fine grid, per bin.
STEPS = 256


class Histogram:
    def __init__(self):
        self.low, self.high = np.inf, -np.inf  # Edges; until they differ there are no bins.
        self.equal = 0
        self.counts = None

    def count(self, values):
        place = (values - self.low) * (BINS / (self.high - self.low))
        return np.bincount(np.clip(place.astype(int), 0, BINS - 1), minlength=BINS).astype(float)

    def add(self, values):
        values = values.astype(np.float64).ravel()
        low, high = min(self.low, values.min()), max(self.high, values.max())
        if self.counts is None:
            old = self.low
            self.low, self.high = low, high
            if low == high:
                self.equal += values.size
                return
            self.counts = self.count(np.full(self.equal, old)) if self.equal else np.zeros(BINS)
        else:
            self.grow(low, high)
        self.counts += self.count(values)

    def grow(self, low, high):
        if low == self.low and high == self.high:
            return
        cell = (self.high - self.low) / (BINS * CELLS)
        cells = np.ceil((high - low) / (BINS * cell))
        start = np.round((self.low - low) / cell)
        old_edges = start + CELLS * np.arange(BINS + 1)
        cumulative = np.concatenate([[0], np.cumsum(self.counts)])
        self.counts = np.diff(np.interp(cells * np.arange(BINS + 1), old_edges, cumulative))
        self.low, self.high = low, low + cells * BINS * cell

    def error(self, start, end):
        """L2 error of the steps over bins [start, end], positions in bins."""
        step = (end - start + 1) / STEPS
        begin = np.arange(BINS) - start
        first, last = (np.clip(np.floor(x / step), 0, STEPS - 1) for x in (begin, begin + 1))
        from_first = begin - (first + 0.5) * step
        to_last = begin + 1 - (last + 0.5) * step
        half = step / 2
        whole = 2 * half ** 3 / 3
        error = (half ** 3 - from_first ** 3) / 3 + (last - first - 1) * whole + (
            to_last ** 3 + half ** 3) / 3
        return float((self.counts * error).sum())

    def search(self):
        """The range, as multiples of bins."""
        if self.counts is None:
            return self.low, self.high
        cumulative = np.cumsum(self.counts)
        total = cumulative[-1]
        alpha, beta, start, end, least = 0.0, 1.0, 0, BINS - 1, np.inf
        while alpha < beta:
            low, high = alpha + 1e-5, beta - 1e-5
            left = int(np.searchsorted(cumulative, low * total, "left"))
            right = int(np.searchsorted(cumulative, high * total, "right")) - 1
            left, right = max(start, min(end, left)), min(end, max(start, right))
            new_start, new_end = start, end
            if left - start > end - right:
                new_start, alpha = left, low
            else:
                new_end, beta = right, high
            if (new_start, new_end) == (start, end):
                continue
            error = self.error(new_start, new_end)
            if error > least:
                break
            least, start, end = error, new_start, new_end
        width = (self.high - self.low) / BINS
        return self.low + width * start, self.low + width * (end + 1)


def search(batches):
    """The range found, within that of all values."""
    histogram = Histogram()
    for batch in batches:
        histogram.add(batch)
    low, high = histogram.search()
    return (max(low, min(float(b.min()) for b in batches)),
            min(high, max(float(b.max()) for b in batches)))
