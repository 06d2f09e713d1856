"""Template search results found before, and templates that the user does not want."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from .upstream import search_templates


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


class KnownTemplates:
    """Stands in AlphaFold's pipeline for its template search and answers with what was found before.

    It asks for Stockholm, whatever the search itself reads: turning a deep alignment into A3M once more, only to look its
    answer up, takes seconds. A query that was not foreseen is searched for: it costs time, and the answer is right all the
    same.
    """

    def __init__(self, searcher: Any, exclusion: Exclusion) -> None:
        self._searcher = searcher
        self._exclusion = exclusion
        self._answers: dict[str, str] = {}
        self.searched = 0

    def know(self, query: str, answer: str) -> None:
        """``query`` as the pipeline will ask it."""
        self._answers[_digest(query)] = answer

    # As AlphaFold's pipeline asks for it.
    input_format = "sto"

    @property
    def output_format(self) -> str:
        return self._searcher.output_format

    def query(self, msa: str) -> str:
        """Raw output of the search."""
        known = self._answers.get(_digest(msa))
        if known is not None:
            return known
        self.searched += 1
        return search_templates(self._searcher, msa)

    def get_template_hits(self, output_string: str, input_sequence: str) -> list[Any]:
        """The hits that may serve as templates."""
        hits = self._searcher.get_template_hits(output_string=output_string, input_sequence=input_sequence)
        return [hit for hit in hits if not self._exclusion.excludes(hit)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
