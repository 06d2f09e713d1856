"""The answers of a target's searches as they come in, and what stands in AlphaFold's pipeline for the programs that give them.

AlphaFold's pipeline runs a program, reads its answer and goes on. Here its programs run elsewhere at the same time, and the
pipeline waits for each answer when it needs it: it reads and cleans one alignment while others are still searched for.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import upstream
from .msa_names import QUERY_NAME, renamed
from .target import Chain, read_chains
from .templates import Exclusion, alignment_digest


class Abandoned(Exception):
    """An answer that was waited for will not come, because a search failed."""


@dataclass(frozen=True)
class Answer:
    """``file``: the program's output, whose query is called QUERY_NAME. ``asked``: digest of what templates were searched with."""

    file: Path
    asked: str | None = None


@dataclass
class Answers:
    """(sequence, search) -> answer. Threads may share it."""

    _known: dict[tuple[str, str], Answer] = field(default_factory=dict)
    _given_up: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def give(self, sequence: str, search: str, answer: Answer) -> None:
        with self._changed:
            self._known[sequence, search] = answer
            self._changed.notify_all()

    def give_up(self) -> None:
        """From now on nobody waits."""
        with self._changed:
            self._given_up = True
            self._changed.notify_all()

    def wait_for(self, sequence: str, search: str) -> Answer:
        """Raises Abandoned when it will not come."""
        with self._changed:
            self._changed.wait_for(lambda: (sequence, search) in self._known or self._given_up)
            answer = self._known.get((sequence, search))
        if answer is None:
            raise Abandoned(search)
        return answer


class StandIns:
    """What AlphaFold's pipeline is given instead of its programs. It asks for one chain after the other."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._chain: Chain | None = None

    def program(self, search: str) -> Any:
        """Stands for the runner of an alignment."""
        return _Program(self, search)

    def begin(self, fasta: Path) -> None:
        """The pipeline is at the chain of this file."""
        self._chain = read_chains(fasta, multimer=False)[0]

    def answer(self, search: str) -> tuple[str, Answer]:
        """(name, answer) for the chain that the pipeline is at."""
        if self._chain is None:
            raise RuntimeError("AlphaFold's pipeline asks for an answer before it has named a chain.")
        return self._chain.name, self._answers.wait_for(self._chain.sequence, search)


@dataclass(frozen=True)
class _Program:
    """As AlphaFold's Jackhmmer and HHBlits: ``query`` returns a list with one dictionary, format -> alignment."""

    stand_ins: StandIns
    search: str

    def query(self, input_fasta_path: str, max_sto_sequences: int | None = None) -> list[dict[str, str]]:  # noqa: ARG002
        """Answers are stored with no more sequences than the pipeline asks for."""
        self.stand_ins.begin(Path(input_fasta_path))
        name, answer = self.stand_ins.answer(self.search)
        form = answer.file.suffix.removeprefix(".")
        return [{form: renamed(answer.file.read_text(), name, stockholm=form == "sto")}]


class KnownTemplates:
    """Stands in AlphaFold's pipeline for its template search ``searcher`` and for the ``featurizer`` of its hits.

    It asks for Stockholm, whatever the search itself reads: turning a deep alignment into A3M once more, only to look its
    answer up, takes seconds. A query that was not foreseen is searched for: it costs time, and the answer is right all the
    same.
    """

    # As AlphaFold's pipeline asks for it.
    input_format = "sto"

    def __init__(self, stand_ins: StandIns, search: str, searcher: Any, featurizer: Any, exclusion: Exclusion) -> None:
        self._stand_ins = stand_ins
        self._search = search
        self._searcher = searcher
        self._featurizer = featurizer
        self._exclusion = exclusion
        self._features: tuple[str, list[Any], Any] | None = None
        self.searched = 0

    @property
    def output_format(self) -> str:
        return self._searcher.output_format

    def query(self, msa: str) -> str:
        """Raw output of the search."""
        name, answer = self._stand_ins.answer(self._search)
        if answer.asked == alignment_digest(renamed(msa, QUERY_NAME, stockholm=True, query=name)):
            return answer.file.read_text()
        self.searched += 1
        return upstream.search_templates(self._searcher, msa)

    def get_template_hits(self, output_string: str, input_sequence: str) -> list[Any]:
        """The hits that may serve as templates.

        Their features are made at once: the pipeline asks for them only after the next alignment, which may still be
        searched for.
        """
        found = self._searcher.get_template_hits(output_string=output_string, input_sequence=input_sequence)
        hits = [hit for hit in found if not self._exclusion.excludes(hit)]
        self._features = (input_sequence, hits, self._featurizer.get_templates(query_sequence=input_sequence, hits=hits))
        return hits

    def get_templates(self, query_sequence: str, hits: list[Any]) -> Any:
        """AlphaFold's ``TemplateSearchResult``."""
        if self._features is not None and self._features[0] == query_sequence and self._features[1] is hits:
            return self._features[2]
        return self._featurizer.get_templates(query_sequence=query_sequence, hits=hits)
