"""The searches of a target's chains: which there are, what identifies their answers, and how they are run."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import tools, upstream
from .answers import Answer, Answers
from .databases import Database
from .errors import EngineError
from .files import sha256_of_json
from .msa_names import QUERY_NAME
from .progress import Reporter
from .schedule import Task, run_all
from .search_cache import SearchCache
from .target import Chain
from .templates import alignment_digest

# Changes when answers made before must not be used any more.
_FORMAT = 2
# In the manifest of a template search's answer: the digest of what it was asked with.
_ASKED = "asked"


@dataclass(frozen=True)
class Kind:
    """One search. ``weight``: rough share of the time, from published timings (docs/alphafold.md).

    ``nice``: templates wait for UniRef90, and assembling waits for answers in the order of ``kinds``; what is needed first is
    let through first where there are too few CPUs for all.
    """

    name: str
    tool: str
    file: str
    databases: tuple[str, ...]
    weight: float
    nice: int
    max_threads: int = 8


TEMPLATES = "templates"
_UNIREF90 = Kind("uniref90", "jackhmmer", "uniref90_hits.sto", ("uniref90",), 700, nice=0)
_MGNIFY = Kind("mgnify", "jackhmmer", "mgnify_hits.sto", ("mgnify",), 315, nice=5)
_SMALL_BFD = Kind("small_bfd", "jackhmmer", "small_bfd_hits.sto", ("small_bfd",), 100, nice=10)
_BFD = Kind("bfd_uniref", "hhblits", "bfd_uniref_hits.a3m", ("bfd", "uniref30"), 600, nice=10, max_threads=16)
_UNIPROT = Kind("uniprot", "jackhmmer", "uniprot_hits.sto", ("uniprot",), 400, nice=15)
_PDB70 = Kind(TEMPLATES, "hhsearch", "pdb_hits.hhr", ("pdb70",), 96, nice=0)
_PDB_SEQRES = Kind(TEMPLATES, "hmmsearch", "pdb_hits.sto", ("pdb_seqres",), 20, nice=0)


def kinds(databases: dict[str, Database], *, multimer: bool, heteromer: bool) -> list[Kind]:
    """The searches of one chain, in the order in which AlphaFold's pipeline needs their answers.

    Only chains that differ are paired, so only heteromers need UniProt.
    """
    return [
        _UNIREF90, _MGNIFY, _PDB_SEQRES if multimer else _PDB70, _SMALL_BFD if "small_bfd" in databases else _BFD,
        *([_UNIPROT] if heteromer else [])]


def search_key(kind: Kind, sequence: str, databases: dict[str, Database]) -> str:
    """What an answer is stored under: everything that it depends on, and nothing else (not the chain's name)."""
    facts: dict[str, Any] = {
        "format": _FORMAT, "sequence": sequence, "search": kind.name, "tool": kind.tool,
        "version": tools.version(kind.tool), "databases": [databases[name].identity for name in kind.databases],
    }
    if kind.name == TEMPLATES:
        facts["query"] = search_key(_UNIREF90, sequence, databases)
    return sha256_of_json(facts)


def _failure(kind: Kind, output: str) -> str:
    """``output``: what AlphaFold's wrapper tells, which ends with the program's own words."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    own = "" if not lines or lines[-1].endswith(("failed", "stderr:")) else f" ({lines[-1][:300]})"
    return (
        f"{kind.tool} failed while it searched {' and '.join(kind.databases)}{own}. The job's log has all that it said. Check "
        "memory, disk space and the databases (foldpad-runner doctor), then submit the target again: searches that were "
        "finished are kept.")


@dataclass
class Searches:
    """Runs the searches of all chains of one target. ``seconds``: how long each took, for timings."""

    databases: dict[str, Database]
    multimer: bool
    cache: SearchCache
    cpus: int
    report: Reporter
    seconds: dict[str, float]
    answers: Answers = field(default_factory=Answers)

    def run(self, chains: list[Chain]) -> None:
        """Gives ``answers`` each answer when it is there; when a search fails, those that had begun come to their end first."""
        try:
            self._run(list(dict.fromkeys(chain.sequence for chain in chains)))
        except BaseException:
            self.answers.give_up()
            raise

    def _run(self, sequences: list[str]) -> None:
        wanted = kinds(self.databases, multimer=self.multimer, heteromer=self.multimer and len(sequences) > 1)
        total = sum(kind.weight for kind in wanted) * len(sequences)
        done = 0.0

        def task(number: int, sequence: str, kind: Kind) -> Task:
            def run(threads: int) -> None:
                nonlocal done
                started = time.monotonic()
                known = self._answer(kind, sequence, threads)
                label = kind.name if len(sequences) == 1 else f"{kind.name} of chain {number}"
                took = time.monotonic() - started
                self.seconds[f"search_{kind.name}" + (f"_{number}" if len(sequences) > 1 else "")] = round(took, 2)
                done += kind.weight
                how = "known already" if known else f"{took:.1f} s on {threads} thread{'s' if threads > 1 else ''}"
                self.report.log(f"Search {label}: {how}.")
                self.report.progress(kind.name, 0.85 * done / total, f"Searched {label}.")

            name = f"{number}:{kind.name}"
            after = f"{number}:{_UNIREF90.name}" if kind.name == TEMPLATES else None
            return Task(name, run, kind.max_threads, after, kind.nice)

        run_all([task(number, sequence, kind) for number, sequence in enumerate(sequences, 1) for kind in wanted], self.cpus)

    def _answer(self, kind: Kind, sequence: str, threads: int) -> bool:
        """Whether the answer was known already."""

        def search(output: Path) -> dict:
            facts: dict[str, Any] = {
                "search": kind.name, "tool": kind.tool, "version": tools.version(kind.tool), "threads": threads}
            try:
                if kind.name == TEMPLATES:
                    return {**facts, _ASKED: self._templates(sequence, output, threads)}
                with tempfile.TemporaryDirectory(prefix="foldpad-search-") as folder:
                    self._msa(kind, sequence, Path(folder), output, threads)
            except RuntimeError as error:
                raise EngineError(_failure(kind, str(error))) from error
            return facts

        file, known = self.cache.get_or_run(search_key(kind, sequence, self.databases), kind.file, search)
        asked = self.cache.facts(file).get(_ASKED)
        self.answers.give(sequence, kind.name, Answer(file, asked))
        return known

    def _msa(self, kind: Kind, sequence: str, folder: Path, output: Path, threads: int) -> None:
        fasta = folder / "query.fasta"
        fasta.write_text(f">{QUERY_NAME}\n{sequence}\n")
        runner, limit = self._runner(kind)
        runner.n_cpu = threads
        # AlphaFold's function writes in place and knows the format by the name's end.
        answer = folder / kind.file
        upstream.run_msa_tool(runner, fasta, answer, limit)
        output.write_bytes(answer.read_bytes())

    def _runner(self, kind: Kind) -> tuple[Any, int | None]:
        """AlphaFold's own configured search, and how many sequences of its answer are kept."""
        if kind is _UNIPROT:
            return upstream.uniprot_runner(self.databases), None
        pipeline = upstream.monomer_pipeline(self.databases, None, None)
        limits = {_UNIREF90: pipeline.uniref_max_hits, _MGNIFY: pipeline.mgnify_max_hits}
        return getattr(pipeline, upstream.RUNNERS[kind.name]), limits.get(kind)

    def _templates(self, sequence: str, output: Path, threads: int) -> str:
        """Writes the answer; returns the digest of what was asked."""
        searcher = upstream.template_searcher(self.multimer, self.databases, threads)
        uniref90 = self.answers.wait_for(sequence, _UNIREF90.name).file
        alignment = upstream.template_alignment(uniref90, upstream.monomer_pipeline(self.databases, None, None).uniref_max_hits)
        output.write_text(upstream.search_templates(searcher, alignment))
        return alignment_digest(alignment)
