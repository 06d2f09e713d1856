"""Translates profiles into HH-suite's 219-letter column-state alphabet, which HHblits' prefilter searches.

Debian's ``cstranslate`` reads alignments only, and the library has none, so the states are computed here
from the frequencies, with the state library that hhsuite-data ships (``cs219.lib``): each column gets the
state of highest posterior, log prior + weight * sum_a f(a) log p_state(a)  (Remmert et al. 2012).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .profiles import AMINO_ACIDS

# How many observations a column counts for when its state is chosen.
COLUMN_WEIGHT = 6.0


class StateLibrary:
    """The 219 states: ``log_probabilities`` (219, 20) in ``AMINO_ACIDS`` order and ``log_priors`` (219,)."""

    def __init__(self, path: Path) -> None:
        priors: list[float] = []
        rows: list[list[float]] = []
        order: list[str] = []
        for line in path.read_text().splitlines():
            fields = line.split("\t")
            if fields[0] == "PRIOR":
                priors.append(float(fields[1]))
            elif fields[0] == "PROBS":
                order = fields[1:]
            elif fields[0] == "1":
                rows.append([2.0 ** (-float(value) / 1000) for value in fields[1:]])
        table = np.array(rows)[:, [order.index(letter) for letter in AMINO_ACIDS]]
        self.log_probabilities = np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)
        self.log_priors = np.log(np.array(priors)).astype(np.float32)

    def translate(self, frequencies: np.ndarray) -> bytes:
        """``frequencies``: (length, 20) floats. Returns one byte (0..218) per column."""
        scores = frequencies.astype(np.float32) @ (COLUMN_WEIGHT * self.log_probabilities.T) + self.log_priors
        return scores.argmax(axis=1).astype(np.uint8).tobytes()
