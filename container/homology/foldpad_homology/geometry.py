"""Coordinate measures on CA atoms. Arrays are (length, 3) in Angstrom; rows of NaN are missing residues."""

from __future__ import annotations

import numpy as np

# lDDT: inclusion radius and tolerances of Mariani et al. 2013 (doi:10.1093/bioinformatics/btt473).
INCLUSION_RADIUS = 15.0
TOLERANCES = (0.5, 1.0, 2.0, 4.0)


def ca_lddt(model: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Per-residue CA-lDDT (0..1) of ``model`` against ``reference``; NaN where it is undefined.

    Only residues present in both count, so missing residues are not punished here.
    """
    present = ~np.isnan(model[:, 0]) & ~np.isnan(reference[:, 0])
    index = np.flatnonzero(present)
    result = np.full(len(model), np.nan)
    if len(index) < 2:
        return result
    reference_distance = distances(reference[index])
    difference = np.abs(reference_distance - distances(model[index]))
    included = (reference_distance < INCLUSION_RADIUS) & ~np.eye(len(index), dtype=bool)
    score = sum((difference < tolerance).astype(float) for tolerance in TOLERANCES) / len(TOLERANCES)
    count = included.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        result[index] = np.where(count > 0, (score * included).sum(axis=1) / count, np.nan)
    return result


def distances(positions: np.ndarray) -> np.ndarray:
    """All pairwise distances, (n, n)."""
    squared = (positions**2).sum(axis=1)
    product = squared[:, None] + squared[None, :] - 2 * positions @ positions.T
    return np.sqrt(np.clip(product, 0, None))


def place(positions: np.ndarray, pairs: list[tuple[int, int]], length: int) -> np.ndarray:
    """Template CA positions moved to the target's numbering: (length, 3), NaN where nothing is aligned."""
    placed = np.full((length, 3), np.nan)
    if pairs:
        target, template = np.array(pairs).T
        placed[target] = positions[template]
    return placed
