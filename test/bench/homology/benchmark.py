#!/usr/bin/python3
"""Measures the homology engine on random library chains that were not used for fitting.

    /usr/bin/python3 test/bench/homology/benchmark.py --library DIR --out results.json [--count 130] [--work DIR]

Each target runs the engine's own command line with nothing but its sequence; its PDB entry and every template above
95 % identity are excluded. The first-ranked model is compared with the true structure: TM-score by TMalign
normalised by the target length (no model counts as 0), CA-lDDT per residue. One target at a time, so that the
seconds are those a user waits. With ``--work`` a second call continues where the first ended.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

import common
from fit import calibration, summary
from foldpad_homology.geometry import ca_lddt
from foldpad_homology.library import Library
from foldpad_homology.structure_files import ca_array, read_atoms

MAIN = Path(__file__).resolve().parents[3] / "container" / "homology" / "main.py"
# What Foldpad asks of the engine; the report says which are met.
TARGETS = {"share_tm_half": 0.80, "median_tm": 0.83, "mean_tm": 0.70, "mae": 0.10, "r": 0.65, "overclaimed": 0.02,
           "median_seconds": 8.0}


def run_target(library: Library, root: Path, chain: str, threads: int, folder: Path) -> dict:
    """Predicts one chain and measures the result."""
    folder.mkdir(parents=True, exist_ok=True)
    sequence = common.target_sequence(library, chain)
    truth = library.ca_coordinates(chain)
    fasta = folder / "target.fasta"
    fasta.write_text(f">{chain}\n{sequence}\n")
    command = [
        sys.executable, str(MAIN), "predict", "--fasta", str(fasta), "--out", str(folder), "--library", str(root),
        "--threads", str(threads), "--exclude-templates", chain.split("_")[0],
        "--max-identity", str(common.MAX_IDENTITY)]
    load = os.getloadavg()[0]
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    record: dict = {"target": chain, "length": len(sequence), "seconds": round(seconds, 2),
                    "cpu_seconds": round(cpu_seconds, 2), "load": round(load, 2),
                    "exit_code": process.returncode, "tm": 0.0}
    if process.returncode == 3:
        refusal = json.loads((folder / "no_template.json").read_text())
        return record | {"best_hit": refusal["best_hit"]}
    if process.returncode != 0:
        return record | {"error": process.stderr.strip().splitlines()[-1:]}
    prediction = json.loads((folder / "prediction.json").read_text())
    best = prediction["models"][0]
    claimed = np.array(
        [np.nan if v is None else v for v in json.loads((folder / "confidence_0.json").read_text())["per_residue"]],
        dtype=float) / 100
    reference = folder / "reference.pdb"
    common.write_ca_pdb(reference, truth, sequence)
    true = ca_lddt(ca_array(read_atoms(folder / "ranked_0.pdb", set()), len(sequence)), truth)
    known = ~np.isnan(true)
    others = [common.tm_align(folder / m["files"]["pdb"], reference) for m in prediction["models"][1:]]
    return record | {
        "tm": common.tm_align(folder / "ranked_0.pdb", reference),
        "tm_other_models": others,
        "template": best["template"], "identity": best["identity"], "coverage": best["coverage"],
        "probability": best["probability"], "expected_tm": best["expected_tm"],
        "residues_modelled": best["residues_modelled"],
        "claimed_lddt": round(float(claimed[known].mean()), 4), "true_lddt": round(float(true[known].mean()), 4),
        "claimed": [round(float(v), 3) for v in claimed[known]], "true": [round(float(v), 3) for v in true[known]],
        "timings": prediction["timings"],
    }


def summarise(records: list[dict]) -> dict:
    """The numbers that the targets ask for."""
    tm = np.array([record["tm"] for record in records])
    modelled = [record for record in records if "claimed" in record]
    seconds = np.array([record["seconds"] for record in records])
    result: dict = {
        "targets": len(records), "modelled": len(modelled),
        "no_template": sum(record["exit_code"] == 3 for record in records),
        "errors": sum(record["exit_code"] not in (0, 3) for record in records),
        "share_tm_half": round(float((tm >= 0.5).mean()), 3), "median_tm": round(float(np.median(tm)), 3),
        "mean_tm": round(float(tm.mean()), 3),
        "median_seconds": round(float(np.median(seconds)), 2), "p90_seconds": round(float(np.quantile(seconds, 0.9)), 2),
        "max_seconds": round(float(seconds.max()), 2),
        "median_cpu_seconds": round(float(np.median([record.get("cpu_seconds", np.nan) for record in records])), 2),
        "median_load_before": round(float(np.median([record["load"] for record in records])), 2),
    }
    if len(modelled) < 2:
        return result
    claimed = np.concatenate([record["claimed"] for record in modelled])
    true = np.concatenate([record["true"] for record in modelled])
    model_claimed = np.array([record["claimed_lddt"] for record in modelled])
    model_true = np.array([record["true_lddt"] for record in modelled])
    residues = summary(claimed, true)
    return result | {
        "r": residues["r"], "mae": residues["mae"], "residues": residues, "models": summary(model_claimed, model_true),
        "overclaimed": round(float(((model_claimed >= 0.7) & (model_true < 0.5)).mean()), 4),
        "calibration": calibration(claimed, true), "calibration_models": calibration(model_claimed, model_true),
        "by_identity": _by_identity(modelled),
    }


def _by_identity(records: list[dict]) -> list[dict]:
    table = []
    for low, high in ((0.0, 0.2), (0.2, 0.3), (0.3, 0.4), (0.4, 0.6), (0.6, 1.01)):
        part = [record for record in records if low <= record["identity"] < high]
        if part:
            table.append({
                "from": low, "to": min(high, 1.0), "count": len(part),
                "median_tm": round(float(np.median([r["tm"] for r in part])), 3),
                "median_true_lddt": round(float(np.median([r["true_lddt"] for r in part])), 3),
                "median_claimed_lddt": round(float(np.median([r["claimed_lddt"] for r in part])), 3)})
    return table


def verdicts(result: dict) -> dict[str, bool]:
    """Which of the asked numbers are met."""
    at_most = {"mae", "overclaimed", "median_seconds"}
    return {
        name: (result.get(name, float("nan")) <= goal) if name in at_most else (result.get(name, 0.0) >= goal)
        for name, goal in TARGETS.items()
    }


def machine() -> dict:
    """What the seconds were measured on."""
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.processor())
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.platform()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--count", type=int, default=130)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    library = common.open_library(options.library)
    work = options.work or Path(tempfile.mkdtemp(prefix="foldpad-benchmark-"))
    records = []
    for number, chain in enumerate(common.benchmark_targets(library, options.count), start=1):
        done = work / chain / "record.json"
        if not done.exists():
            record = run_target(library, options.library, chain, options.threads, work / chain)
            done.write_text(json.dumps(record))
        record = json.loads(done.read_text())
        records.append(record)
        print(f"{number}/{options.count} {chain} {record['length']} TM {record['tm']:.2f} {record['seconds']:.1f} s "
              f"exit {record['exit_code']}", flush=True)
    result = summarise(records)
    report = {"date": date.today().isoformat(), "machine": machine(), "threads": options.threads,
              "summary": result, "targets_met": verdicts(result), "goals": TARGETS,
              "records": [{k: v for k, v in r.items() if k not in ("claimed", "true")} for r in records]}
    options.out.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps({"summary": result, "targets_met": report["targets_met"]}, indent=1))


if __name__ == "__main__":
    main()
