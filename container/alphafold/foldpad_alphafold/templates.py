"""Templates that the user does not want, and what identifies a template search."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Exclusion:
    """``entries``: upper-case PDB ids not to use; ``max_identity``: largest identity (0..1) of a template to the target."""

    entries: frozenset[str] = frozenset()
    max_identity: float = 1.0

    def excludes(self, hit: Any) -> bool:
        """Whether a hit (AlphaFold's ``parsers.TemplateHit``) must not serve as template."""
        entry = hit.name.split()[0].split("_")[0].upper()
        return entry in self.entries or identity(hit.query, hit.hit_sequence) > self.max_identity

    def describe(self) -> dict:
        return {"entries": sorted(self.entries), "max_identity": self.max_identity}


def identity(query: str, hit: str) -> float:
    """Fraction of identical residues among aligned ones, 0..1, of two rows of one alignment."""
    pairs = [(a, b) for a, b in zip(query.upper(), hit.upper()) if a not in "-." and b not in "-."]
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else 0.0


def alignment_digest(alignment: str) -> str:
    """What a template search was asked with: SHA-256 of the alignment in Stockholm format, whose query has the neutral name."""
    return hashlib.sha256(alignment.encode()).hexdigest()
