#!/usr/bin/python3
"""Makes the data that fit.py learns from: models of library chains whose structure is known.

    /usr/bin/python3 test/bench/homology/collect.py --library DIR --work DIR [--processes 2] [--count 260]

Each target is treated as a bare sequence: its own PDB entry and every hit above 95 % identity are excluded from the
query profile, the templates, the agreement features and the loop database. One file per target is written to
``--work``; a second call continues where the first ended. ``--decoys N`` also searches with N shuffled target
sequences, which have no structure, to see what the gate must refuse.
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import random
import tempfile
import time
import traceback
from pathlib import Path

import numpy as np

from common import (
    MAX_IDENTITY, TRAINING_COUNT, open_library, target_sequence, tm_align, tm_score, training_targets, write_ca_pdb)
from foldpad_homology import confidence, selection
from foldpad_homology.build_client import BuildWorker
from foldpad_homology.fasta import Query
from foldpad_homology.geometry import ca_lddt
from foldpad_homology.library import Library
from foldpad_homology.pipeline import build_job, find_candidates, forbidden_indices
from foldpad_homology.search import Exclusion
from foldpad_homology.structure_files import ca_array, read_atoms

BUILD_TIMEOUT = 120.0


def collect(library: Library, chain: str, worker: BuildWorker, work: Path) -> dict:
    """Everything about one target: candidates with features and true quality, and up to two models."""
    sequence = target_sequence(library, chain)
    truth = library.ca_coordinates(chain)
    exclusion = Exclusion(frozenset([chain.split("_")[0]]), MAX_IDENTITY)
    query = Query(chain, "", sequence, sequence)
    started = time.monotonic()
    candidates, table, excluded = find_candidates(query, library, exclusion, 1, work)
    seconds = time.monotonic() - started
    considered = selection.consider(candidates)
    ranked = selection.rank(considered, library)
    record: dict = {
        "target": chain, "length": len(sequence), "search_seconds": seconds, "candidates": [], "models": [],
        # For homology-aware folds: every chain that the search relates to this target.
        "related": [row["template"] for row in table if row["probability"] >= 90],
    }
    if ranked:
        matrix = selection.features([r.candidate for r in ranked], [r.placed for r in ranked])
    for number, entry in enumerate(ranked):
        have = ~np.isnan(entry.placed[:, 0])
        record["candidates"].append({
            "template": entry.name, "features": matrix[number], "expected": entry.expected_tm,
            "tm": tm_score(entry.placed[have], truth[have], len(sequence)),
            "lddt": float(np.nansum(ca_lddt(entry.placed, truth)) / len(sequence)),
            "probability": entry.candidate.hit.probability, "coverage": entry.candidate.coverage,
            "identity": entry.candidate.identity,
        })
    reference = work / "reference.pdb"
    write_ca_pdb(reference, truth, sequence)
    # The best, and one from further down so that bad models are learnt too.
    chosen = ranked[:1] + random.Random(chain).sample(ranked[1:], min(1, len(ranked[1:])))
    forbidden = forbidden_indices(library, exclusion, excluded)
    for number, entry in enumerate(chosen):
        worker.submit(build_job(number, entry, query, library, forbidden, BUILD_TIMEOUT, work))
        answer = None
        while answer is None:
            answer = worker.next_answer(5.0)
        if not answer["ok"]:
            record["models"].append({"template": entry.name, "order": number, "error": answer["error"]})
            continue
        path = work / f"model-{number}.pdb"
        model = ca_array(read_atoms(path, set()), len(sequence))
        others = [other.placed for other in ranked if other.name != entry.name][: confidence.MAX_OTHERS]
        record["models"].append({
            "template": entry.name, "order": ranked.index(entry), "seconds": answer["seconds"],
            "features": confidence.features(entry.candidate, model, others).astype(np.float32),
            "lddt": ca_lddt(model, truth), "tm": tm_align(path, reference),
        })
    return record


def collect_decoy(library: Library, chain: str, work: Path) -> dict:
    """What the search finds for a shuffled sequence: the features of its candidates."""
    letters = list(target_sequence(library, chain))
    random.Random(f"decoy {chain}").shuffle(letters)
    sequence = "".join(letters)
    candidates, _, _ = find_candidates(Query(chain, "", sequence, sequence), library, Exclusion(), 1, work)
    ranked = selection.rank(selection.consider(candidates), library)
    return {
        "decoy": chain, "length": len(sequence),
        "features": selection.features([r.candidate for r in ranked], [r.placed for r in ranked]) if ranked else None,
    }


def _run_decoys(root: Path, work: Path, chains: list[str]) -> None:
    library = open_library(root)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        for chain in chains:
            output = work / f"{chain}.decoy"
            if not output.exists():
                temporary = output.with_suffix(".tmp")
                temporary.write_bytes(pickle.dumps(collect_decoy(library, chain, Path(folder))))
                temporary.rename(output)


def _run_part(root: Path, work: Path, chains: list[str]) -> None:
    library = open_library(root)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        worker = BuildWorker(Path(folder) / "builder.log", 1)
        for chain in chains:
            output = work / f"{chain}.pickle"
            if output.exists():
                continue
            try:
                record = collect(library, chain, worker, Path(folder))
            except Exception:  # one bad target must not end the run; it is reported and retried next time
                print(f"{chain}: {traceback.format_exc()}", flush=True)
                continue
            temporary = output.with_suffix(".tmp")
            temporary.write_bytes(pickle.dumps(record))
            temporary.rename(output)
            best = max((model["tm"] for model in record["models"] if "tm" in model), default=0.0)
            print(f"{chain} {record['length']} candidates {len(record['candidates'])} best TM {best:.2f}", flush=True)
        worker.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--count", type=int, default=TRAINING_COUNT)
    parser.add_argument("--decoys", type=int, default=0)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    chains = training_targets(open_library(options.library))[: options.count]
    _in_parallel(_run_part, chains, options)
    _in_parallel(_run_decoys, chains[: options.decoys], options)


def _in_parallel(function, chains: list[str], options: argparse.Namespace) -> None:
    processes = [
        multiprocessing.Process(target=function, args=(options.library, options.work, chains[n :: options.processes]))
        for n in range(options.processes)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
