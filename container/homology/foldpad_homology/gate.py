"""When the engine declines: the gate that a template has to pass."""

from __future__ import annotations

from .candidates import Candidate
from .errors import CannotPredict
from .selection import RankedCandidate

# Chosen on the training chains (docs/homology-accuracy.md): shuffled sequences, which have no structure, almost never
# pass both, and of real chains hardly any whose model would have been right is refused.
MIN_EXPECTED_TM = 0.35
MIN_PROBABILITY = 50.0
THRESHOLD = {"min_probability": MIN_PROBABILITY, "min_expected_tm": MIN_EXPECTED_TM}


def passing(ranked: list[RankedCandidate], candidates: list[Candidate]) -> list[RankedCandidate]:
    """The candidates that are probable enough and promise a useful model, in their order.

    Raises CannotPredict, with the best hit and its numbers, when there are none.
    """
    good = [r for r in ranked if r.expected_tm >= MIN_EXPECTED_TM and r.candidate.hit.probability >= MIN_PROBABILITY]
    if good:
        return good
    if not candidates:
        raise CannotPredict(
            "No template found: nothing in the template library resembles this sequence. The engine does not invent "
            "structures; try AlphaFold for this target.", None, THRESHOLD)
    best = ranked[0].candidate if ranked else candidates[0]
    hit = best.hit
    described = {
        "template": hit.name,
        "probability": hit.probability,
        "evalue": hit.evalue,
        "coverage": round(best.coverage, 4),
        "identity": round(best.identity, 4),
        "expected_tm": round(ranked[0].expected_tm, 3) if ranked else None,
    }
    expected = f", expected TM-score {ranked[0].expected_tm:.2f}" if ranked else ""
    raise CannotPredict(
        f"No good template found: the best hit is {hit.name} with probability {hit.probability:.1f} %, coverage "
        f"{best.coverage:.0%}, identity {best.identity:.0%}{expected}; needed are probability >= "
        f"{MIN_PROBABILITY:.0f} % and expected TM-score >= {MIN_EXPECTED_TM:.2f}. The engine does not invent "
        "structures; try AlphaFold for this target.", described, THRESHOLD)
