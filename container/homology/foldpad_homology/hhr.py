"""Parses HH-suite result files (.hhr): the summary values and the alignment of each hit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import EngineError

_SUMMARY = re.compile(
    r"Probab=(?P<probability>\S+)\s+E-value=(?P<evalue>\S+)\s+Score=(?P<score>\S+)\s+Aligned_cols=(?P<columns>\d+)"
    r"\s+Identities=(?P<identity>\S+)%\s+Similarity=(?P<similarity>\S+)\s+Sum_probs=(?P<sum_probs>\S+)")
_ROW = re.compile(r"^(?P<side>[QT]) (?P<label>\S+)\s+(?P<start>\d+) (?P<letters>\S+)\s+(?P<end>\d+) \((?P<length>\d+)\)")


@dataclass
class Hit:
    """One alignment. Positions are 0-based and inclusive of start; strings have equal length.

    ``query`` and ``template`` are aligned rows with ``-`` for gaps. ``confidence`` has one digit 0..9
    per column (posterior probability of the pair, in tenths) or a blank where there is none.
    """

    name: str
    probability: float  # percent, 0..100
    evalue: float
    score: float  # HHsearch raw score, bits
    similarity: float  # mean substitution score per column
    sum_probs: float  # expected number of correctly aligned columns
    query: str
    template: str
    query_start: int
    template_start: int
    template_length: int
    confidence: str

    def pairs(self) -> list[tuple[int, int, int]]:
        """Aligned pairs as (query position, template position, column), both positions 0-based."""
        i, j = self.query_start, self.template_start
        result = []
        for column, (q, t) in enumerate(zip(self.query, self.template)):
            if q != "-" and t != "-":
                result.append((i, j, column))
            i += q != "-"
            j += t != "-"
        return result

    @property
    def aligned(self) -> int:
        """Number of aligned residue pairs."""
        return sum(q != "-" and t != "-" for q, t in zip(self.query, self.template))

    @property
    def identity(self) -> float:
        """Identical pairs / aligned pairs, 0..1."""
        same = sum(q == t and q != "-" for q, t in zip(self.query, self.template))
        return same / max(1, self.aligned)


def parse_hhr(text: str) -> list[Hit]:
    """All hits with an alignment, in file order. Raises EngineError when a block is cut off or inconsistent."""
    blocks = re.split(r"^No \d+\s*$", text, flags=re.MULTILINE)[1:]
    return [_parse_block(block) for block in blocks]


def _parse_block(block: str) -> Hit:
    name = re.search(r"^>(\S+)", block, flags=re.MULTILINE)
    summary = _SUMMARY.search(block)
    if name is None or summary is None:
        raise EngineError("HH-suite's result file is damaged (a hit without a name or summary line).")
    rows = {"Q": "", "T": ""}
    starts: dict[str, int] = {}
    template_length = 0
    confidence = ""
    offset = width = 0
    for line in block.splitlines():
        if line.startswith("Confidence") and width:
            confidence += line[offset : offset + width].ljust(width)
            width = 0
            continue
        row = _ROW.match(line)
        if row is None or row["label"] in ("Consensus", "ss_pred", "ss_dssp"):
            continue
        side, letters = row["side"], row["letters"]
        rows[side] += letters.upper()
        starts.setdefault(side, int(row["start"]) - 1)
        offset, width = row.start("letters"), len(letters)
        if side == "T":
            template_length = int(row["length"])
    if not rows["Q"] or len(rows["Q"]) != len(rows["T"]):
        raise EngineError(f"HH-suite's result file is damaged (rows of hit {name[1]} differ in length).")
    return Hit(
        name=name[1],
        probability=float(summary["probability"]),
        evalue=float(summary["evalue"]),
        score=float(summary["score"]),
        similarity=float(summary["similarity"]),
        sum_probs=float(summary["sum_probs"]),
        query=rows["Q"],
        template=rows["T"],
        query_start=starts["Q"],
        template_start=starts["T"],
        template_length=template_length,
        confidence=confidence.ljust(len(rows["Q"])),
    )
