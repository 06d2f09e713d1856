"""Estimated CA-lDDT: how right each residue of a model is likely to be, from 0 to 1.

Features come from the alignment, the search, the model's own packing, and the agreement of the model with the
other templates found; the weights were fitted to true CA-lDDT of models of chains with known structure.
"""

from __future__ import annotations

import numpy as np

from . import regression
from .candidates import Candidate
from .geometry import ca_lddt, distances
from .substitution import blosum62

MAX_OTHERS = 8
FEATURES = [
    "aligned", "gap_distance", "end_distance", "posterior", "posterior_9", "blosum_5", "blosum_15", "identity_9",
    "identity", "probability", "sum_probs", "score", "similarity", "coverage", "neighbours", "agreement",
    "agreement_mean", "agreement_spread", "agreement_support", "log_length", "aligned_15",
]
_MIN_SHARED = 20


def features(candidate: Candidate, model: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    """Feature matrix (target length, len(FEATURES)).

    ``model``: CA positions (length, 3), NaN where not modelled. ``others``: the same for each other template,
    moved to target numbering with ``geometry.place``.
    """
    length = candidate.length
    columns = _alignment_columns(candidate)
    aligned = columns["aligned"]
    hit = candidate.hit
    count = max(1, hit.aligned)
    modelled = ~np.isnan(model[:, 0])
    agreement, mean, spread, support = _agreement(model, others)
    index = np.arange(length)
    ends = np.flatnonzero(modelled)
    end_distance = np.minimum(np.minimum(index - ends[0], ends[-1] - index), 15) if len(ends) else np.zeros(length)
    constant = {
        "identity": candidate.identity,
        "probability": hit.probability / 100,
        "sum_probs": hit.sum_probs / count,
        "score": hit.score / count,
        "similarity": hit.similarity,
        "coverage": candidate.coverage,
        "agreement_mean": mean,
        "log_length": np.log(length),
    }
    table = columns | {
        "gap_distance": _distance_to(aligned == 0, 10),
        "end_distance": np.maximum(end_distance, 0),
        "posterior_9": smooth(columns["posterior"], 9),
        "blosum_5": smooth(columns["blosum"], 5),
        "blosum_15": smooth(columns["blosum"], 15),
        "identity_9": smooth(columns["same"], 9),
        "aligned_15": smooth(aligned, 15),
        "neighbours": _neighbours(model),
        "agreement": agreement,
        "agreement_spread": spread,
        "agreement_support": support,
    } | {name: np.full(length, value) for name, value in constant.items()}
    return np.stack([table[name] for name in FEATURES], axis=1)


def estimate(candidate: Candidate, model: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    """Estimated CA-lDDT, 0..1, for every target residue; NaN where there is no model."""
    values = regression.load("confidence", FEATURES).predict(features(candidate, model, others))
    return np.where(np.isnan(model[:, 0]), np.nan, values)


def smooth(values: np.ndarray, window: int) -> np.ndarray:
    """Mean over a centred window that shrinks at the ends."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    low = np.maximum(index - window // 2, 0)
    high = np.minimum(index + window // 2 + 1, len(values))
    return (total[high] - total[low]) / (high - low)


def _alignment_columns(candidate: Candidate) -> dict[str, np.ndarray]:
    """Per target residue: aligned (0/1), same residue (0/1), BLOSUM62 score, HMM posterior (0..1)."""
    length = candidate.length
    columns = {name: np.zeros(length) for name in ("aligned", "same", "posterior")}
    columns["blosum"] = np.full(length, -4.0)
    position = 0
    for q, t in zip(candidate.query_row, candidate.template_row):
        if q != "-" and t != "-":
            columns["aligned"][position] = 1
            columns["same"][position] = q == t
            columns["blosum"][position] = blosum62(q, t)
        position += q != "-"
    hit = candidate.hit
    for target, _, column in hit.pairs():
        digit = hit.confidence[column]
        columns["posterior"][target] = (int(digit) + 0.5) / 10 if digit.isdigit() else 0.0
    return columns


def _distance_to(flags: np.ndarray, limit: int) -> np.ndarray:
    """Distance along the chain to the nearest flagged residue, at most ``limit``."""
    flagged = np.flatnonzero(flags)
    if len(flagged) == 0:
        return np.full(len(flags), float(limit))
    index = np.arange(len(flags))
    after = np.searchsorted(flagged, index)
    right = np.abs(flagged[np.minimum(after, len(flagged) - 1)] - index)
    left = np.abs(flagged[np.maximum(after - 1, 0)] - index)
    return np.minimum(np.minimum(left, right), limit).astype(float)


def _neighbours(model: np.ndarray) -> np.ndarray:
    """Number of other modelled CA atoms within 10 Angstrom (burial), 0 where there is no model."""
    result = np.zeros(len(model))
    index = np.flatnonzero(~np.isnan(model[:, 0]))
    if len(index):
        result[index] = (distances(model[index]) < 10).sum(axis=1) - 1
    return result


def _agreement(model: np.ndarray, others: list[np.ndarray]) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
    """CA-lDDT of the model against each other template: mean, overall mean, spread, share of templates that cover."""
    length = len(model)
    modelled = ~np.isnan(model[:, 0])
    scores = [ca_lddt(model, other) for other in others if (modelled & ~np.isnan(other[:, 0])).sum() > _MIN_SHARED]
    if not scores:
        # 0.6: what single-template models reach on average; the support feature says that nothing backs it.
        return np.full(length, 0.6), 0.6, np.zeros(length), np.zeros(length)
    table = np.array(scores)
    have = ~np.isnan(table)
    number = have.sum(axis=0)
    filled = np.where(have, table, 0.0)
    mean = filled.sum(axis=0) / np.maximum(number, 1)
    spread = np.sqrt(np.maximum((filled**2).sum(axis=0) / np.maximum(number, 1) - mean**2, 0))
    overall = float(mean[number > 0].mean())
    return np.where(number > 0, mean, overall - 0.1), overall, spread, number / MAX_OTHERS
