"""Reads the one sequence that the engine models, and says plainly what it changed in it.

Residues that ProMod3 has no template geometry for are replaced by the nearest standard one
(IUPAC-IUB 1984 ambiguity codes): U (selenocysteine) -> C, O (pyrrolysine) -> K, B (Asx) -> N,
Z (Glx) -> Q, J (Xle) -> L. X stays unknown: it takes part in the search as "any residue" and is
left out of the model.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path

from .errors import CannotPredict, InputError

STANDARD = "ACDEFGHIKLMNPQRSTVWY"
REPLACED = {"U": "C", "O": "K", "B": "N", "Z": "Q", "J": "L"}
# The shortest chain of the template library. HHsearch's statistics are not calibrated below it.
MIN_LENGTH = 30
# Longest library chain is about 1,900 residues; beyond this the alignment needs more than 4 GB.
MAX_LENGTH = 3000
MAX_UNKNOWN_FRACTION = 0.5


@dataclass
class Query:
    """A target chain. ``sequence`` has only the 20 standard letters and X."""

    name: str
    description: str
    sequence: str
    original: str
    warnings: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sequence)


def read_query(path: Path) -> Query:
    """Parses a single-record FASTA file (plain or gzip).

    Raises InputError for anything that is not one protein chain, CannotPredict for a chain whose
    length or composition the method cannot handle.
    """
    header, letters = _read_record(path)
    parts = header.split(None, 1)
    name = parts[0] if parts else "target"
    description = parts[1].strip() if len(parts) > 1 else ""
    original = "".join(letters)
    warnings = [
        f"Residue {letter} ({original.count(letter)} time(s)) was modelled as {REPLACED[letter]}."
        for letter in sorted(set(original) & set(REPLACED))
    ]
    sequence = "".join(REPLACED.get(letter, letter) for letter in original)
    unknown = sequence.count("X")
    if unknown:
        warnings.append(f"{unknown} unknown residue(s) X were left out of the model.")
    _check_size(sequence, unknown)
    return Query(name, description, sequence, original, warnings)


def _check_size(sequence: str, unknown: int) -> None:
    length = len(sequence)
    threshold = {"min_length": MIN_LENGTH, "max_length": MAX_LENGTH, "max_unknown_fraction": MAX_UNKNOWN_FRACTION}
    if length < MIN_LENGTH:
        raise CannotPredict(
            f"The sequence has {length} residues; homology modelling needs at least {MIN_LENGTH}, because the "
            "significance of a template match cannot be judged for shorter peptides.", None, threshold)
    if length > MAX_LENGTH:
        raise CannotPredict(
            f"The sequence has {length} residues; the engine models at most {MAX_LENGTH}. "
            "Submit its domains as separate sequences.", None, threshold)
    if unknown > MAX_UNKNOWN_FRACTION * length:
        raise CannotPredict(
            f"{unknown} of {length} residues are unknown (X); there is too little sequence to find a template.",
            None, threshold)


def _read_record(path: Path) -> tuple[str, list[str]]:
    """Returns the header (without ``>``) and the residues of the only record."""
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        text = raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: the FASTA file does not exist.") from None
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: the FASTA file cannot be read ({error}).") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8 text; give a plain FASTA file.") from None
    header: str | None = None
    letters: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith(";"):
            continue
        if line.startswith(">"):
            if header is not None or letters:
                raise InputError(
                    f"{path}, line {number}: a second record begins here, but the homology engine models single "
                    "chains. Submit each chain as its own job.")
            header = line[1:].strip()
            continue
        letters.extend(_residues(path, number, line))
    if not letters:
        raise InputError(f"{path}: the file has no residues; add a protein sequence below a '>' line.")
    return header if header is not None else "target", letters


def _residues(path: Path, number: int, line: str) -> list[str]:
    letters = []
    for column, letter in enumerate(line.upper(), start=1):
        if letter.isspace() or letter in "*-.":
            continue
        if letter not in STANDARD and letter not in REPLACED and letter != "X":
            raise InputError(
                f"{path}, line {number}, column {column}: {letter!r} is not an amino-acid letter; remove or correct it.")
        letters.append(letter)
    return letters
