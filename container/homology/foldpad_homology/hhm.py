"""Writes profile HMMs in HH-suite's text format, and ffindex databases.

Format: HH-suite user guide, "HHsearch/HHblits model format (hhm)". Numbers are -1000*log2(p), ``*`` is p = 0.
The structure database has no insertion or deletion statistics, so transitions are set from the chain's
secondary structure: gaps are rarer inside helices and strands than in loops.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .profiles import AMINO_ACIDS, FREQUENCY_SCALE, effective_sequences

# Background of HH-suite's Gonnet matrix (src/hhhmm.cpp prints it as the NULL line), -1000*log2(p).
NULL_LINE = (
    "NULL   3706\t5728\t4211\t4064\t4839\t3729\t4763\t4308\t4069\t3323\t5509\t4640\t4464\t4937\t4285\t4423\t3815\t"
    "3783\t6325\t4665\t"
)
BACKGROUND = np.array([2.0 ** (-int(x) / 1000) for x in NULL_LINE[7:].split()])
# Probability to open an insertion or a deletion after a column, by DSSP class; extension 0.5 / 0.5.
GAP_OPEN_LOOP = 0.02
GAP_OPEN_CORE = 0.006
_BEGIN = "       0\t*\t*\t0\t*\t0\t*\t*\t*\t*\t"


def _minus_log(probability: float) -> str:
    return "*" if probability <= 0 else str(round(-1000 * math.log2(probability)))


# One string per possible stored frequency: formatting 91 million numbers one by one would take minutes.
_EMISSION = [_minus_log(value / FREQUENCY_SCALE) for value in range(FREQUENCY_SCALE + 1)]


def hhm_text(name: str, sequence: str, frequencies: np.ndarray, structure: str = "") -> str:
    """One HMM. ``frequencies``: uint16 (length, 20), *10000; ``structure``: DSSP letters or empty (all loop)."""
    length = len(sequence)
    scaled = frequencies.astype(np.float64) / FREQUENCY_SCALE
    neff = effective_sequences(scaled)
    lines = [
        "HHsearch 1.5",
        f"NAME  {name}",
        "FAM   ",
        f"LENG  {length} match states, {length} columns in multiple alignment",
        f"NEFF  {neff.mean():.1f} ",
        "SEQ",
        f">{name}",
        sequence,
        "#",
        NULL_LINE,
        "HMM    " + "\t".join(AMINO_ACIDS) + "\t",
        "       M->M\tM->I\tM->D\tI->M\tI->I\tD->M\tD->D\tNeff\tNeff_I\tNeff_D",
        _BEGIN,
    ]
    rows = np.minimum(frequencies, FREQUENCY_SCALE).tolist()
    core = _core(structure, length)
    for position, row in enumerate(rows):
        emissions = "\t".join([_EMISSION[value] for value in row])
        depth = round(1000 * neff[position])
        if position == length - 1:
            transitions = f"0\t*\t*\t0\t*\t0\t*\t{depth}\t0\t0"
        else:
            transitions = f"{_TRANSITIONS[core[position]]}\t{depth}\t1000\t1000"
        lines.append(f"{sequence[position]} {position + 1}\t{emissions}\t{position + 1}\n\t{transitions}\n")
    lines.append("//\n")
    return "\n".join(lines)


def _transition_text(gap_open: float) -> str:
    values = (1 - 2 * gap_open, gap_open, gap_open, 0.5, 0.5, 0.5, 0.5)
    return "\t".join(_minus_log(value) for value in values)


_TRANSITIONS = (_transition_text(GAP_OPEN_LOOP), _transition_text(GAP_OPEN_CORE))


def _core(structure: str, length: int) -> list[int]:
    """1 where both this residue and the next are in the same helix or strand, else 0."""
    if len(structure) != length:
        return [0] * length
    kinds = ["H" if s in "HGI" else "E" if s == "E" else "-" for s in structure]
    return [int(a != "-" and a == b) for a, b in zip(kinds, kinds[1:])] + [0]


class FfindexWriter:
    """Appends entries to ``<prefix>.ffdata``; ``close`` writes the name-sorted ``<prefix>.ffindex``."""

    def __init__(self, prefix: Path) -> None:
        self._prefix = prefix
        self._data = open(f"{prefix}.ffdata", "wb")
        self._entries: list[tuple[str, int, int]] = []
        self._offset = 0

    def add(self, name: str, content: bytes) -> None:
        """Entries end with a NUL byte, which their length counts."""
        self._data.write(content + b"\0")
        self._entries.append((name, self._offset, len(content) + 1))
        self._offset += len(content) + 1

    def close(self) -> None:
        self._data.close()
        write_index(Path(f"{self._prefix}.ffindex"), self._entries)


def write_index(path: Path, entries: Iterable[tuple[str, int, int]]) -> None:
    """Writes an ffindex file; HH-suite looks names up by binary search, so they are sorted bytewise."""
    ordered = sorted(entries, key=lambda entry: entry[0].encode())
    path.write_text("".join(f"{name}\t{offset}\t{length}\n" for name, offset, length in ordered))


def read_index(path: Path) -> dict[str, tuple[int, int]]:
    """name -> (offset, length including the final NUL)."""
    entries = {}
    with open(path, encoding="ascii") as handle:
        for line in handle:
            name, offset, length = line.split("\t")
            entries[name] = (int(offset), int(length))
    return entries
