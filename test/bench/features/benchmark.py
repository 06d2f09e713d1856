"""Measures the features stage against AlphaFold's own sequential pipeline: same databases, same two cores, one run.

    python benchmark.py DATABASES --out RESULTS.json [--scale 1] [--repetitions 2]

Writes what was measured as JSON; test/bench/features.ts says what of it was promised.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DRIVER = HERE.parents[2] / "container/alphafold"
sys.path.insert(0, str(DRIVER))

import numpy as np  # noqa: E402

import databases  # noqa: E402
from foldpad_alphafold import upstream  # noqa: E402
from foldpad_alphafold.features import FeatureOptions  # noqa: E402
from foldpad_alphafold.searches import TEMPLATES, Kind, kinds  # noqa: E402
from foldpad_alphafold.target import read_chains  # noqa: E402
from model import Search, fit, ratio  # noqa: E402
from upstream_run import MAX_TEMPLATE_DATE  # noqa: E402

CORES = 2
PREDICTED = (CORES, 8, 16, 32)
# Kind of target -> AlphaFold's presets.
TARGETS = {"monomer": ("monomer", "full_dbs"), "heteromer": ("multimer", "reduced_dbs")}
# CPUs beyond which a program gains nothing. jackhmmer and hmmsearch: AlphaFold's authors see it flatten at about 8
# (google-deepmind/alphafold#110, and the help of AlphaFold's jackhmmer_n_cpu); HMMER's author says 2 to 4, because one
# thread reads and parses the database (cryptogenomicon.org, "Thread count in HMMER3"). 8 favours upstream, which gives
# jackhmmer that many; the prediction is made with both. hhblits: no difference beyond 16 (google-deepmind/alphafold#399).
# hhsearch: AlphaFold's wrapper leaves it its default of 2.
MOST = {"jackhmmer": 8, "hmmsearch": 8, "hhblits": 16, "hhsearch": 2}
HMMER_AUTHORS_MOST = 4
UPSTREAM_THREADS = {"jackhmmer": 8, "hmmsearch": 8, "hhblits": 4, "hhsearch": 2}


def timed(work: Callable[[], Any]) -> dict[str, float]:
    """Seconds of ``work``, and of CPU time of the processes that it started and waited for."""
    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before, started = cpu(), time.monotonic()
    work()
    return {"seconds": round(time.monotonic() - started, 3), "cpu_seconds": round(cpu() - before, 3)}


def run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-1000:]}")


def compare(kind: str, fasta: Path, data: Path, repetitions: int) -> dict:
    """Both sides in turn, each repetition in the other order."""
    model_preset, database_preset = TARGETS[kind]
    times: dict[str, list[dict]] = {"upstream": [], "ours": []}
    manifest: dict = {}
    with tempfile.TemporaryDirectory(prefix="foldpad-bench-") as name:
        folder = Path(name)

        def upstreams() -> None:
            run([sys.executable, str(HERE / "upstream_run.py"), str(fasta), str(data), model_preset, database_preset,
                 str(folder / "upstream.pkl")])

        def ours(number: int) -> None:
            run([sys.executable, str(DRIVER / "main.py"), "features", f"--fasta={fasta}", f"--data={data}",
                 f"--model-preset={model_preset}", f"--db-preset={database_preset}",
                 f"--max-template-date={MAX_TEMPLATE_DATE}", f"--out={folder / 'ours'}",
                 f"--cache={folder / f'cache-{number}'}", f"--threads={CORES}"])

        for number in range(repetitions):
            sides = [("upstream", upstreams), ("ours", partial(ours, number))]
            for side, work in sides if number % 2 == 0 else reversed(sides):
                times[side].append(timed(work))
                say(f"{kind}, {side}: {times[side][-1]}")
        manifest = json.loads((folder / "ours/features.json").read_text())
        # The last answers are still there: what is left is the start and the assembling.
        rest = timed(partial(ours, repetitions - 1))["seconds"]
        # hhblits on several threads is not deterministic; without it, the features must be the same.
        comparable = database_preset == "reduced_dbs"
        different = different_arrays(folder / "upstream.pkl", folder / "ours/features.pkl") if comparable else None
    return {
        "residues": manifest["residues"], "msa_depth": manifest["msa_depth"], "templates": manifest["templates"],
        "rest": rest, "different_arrays": different, "times": times,
        **{side: statistics.median(one["seconds"] for one in runs) for side, runs in times.items()}}


def different_arrays(one: Path, other: Path) -> list[str]:
    """Names of the features that are not equal."""
    with open(one, "rb") as a, open(other, "rb") as b:
        left, right = pickle.load(a), pickle.load(b)  # noqa: S301 (made by this benchmark)
    shared = left.keys() & right.keys()
    unequal = {name for name in shared if not np.array_equal(left[name], right[name])}
    return sorted(unequal | (left.keys() ^ right.keys()))


def measure_tools(kind: str, fasta: Path, data: Path) -> list[dict]:
    """Each search of the target's first chain alone, with as many threads as cores, on one core and on two."""
    model_preset, database_preset = TARGETS[kind]
    multimer = model_preset == "multimer"
    found = FeatureOptions(data, model_preset, database_preset, MAX_TEMPLATE_DATE).databases()
    upstream.require()
    chain = read_chains(fasta, multimer=multimer)[0]
    results = []
    with tempfile.TemporaryDirectory(prefix="foldpad-bench-tools-") as name:
        folder = Path(name)
        query = folder / "query.fasta"
        query.write_text(f">query\n{chain.sequence}\n")
        for search in kinds(found, multimer=multimer, heteromer=multimer):
            times = {}
            for cores in range(1, CORES + 1):
                with on_cores(cores):
                    times[cores] = timed(partial(one_search, search, query, found, multimer, folder, cores))
            say(f"{kind}, {search.name}: {times}")
            results.append({
                "search": search.name, "tool": search.tool, "max_threads": search.max_threads,
                "seconds": [times[cores]["seconds"] for cores in times],
                "cores_busy": round(times[CORES]["cpu_seconds"] / times[CORES]["seconds"], 2)})
    return results


