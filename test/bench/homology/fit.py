#!/usr/bin/python3
"""Fits the selection and confidence models on what collect.py made, and reports held-out accuracy.

    /usr/bin/python3 test/bench/homology/fit.py --work DIR [--out report.json] [--write]

Folds are homology-aware: targets that the search relates (probability >= 90 %, directly or through a chain of
others) are always in the same fold. ``--write`` replaces container/homology/foldpad_homology/coefficients.json.
"""

from __future__ import annotations

import argparse
import json
import pickle
from datetime import date
from pathlib import Path

import numpy as np

import common  # noqa: F401  (sets the import path)
from foldpad_homology import confidence, gate, regression, selection

FOLDS = 5
SELECTION_STRENGTH = 0.01
CONFIDENCE_STRENGTH = 0.02
BINS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0001)


def read_records(work: Path) -> list[dict]:
    """All finished targets, in name order."""
    return [pickle.loads(path.read_bytes()) for path in sorted(work.glob("*.pickle"))]


def homology_folds(records: list[dict]) -> np.ndarray:
    """Fold number of each record; related targets share one."""
    group = list(range(len(records)))

    def find(member: int) -> int:
        while group[member] != member:
            member = group[member]
        return member

    position = {record["target"]: number for number, record in enumerate(records)}
    owner: dict[str, int] = {}
    for number, record in enumerate(records):
        for chain in record["related"]:
            # Two targets that share a confident template are of one family, even if they miss each other.
            for other in (position.get(chain), owner.setdefault(chain, number)):
                if other is not None:
                    group[find(number)] = find(other)
    roots = [find(number) for number in range(len(records))]
    sizes = {root: roots.count(root) for root in set(roots)}
    load = [0] * FOLDS
    fold_of: dict[int, int] = {}
    for root in sorted(sizes, key=lambda r: (-sizes[r], r)):
        fold_of[root] = int(np.argmin(load))
        load[fold_of[root]] += sizes[root]
    return np.array([fold_of[root] for root in roots])


