"""Turns a search hit into a candidate: a full-length target-template alignment with its basic numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .hhr import Hit


@dataclass(frozen=True)
class Candidate:
    """An alignment of the whole target with one template chain.

    ``query_row`` without gaps is the whole target; ``template_row`` without gaps spells residues
    ``template_start`` .. ``template_end`` (0-based, half-open) of the chain.
    """

    hit: Hit
    query_row: str
    template_row: str
    template_start: int
    template_end: int

    @cached_property
    def length(self) -> int:
        """Number of target residues."""
        return len(self.query_row.replace("-", ""))

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Aligned (target, template) positions, 0-based; template positions count along the whole chain."""
        i, j = 0, self.template_start
        result = []
        for q, t in zip(self.query_row, self.template_row):
            if q != "-" and t != "-":
                result.append((i, j))
            i += q != "-"
            j += t != "-"
        return result

    @property
    def coverage(self) -> float:
        """Aligned residues / target length, 0..1."""
        return len(self.pairs) / self.length

    @cached_property
    def identity(self) -> float:
        """Identical pairs / aligned pairs, 0..1."""
        same = sum(q == t and q != "-" for q, t in zip(self.query_row, self.template_row))
        return same / max(1, len(self.pairs))

    @property
    def target_range(self) -> tuple[int, int]:
        """First and last aligned target residue, 1-based."""
        return self.pairs[0][0] + 1, self.pairs[-1][0] + 1

    @property
    def template_range(self) -> tuple[int, int]:
        """First and last aligned template residue, 1-based along the library chain."""
        return self.pairs[0][1] + 1, self.pairs[-1][1] + 1


def make_candidate(hit: Hit, sequence: str, template_sequence: str, extend: int = 0) -> Candidate:
    """Pads the hit's local alignment to the whole target.

    ``extend``: up to so many residues beyond each end are aligned without gaps, where both chains go on.
    """
    start, end = hit.query_start, hit.query_start + len(hit.query.replace("-", ""))
    first, last = hit.template_start, hit.template_start + len(hit.template.replace("-", ""))
    left = min(start, first, extend)
    right = min(len(sequence) - end, len(template_sequence) - last, extend)
    query_row = sequence[:start] + hit.query + sequence[end:]
    template_row = (
        "-" * (start - left)
        + template_sequence[first - left : first]
        + hit.template
        + template_sequence[last : last + right]
        + "-" * (len(sequence) - end - right)
    )
    return Candidate(hit, query_row, template_row, first - left, last + right)