class on_cores:
    """Everything that starts within runs on the first ``count`` of this process's cores."""

    def __init__(self, count: int) -> None:
        self._all = os.sched_getaffinity(0)
        self._some = set(sorted(self._all)[:count])

    def __enter__(self) -> None:
        os.sched_setaffinity(0, self._some)

    def __exit__(self, *_: object) -> None:
        os.sched_setaffinity(0, self._all)


def one_search(search: Kind, query: Path, found: dict, multimer: bool, folder: Path, threads: int) -> None:
    """A search with AlphaFold's own wrapper. Templates are searched with what UniRef90 has given before."""
    pipeline = upstream.monomer_pipeline(found, None, None)
    if search.name == TEMPLATES:
        searcher = upstream.template_searcher(multimer, found, threads)
        upstream.search_templates(
            searcher, upstream.template_alignment(folder / "uniref90_hits.sto", pipeline.uniref_max_hits))
        return
    limit = {"uniref90": pipeline.uniref_max_hits, "mgnify": pipeline.mgnify_max_hits}.get(search.name)
    uniprot = search.name == "uniprot"
    runner = upstream.uniprot_runner(found) if uniprot else getattr(pipeline, upstream.RUNNERS[search.name])
    runner.n_cpu = threads
    upstream.run_msa_tool(runner, query, folder / search.file, limit)


def predict(tools: list[dict], chains: int, rest: float, jackhmmers_most: int) -> dict[str, float]:
    """Our time to upstream's by number of CPUs. All chains are taken for as costly as the one that was measured."""
    searches = []
    for number in range(chains):
        for tool in tools:
            serial, parallel = fit(*tool["seconds"])
            hmmer = tool["tool"] in ("jackhmmer", "hmmsearch")
            searches.append(Search(
                f"{number}:{tool['search']}", serial, parallel, jackhmmers_most if hmmer else MOST[tool["tool"]],
                UPSTREAM_THREADS[tool["tool"]], tool["max_threads"],
                f"{number}:uniref90" if tool["search"] == TEMPLATES else None))
    return {str(cpus): round(ratio(searches, cpus, rest), 3) for cpus in PREDICTED}


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("databases", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repetitions", type=int, default=2)
    options = parser.parse_args()
    started = time.monotonic()
    made = databases.ensure(options.databases, options.scale)
    say(f"databases {'made' if made else 'found'} in {time.monotonic() - started:.0f} s")
    targets = databases.targets(options.databases)
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))
    results: dict[str, dict] = {}
    for kind, fasta in targets.items():
        # Both sides find the databases in memory, whatever was done before.
        for file in options.databases.rglob("*"):
            if file.is_file():
                with open(file, "rb") as handle:
                    while handle.read(1 << 24):
                        pass
        results[kind] = compare(kind, fasta, options.databases, options.repetitions)
        tools = measure_tools(kind, fasta, options.databases)
        chains = len(read_chains(fasta, multimer=kind == "heteromer"))
        rest = results[kind]["rest"]
        results[kind] |= {
            "tools": tools, "predicted": predict(tools, chains, rest, MOST["jackhmmer"]),
            "predicted_by_hmmers_author": predict(tools, chains, rest, HMMER_AUTHORS_MOST)}
    options.out.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
