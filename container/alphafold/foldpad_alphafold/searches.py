"""The searches of a target's chains: which there are, what identifies their answers, and how they are run."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import tools, upstream
from .databases import Database
from .files import sha256_of_json
from .progress import Reporter
from .schedule import Task, run_all
from .search_cache import SearchCache
from .target import Chain

# The name of the query in stored answers; it is replaced by the chain's own name when they are used.
QUERY_NAME = "foldpad_query"
# Changes when answers made before must not be used any more.
_FORMAT = 1


@dataclass(frozen=True)
class Kind:
    """One search. ``weight``: rough share of the time, from published timings (docs/alphafold.md)."""

    name: str
    tool: str
    file: str
    databases: tuple[str, ...]
    weight: float
    max_threads: int = 8


TEMPLATES = "templates"
_UNIREF90 = Kind("uniref90", "jackhmmer", "uniref90_hits.sto", ("uniref90",), 700)
_MGNIFY = Kind("mgnify", "jackhmmer", "mgnify_hits.sto", ("mgnify",), 315)
_SMALL_BFD = Kind("small_bfd", "jackhmmer", "small_bfd_hits.sto", ("small_bfd",), 100)
_BFD = Kind("bfd_uniref", "hhblits", "bfd_uniref_hits.a3m", ("bfd", "uniref30"), 600, max_threads=16)
_UNIPROT = Kind("uniprot", "jackhmmer", "uniprot_hits.sto", ("uniprot",), 400)
_PDB70 = Kind(TEMPLATES, "hhsearch", "pdb_hits.hhr", ("pdb70",), 96)
_PDB_SEQRES = Kind(TEMPLATES, "hmmsearch", "pdb_hits.sto", ("pdb_seqres",), 20)


def kinds(databases: dict[str, Database], *, multimer: bool, heteromer: bool) -> list[Kind]:
    """The searches of one chain. Only chains that differ are paired, so only heteromers need UniProt."""
    return [
        _UNIREF90, _MGNIFY, _SMALL_BFD if "small_bfd" in databases else _BFD,
        *([_UNIPROT] if heteromer else []), _PDB_SEQRES if multimer else _PDB70]


def search_key(kind: Kind, sequence: str, databases: dict[str, Database]) -> str:
    """What an answer is stored under: everything that it depends on, and nothing else (not the chain's name)."""
    facts: dict[str, Any] = {
        "format": _FORMAT, "sequence": sequence, "search": kind.name, "tool": kind.tool,
        "version": tools.version(kind.tool), "databases": [databases[name].identity for name in kind.databases],
    }
    if kind.name == TEMPLATES:
        facts["query"] = search_key(_UNIREF90, sequence, databases)
    return sha256_of_json(facts)


@dataclass
class Searches:
    """Runs the searches of all chains of one target. ``seconds``: how long each took, for timings.

    ``template_alignments``: sequence -> what templates were searched with, where that was not known already.
    """

    databases: dict[str, Database]
    multimer: bool
    cache: SearchCache
    cpus: int
    report: Reporter
    seconds: dict[str, float]
    template_alignments: dict[str, str] = field(default_factory=dict)

    def run(self, chains: list[Chain]) -> dict[tuple[str, str], Path]:
        """(sequence, search) -> file with the answer, whose query is called QUERY_NAME."""
        sequences = list(dict.fromkeys(chain.sequence for chain in chains))
        wanted = kinds(self.databases, multimer=self.multimer, heteromer=self.multimer and len(sequences) > 1)
        answers: dict[tuple[str, str], Path] = {}
        total = sum(kind.weight for kind in wanted) * len(sequences)
        done = 0.0

        def task(number: int, sequence: str, kind: Kind) -> Task:
            def run(threads: int) -> None:
                nonlocal done
                started = time.monotonic()
                file, known = self._answer(kind, sequence, answers, threads)
                answers[sequence, kind.name] = file
                label = kind.name if len(sequences) == 1 else f"{kind.name} of chain {number}"
                took = time.monotonic() - started
                self.seconds[f"search_{kind.name}" + (f"_{number}" if len(sequences) > 1 else "")] = round(took, 2)
                done += kind.weight
                how = "known already" if known else f"{took:.1f} s on {threads} thread{'s' if threads > 1 else ''}"
                self.report.log(f"Search {label}: {how}.")
                self.report.progress(kind.name, 0.85 * done / total, f"Searched {label}.")

            name = f"{number}:{kind.name}"
            after = f"{number}:{_UNIREF90.name}" if kind.name == TEMPLATES else None
            return Task(name, run, kind.weight, kind.max_threads, after)

        run_all([task(number, sequence, kind) for number, sequence in enumerate(sequences, 1) for kind in wanted], self.cpus)
        return answers

    def _answer(
        self, kind: Kind, sequence: str, answers: dict[tuple[str, str], Path], threads: int,
    ) -> tuple[Path, bool]:
        def search(output: Path) -> dict:
            with tempfile.TemporaryDirectory(prefix="foldpad-search-") as folder:
                if kind.name == TEMPLATES:
                    output.write_text(self._templates(sequence, answers[sequence, _UNIREF90.name], threads))
                else:
                    self._msa(kind, sequence, Path(folder), output, threads)
            return {"search": kind.name, "tool": kind.tool, "version": tools.version(kind.tool), "threads": threads}

        return self.cache.get_or_run(search_key(kind, sequence, self.databases), kind.file, search)

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
        pipeline = upstream.monomer_pipeline(self.databases, None, None, precomputed=True)
        if kind is _UNIREF90:
            return pipeline.jackhmmer_uniref90_runner, pipeline.uniref_max_hits
        if kind is _MGNIFY:
            return pipeline.jackhmmer_mgnify_runner, pipeline.mgnify_max_hits
        return (pipeline.jackhmmer_small_bfd_runner if kind is _SMALL_BFD else pipeline.hhblits_bfd_uniref_runner), None

    def _templates(self, sequence: str, uniref90: Path, threads: int) -> str:
        pipeline = upstream.monomer_pipeline(self.databases, None, None, precomputed=True)
        searcher = upstream.template_searcher(self.multimer, self.databases, threads)
        alignment = upstream.template_alignment(uniref90, pipeline.uniref_max_hits)
        self.template_alignments[sequence] = alignment
        return upstream.search_templates(searcher, alignment)
