"""From a query and a library to built models: search, selection, building, confidence."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import confidence, selection
from .build_client import BuildWorker
from .candidates import Candidate, make_candidate
from .errors import EngineError
from .fasta import Query
from .gate import passing
from .library import Library
from .progress import Reporter
from .query_profile import query_profile
from .search import Exclusion, search
from .selection import RankedCandidate
from .structure_files import Atom, ca_array, read_atoms

# The first search only has to find the homologues that make the query profile.
FIRST_PASS_HITS = 50
# Residues beyond each end of the local alignment that are still taken from the template.
EXTEND = 10
# Further models: expected TM-score at most this much below the best one's, and a structure that really differs
# (CA-lDDT of the placed templates below LIKENESS): near copies cost a scientist's time and the machine's.
TOLERANCE = 0.05
LIKENESS = 0.85
# How many templates may fail to build before the engine gives up.
MAX_ATTEMPTS = 6


@dataclass
class Model:
    """A built model. ``confidence``: estimated CA-lDDT 0..100 per target residue, NaN where not modelled."""

    ranked: RankedCandidate
    atoms: list[Atom]
    confidence: np.ndarray
    build_seconds: float

    @property
    def mean_confidence(self) -> float:
        """Mean over modelled residues, 0..100."""
        return float(np.nanmean(self.confidence))

    @property
    def quality(self) -> float:
        """Estimated CA-lDDT summed over the whole target: rewards right and complete models, 0..1."""
        return float(np.nansum(self.confidence)) / (100 * len(self.confidence))


@dataclass
class Outcome:
    """All that a prediction found."""

    models: list[Model]
    table: list[dict]
    timings: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def library_sequence(library: Library, chain: str) -> str:
    """The sequence of a library chain, from its HMM entry."""
    lines = library.hhm(chain).split("\n")
    return lines[lines.index("SEQ") + 2]


def find_candidates(
    query: Query, library: Library, exclusion: Exclusion, threads: int, work: Path,
) -> tuple[list[Candidate], list[dict], set[str]]:
    """Searches the library with the sequence, then with the profile that its homologues give. Returns the candidates in search order, the table of all hits, excluded chains."""
    fasta = work / "sequence.fasta"
    fasta.write_text(f">target\n{query.sequence}\n")
    hits = search(fasta, library, threads, work, FIRST_PASS_HITS)
    profile = query_profile(query.sequence, [hit for hit in hits if not exclusion.reason(hit)], library)
    if profile is not None:
        path = work / "profile.hhm"
        path.write_text(profile)
        hits = search(path, library, threads, work)
    candidates, table, excluded = [], [], set()
    for hit in hits:
        candidate = make_candidate(hit, query.sequence, library_sequence(library, hit.name), EXTEND)
        reason = exclusion.reason(hit)
        if reason:
            excluded.add(hit.name)
        else:
            candidates.append(candidate)
        table.append(_row(candidate) | {"chosen": False, "reason": reason or ""})
    return candidates, table, excluded


def _row(candidate: Candidate) -> dict:
    hit = candidate.hit
    return {
        "template": hit.name,
        "probability": hit.probability,
        "evalue": hit.evalue,
        "score": hit.score,
        "identity": round(candidate.identity, 4),
        "coverage": round(candidate.coverage, 4),
        "target_range": list(candidate.target_range),
        "template_range": list(candidate.template_range),
    }


def predict(
    query: Query, library: Library, exclusion: Exclusion, threads: int, max_models: int, build_timeout: float,
    work: Path, report: Reporter,
) -> Outcome:
    """Runs the whole method. Raises CannotPredict when no template is good enough."""
    started = time.monotonic()
    # The worker loads ProMod3's databases while the search runs.
    worker = BuildWorker(work / "builder.log", 1 if max_models > 1 else threads)
    try:
        report.progress("search", 0.0, f"Searching {library.manifest['chains']} templates.")
        candidates, table, excluded = find_candidates(query, library, exclusion, threads, work)
        ranked = selection.rank(selection.consider(candidates), library)
        timings = {"search": round(time.monotonic() - started, 2)}
        report.log(f"HHblits: {len(table)} hits, {len(excluded)} excluded, {len(ranked)} considered.")
        good = passing(ranked, candidates)
        _explain(table, ranked)
        began = time.monotonic()
        report.progress("build", 0.35, f"Building on {good[0].name}.")
        indices = forbidden_indices(library, exclusion, excluded)
        models = _build_all(
            query, library, ranked, good, worker, indices, threads, max_models, build_timeout, work, report)
        timings["build"] = round(time.monotonic() - began, 2)
    finally:
        worker.close()
    chosen = {model.ranked.name for model in models}
    for row in table:
        row["chosen"] = row["template"] in chosen
        row["reason"] = "" if row["chosen"] else row["reason"]
    models.sort(key=lambda model: -model.quality)
    timings["total"] = round(time.monotonic() - started, 2)
    return Outcome(models, table, timings, list(query.warnings))


def _explain(table: list[dict], ranked: list[RankedCandidate]) -> None:
    """Adds the expected quality to the table, and why a hit is not used unless something later says otherwise."""
    expected = {entry.name: entry.expected_tm for entry in ranked}
    for row in table:
        if row["template"] in expected:
            row["expected_tm"] = round(expected[row["template"]], 3)
            row["reason"] = row["reason"] or "a better template was found"
        else:
            row["reason"] = row["reason"] or "too improbable, too short, or too far down the list"


def forbidden_indices(library: Library, exclusion: Exclusion, excluded: set[str]) -> list[int]:
    """Structure-database indices of everything excluded, for the loop search."""
    by_entry = [value[0] for name, value in library.chains.items() if name.split("_")[0] in exclusion.entries]
    return sorted(set(by_entry) | {library.chains[name][0] for name in excluded})


def _build_all(
    query: Query, library: Library, ranked: list[RankedCandidate], good: list[RankedCandidate], worker: BuildWorker,
    forbidden: list[int], threads: int, max_models: int, build_timeout: float, work: Path, report: Reporter,
) -> list[Model]:
    """Builds the ``good`` candidates that are worth it, side by side; if all fail, the next best ones in turn."""
    waiting = selection.worth_building(good, max_models, TOLERANCE, LIKENESS)
    names = {entry.name for entry in waiting}
    reserve = [entry for entry in good if entry.name not in names][:MAX_ATTEMPTS]
    running: dict[int, RankedCandidate] = {}
    models: list[Model] = []
    failures: list[str] = []
    submitted = 0
    total = len(waiting)
    while waiting or running:
        while waiting and len(running) < max(1, threads):
            entry = waiting.pop(0)
            running[submitted] = entry
            worker.submit(build_job(submitted, entry, query, library, forbidden, build_timeout, work))
            submitted += 1
        answer = worker.next_answer(1.0)
        if answer is None:
            continue
        entry = running.pop(answer["id"])
        if answer["ok"]:
            models.append(_finish(entry, ranked, query, work / f"model-{answer['id']}.pdb", answer["seconds"]))
            report.log(
                f"ProMod3: model on {entry.name} in {answer['seconds']:.1f} s, "
                f"mean estimated CA-lDDT {models[-1].mean_confidence:.1f}.")
        else:
            failures.append(f"{entry.name}: {answer['error']}")
            report.log(f"ProMod3 could not build on {entry.name}: {answer['error']}.")
            if not models and not waiting and not running and reserve:
                waiting.append(reserve.pop(0))
        report.progress("build", 0.35 + 0.6 * min(1.0, (len(models) + len(failures)) / max(1, total)),
                        f"{len(models)} of {total} models built.")
    if not models:
        raise EngineError(
            f"ProMod3 failed on all {len(failures)} templates that were tried ({failures[0]}). "
            "Raise the build timeout, or exclude these templates.")
    return models


def build_job(number: int, entry: RankedCandidate, query: Query, library: Library, forbidden: list[int],
         build_timeout: float, work: Path) -> dict:
    candidate = entry.candidate
    return {
        "id": number,
        # ProMod3 cannot build unknown residues: they are built as alanine and removed afterwards.
        "query": candidate.query_row.replace("X", "A"),
        "template": candidate.template_row,
        "chain_index": library.chains[entry.name][0],
        "template_start": candidate.template_start,
        "template_end": candidate.template_end,
        "output": str(work / f"model-{number}.pdb"),
        "timeout": build_timeout,
        "excluded": forbidden,
    }


def _finish(entry: RankedCandidate, ranked: list[RankedCandidate], query: Query, path: Path, seconds: float) -> Model:
    unknown = {number for number, letter in enumerate(query.sequence, start=1) if letter == "X"}
    atoms = read_atoms(path, unknown)
    others = [other.placed for other in ranked if other.name != entry.name][: confidence.MAX_OTHERS]
    values = confidence.estimate(entry.candidate, ca_array(atoms, len(query)), others)
    return Model(entry, atoms, values * 100, seconds)