def selection_rows(records: list[dict]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features, true TM-score of the placed template, record number, and weight (1 per target in all)."""
    rows = [(c["features"], c["tm"], n, 1 / len(r["candidates"])) for n, r in enumerate(records) for c in r["candidates"]]
    features, truth, owner, weight = zip(*rows)
    return np.array(features), np.array(truth), np.array(owner), np.array(weight)


def confidence_rows(records: list[dict]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features, true CA-lDDT, record number, model number, weight; one row per modelled residue."""
    features, truth, owner, model_number, weights = [], [], [], [], []
    count = 0
    for number, record in enumerate(records):
        for model in record["models"]:
            if "error" in model:
                continue
            known = ~np.isnan(model["lddt"])
            features.append(model["features"][known])
            truth.append(model["lddt"][known])
            owner.append(np.full(known.sum(), number))
            model_number.append(np.full(known.sum(), count))
            # The model that would be delivered counts most.
            weights.append(np.full(known.sum(), 1.0 if model["order"] == 0 else 0.4))
            count += 1
    return tuple(np.concatenate(part) for part in (features, truth, owner, model_number, weights))


def held_out(names: list[str], features, truth, weight, fold, strength: float) -> np.ndarray:
    """Predictions for every row from models that never saw its fold."""
    predicted = np.zeros(len(truth))
    for number in range(FOLDS):
        test = fold == number
        model = regression.fit(names, features[~test], truth[~test], strength, weight[~test])
        predicted[test] = model.predict(features[test])
    return predicted


def calibration(predicted: np.ndarray, truth: np.ndarray) -> list[dict]:
    """Mean prediction and truth per bin of predicted value."""
    table = []
    for low, high in zip(BINS, BINS[1:]):
        inside = (predicted >= low) & (predicted < high)
        if inside.any():
            table.append({"from": low, "to": min(high, 1.0), "count": int(inside.sum()),
                          "predicted": round(float(predicted[inside].mean()), 3),
                          "true": round(float(truth[inside].mean()), 3)})
    return table


def summary(predicted: np.ndarray, truth: np.ndarray) -> dict:
    """Pearson r and mean absolute error, with the error of always saying the mean."""
    return {"r": round(float(np.corrcoef(predicted, truth)[0, 1]), 3),
            "mae": round(float(np.abs(predicted - truth).mean()), 3),
            "mae_constant": round(float(np.abs(truth - truth.mean()).mean()), 3), "count": len(truth)}


def report_selection(records: list[dict], folds: np.ndarray, strength: float) -> dict:
    """How well the chosen template does against the search's own order and against the best available."""
    features, truth, owner, weight = selection_rows(records)
    predicted = held_out(selection.FEATURES, features, truth, weight, folds[owner], strength)
    chosen, oracle, first = [], [], []
    for number, record in enumerate(records):
        mine = owner == number
        if not mine.any():
            chosen.append(0.0), oracle.append(0.0), first.append(0.0)
            continue
        chosen.append(float(truth[mine][predicted[mine].argmax()]))
        oracle.append(float(truth[mine].max()))
        probabilities = features[mine][:, 0] * 1000 + features[mine][:, selection.FEATURES.index("score")]
        first.append(float(truth[mine][probabilities.argmax()]))
    def describe(values: list[float]) -> dict:
        return {"mean": round(float(np.mean(values)), 4), "median": round(float(np.median(values)), 3),
                "share_at_least_half": round(float(np.mean(np.array(values) >= 0.5)), 3)}
    return {"expected_tm": summary(predicted, truth), "chosen": describe(chosen), "by_probability": describe(first),
            "best_available": describe(oracle), "calibration": calibration(predicted, truth)}


def report_confidence(records: list[dict], folds: np.ndarray, strength: float) -> dict:
    """Held-out accuracy per residue and per model, for delivered models (first choice) only."""
    features, truth, owner, model, weight = confidence_rows(records)
    predicted = held_out(confidence.FEATURES, features, truth, weight, folds[owner], strength)
    delivered = weight == 1.0
    numbers = np.unique(model[delivered])
    claimed = np.array([predicted[model == n].mean() for n in numbers])
    true = np.array([truth[model == n].mean() for n in numbers])
    every = np.unique(model)
    claimed_all = np.array([predicted[model == n].mean() for n in every])
    true_all = np.array([truth[model == n].mean() for n in every])
    return {
        "residues": summary(predicted[delivered], truth[delivered]),
        "residues_all_models": summary(predicted, truth),
        "models": summary(claimed, true),
        "overclaimed": round(float(((claimed >= 0.7) & (true < 0.5)).mean()), 4),
        "overclaimed_all_models": round(float(((claimed_all >= 0.7) & (true_all < 0.5)).mean()), 4),
        "calibration": calibration(predicted[delivered], truth[delivered]),
        "calibration_models": calibration(claimed, true),
    }


def report_gate(records: list[dict], work: Path, folds: np.ndarray) -> dict:
    """How many real chains and how many shuffled ones pass the gate, with held-out expectations."""
    features, truth, owner, weight = selection_rows(records)
    expected = held_out(selection.FEATURES, features, truth, weight, folds[owner], SELECTION_STRENGTH)
    model = regression.fit(selection.FEATURES, features, truth, SELECTION_STRENGTH, weight)
    probable = features[:, 0] >= gate.MIN_PROBABILITY / 100
    passed = refused_right = passed_wrong = 0
    for number in range(len(records)):
        mine = np.flatnonzero(owner == number)
        good = mine[probable[mine] & (expected[mine] >= gate.MIN_EXPECTED_TM)]
        if len(good):
            passed += 1
            passed_wrong += bool(truth[good[expected[good].argmax()]] < 0.3)
        elif len(mine):
            refused_right += bool(truth[mine[expected[mine].argmax()]] >= 0.5)
    decoys = [pickle.loads(path.read_bytes())["features"] for path in sorted(work.glob("*.decoy"))]
    decoys_passed = sum(
        bool(((table[:, 0] >= gate.MIN_PROBABILITY / 100) & (model.predict(table) >= gate.MIN_EXPECTED_TM)).any())
        for table in decoys if table is not None)
    return {"real": len(records), "real_passed": passed, "refused_though_right": refused_right,
            "passed_though_wrong": passed_wrong, "decoys": len(decoys), "decoys_passed": decoys_passed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    records = read_records(options.work)
    folds = homology_folds(records)
    report = {
        "targets": len(records),
        "models": sum("error" not in m for r in records for m in r["models"]),
        "failed_builds": sum("error" in m for r in records for m in r["models"]),
        "folds": [int((folds == n).sum()) for n in range(FOLDS)],
        "selection": report_selection(records, folds, SELECTION_STRENGTH),
        "confidence": report_confidence(records, folds, CONFIDENCE_STRENGTH),
    }
    report["gate"] = report_gate(records, options.work, folds)
    print(json.dumps(report, indent=1))
    if options.out:
        options.out.write_text(json.dumps(report, indent=1) + "\n")
    if options.write:
        _write(records, report)


def _write(records: list[dict], report: dict) -> None:
    features, truth, _, weight = selection_rows(records)
    select = regression.fit(selection.FEATURES, features, truth, SELECTION_STRENGTH, weight)
    features, truth, _, _, weight = confidence_rows(records)
    estimate = regression.fit(confidence.FEATURES, features, truth, CONFIDENCE_STRENGTH, weight)
    content = {
        "fitted_on": {
            "date": date.today().isoformat(),
            "targets": report["targets"],
            "models": report["models"],
            "alignments": "HHblits over promod3-data structure_db, two passes",
            "truth": "CA-lDDT of models of library chains; own PDB entry and > 95 % identity excluded",
            "held_out_r": report["confidence"]["residues"]["r"],
            "held_out_mae": report["confidence"]["residues"]["mae"],
        },
        "selection": select.to_json(),
        "confidence": estimate.to_json(),
    }
    regression.COEFFICIENTS.write_text(json.dumps(content, separators=(",", ":")).replace('],"', '],\n"') + "\n")


if __name__ == "__main__":
    main()
