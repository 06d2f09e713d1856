"""Chooses templates by the quality that their models can be expected to have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import regression
from .candidates import Candidate
from .confidence import MAX_OTHERS
from .geometry import ca_lddt, place
from .library import Library

FEATURES = [
    "probability", "coverage", "identity", "sum_probs", "score", "similarity", "log_length", "agreement",
    "agreement_support", "gaps",
]
# Candidates beyond this many are neither built nor asked for agreement: they cost time and add nothing.
MAX_CANDIDATES = 24
# A hit below this probability is noise more often than not (HHsearch's own calibration).
MIN_PROBABILITY = 20.0
MIN_ALIGNED = 20
_MIN_SHARED = 20


@dataclass(frozen=True)
class RankedCandidate:
    """A candidate, its template moved to target numbering, and the TM-score its model is expected to reach."""

    candidate: Candidate
    placed: np.ndarray
    expected_tm: float

    @property
    def name(self) -> str:
        return self.candidate.hit.name


def consider(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates worth a closer look: the first ones, in search order, that are not noise."""
    kept = [c for c in candidates if c.hit.probability >= MIN_PROBABILITY and len(c.pairs) >= MIN_ALIGNED]
    return kept[:MAX_CANDIDATES]


def features(candidates: list[Candidate], placed: list[np.ndarray]) -> np.ndarray:
    """(n, len(FEATURES)): the search's numbers, and agreement (CA-lDDT) with up to 8 better hits."""
    rows = []
    for number, candidate in enumerate(candidates):
        hit = candidate.hit
        count = max(1, hit.aligned)
        scores = []
        for other in range(len(candidates)):
            if other == number or len(scores) == MAX_OTHERS:
                continue
            shared = ~np.isnan(placed[number][:, 0]) & ~np.isnan(placed[other][:, 0])
            if shared.sum() > _MIN_SHARED:
                scores.append(float(np.nanmean(ca_lddt(placed[number], placed[other]))))
        table = {
            "probability": hit.probability / 100,
            "coverage": candidate.coverage,
            "identity": candidate.identity,
            "sum_probs": hit.sum_probs / count,
            "score": hit.score / count,
            "similarity": hit.similarity,
            "log_length": np.log(candidate.length),
            "agreement": np.mean(scores) if scores else 0.6,
            "agreement_support": len(scores) / MAX_OTHERS,
            "gaps": (len(candidate.query_row) + candidate.template_row.strip("-").count("-") - candidate.length)
            / candidate.length,
        }
        rows.append([table[name] for name in FEATURES])
    return np.array(rows, dtype=float).reshape(len(rows), len(FEATURES))


def rank(candidates: list[Candidate], library: Library) -> list[RankedCandidate]:
    """Candidates with their expected TM-score (normalised by the target length), best first."""
    if not candidates:
        return []
    placed = [place(library.ca_coordinates(c.hit.name), c.pairs, c.length) for c in candidates]
    expected = regression.load("selection", FEATURES).predict(features(candidates, placed))
    ranked = [RankedCandidate(c, p, float(e)) for c, p, e in zip(candidates, placed, expected)]
    return sorted(ranked, key=lambda r: -r.expected_tm)


def worth_building(ranked: list[RankedCandidate], limit: int, tolerance: float, likeness: float) -> list[RankedCandidate]:
    """The best candidate, and others nearly as good (within ``tolerance`` of expected TM-score) whose structure
    differs (CA-lDDT below ``likeness``) from every one already taken; at most ``limit``."""
    chosen: list[RankedCandidate] = []
    for entry in ranked:
        if len(chosen) == limit or (chosen and entry.expected_tm < chosen[0].expected_tm - tolerance):
            break
        if all(_likeness(entry.placed, other.placed) < likeness for other in chosen):
            chosen.append(entry)
    return chosen


def _likeness(first: np.ndarray, second: np.ndarray) -> float:
    """Mean CA-lDDT, counted as zero where only one of the two has a residue."""
    either = ~np.isnan(first[:, 0]) | ~np.isnan(second[:, 0])
    return float(np.nansum(ca_lddt(first, second)) / max(1, either.sum()))
