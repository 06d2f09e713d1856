"""Builds the target's profile HMM from the template library itself.

The engine has no sequence database, but every template comes with the profile of its whole family. Columns of
confident homologues are mixed into the target's own sequence, weighted by identity and by the posterior
probability of each aligned pair; the second search with this profile aligns better than the bare sequence.
"""

from __future__ import annotations

import numpy as np

from .hhm import BACKGROUND, hhm_text
from .hhr import Hit
from .library import Library
from .profiles import AMINO_ACIDS, FREQUENCY_SCALE

# Chosen on training chains; see docs/homology-accuracy.md.
MIN_PROBABILITY = 90.0
MAX_HOMOLOGUES = 10
OWN_WEIGHT = 1.0


def query_profile(sequence: str, hits: list[Hit], library: Library) -> str | None:
    """HMM text of the target, or None when no hit is a confident homologue. ``hits``: best first, allowed ones only."""
    homologues = [hit for hit in hits if hit.probability >= MIN_PROBABILITY][:MAX_HOMOLOGUES]
    if not homologues:
        return None
    counts = np.zeros((len(sequence), len(AMINO_ACIDS)))
    for position, letter in enumerate(sequence):
        column = AMINO_ACIDS.find(letter)
        if column < 0:
            counts[position] = OWN_WEIGHT * BACKGROUND
        else:
            counts[position, column] = OWN_WEIGHT
    for hit in homologues:
        frequencies = emissions(library.hhm(hit.name))
        for target, template, column in hit.pairs():
            digit = hit.confidence[column]
            if digit.isdigit():
                counts[target] += hit.identity * int(digit) / 9 * frequencies[template]
    mixed = counts / counts.sum(axis=1, keepdims=True)
    return hhm_text("target", sequence, np.round(mixed * FREQUENCY_SCALE).astype(np.uint16))


def emissions(hmm: str) -> np.ndarray:
    """Match-state frequencies of an HMM that ``hhm_text`` wrote: (length, 20)."""
    rows = []
    for line in hmm[hmm.index("\nHMM ") :].split("\n")[4:]:
        fields = line.split("\t")
        if len(fields) == len(AMINO_ACIDS) + 2:
            rows.append([0.0 if value == "*" else 2.0 ** (-int(value) / 1000) for value in fields[1:-1]])
    return np.array(rows)
