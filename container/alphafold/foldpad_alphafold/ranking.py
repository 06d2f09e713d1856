"""Ranks predictions and writes what belongs to all of them; prediction.json, for the runner, comes last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from . import ENGINE_VERSION, upstream
from .checkpoints import Step
from .files import write_atomically, write_json
from .outputs import read_model
from .provenance import RANDOM_WARNING, cif_comments, pdb_header

if TYPE_CHECKING:
    from .predict import PredictOptions

METRIC = "pLDDT"


def order(steps: dict[str, Step]) -> list[str]:
    """Names, best first; equals keep upstream's order."""
    return sorted(steps, key=lambda name: -steps[name].facts["confidence"])


def percent(step: Step, multimer: bool) -> float:
    """The ranking confidence on a scale of 0..100."""
    return step.facts["confidence"] * (100.0 if multimer else 1.0)


def write(
    options: PredictOptions, names: list[str], steps: dict[str, Step], relaxed: dict[str, Step], manifest: dict,
    hardware: str, warnings: list[str],
) -> dict:
    """Writes ranked_N, ranking_debug.json, relax_metrics.json, timings.json and prediction.json into ``options.out``."""
    out = options.out
    method = f"AlphaFold 2 ({options.model_preset})"
    if options.random is not None:
        method = f"RANDOM PARAMETERS, no prediction: {method}"
        warnings = [RANDOM_WARNING, *warnings]
    models = [_write_ranked(rank, name, options, steps[name], name in relaxed, method) for rank, name in enumerate(names)]
    label = "iptm+ptm" if options.multimer else "plddts"
    write_atomically(out / "ranking_debug.json", json.dumps(
        {label: {name: step.facts["confidence"] for name, step in steps.items()}, "order": names}, indent=4))
    if options.relax != "none":
        keys = ("remaining_violations", "remaining_violations_count")
        write_atomically(out / "relax_metrics.json", json.dumps(
            {name: {key: step.facts[key] for key in keys} for name, step in relaxed.items()}, indent=4))
    timings = _timings(steps, relaxed, manifest)
    write_atomically(out / "timings.json", json.dumps(timings, indent=4))
    prediction = {
        "schema": 1,
        "engine": "alphafold2",
        "engine_version": ENGINE_VERSION,
        "method": method,
        "confidence_metric": METRIC,
        "sequence_length": manifest["residues"],
        "parameters": "random" if options.random is not None else "published",
        "models": models,
        "timings": timings,
        "software": {**manifest["software"], "alphafold": upstream.version(), "hardware": hardware},
        "databases": manifest["databases"],
        "seed": options.seed,
        "warnings": warnings,
    }
    write_json(out / "prediction.json", prediction)
    return prediction


def _write_ranked(rank: int, name: str, options: PredictOptions, step: Step, is_relaxed: bool, method: str) -> dict:
    from alphafold.common import protein

    out = options.out
    source = f"{'relaxed' if is_relaxed else 'unrelaxed'}_{name}"
    remarks = _remarks(name, options, step, is_relaxed, method)
    title = f"ALPHAFOLD 2 PREDICTION, RANK {rank}" if options.random is None else RANDOM_WARNING
    text = (out / f"{source}.pdb").read_text()
    write_atomically(out / f"ranked_{rank}.pdb", pdb_header(remarks, title) + text)
    kind = "Multimer" if options.multimer else "Monomer"
    cif = protein.to_mmcif(read_model(text), str(rank), kind)
    # Comments may stand anywhere; readers that look for data_ in the first line find it there.
    first, _, rest = cif.partition("\n")
    write_atomically(out / f"ranked_{rank}.cif", f"{first}\n{cif_comments(remarks)}{rest}")
    pae = f"pae_{name}.json"
    return {
        "rank": rank,
        "name": name,
        "mean_confidence": step.facts["mean_plddt"],
        "residues_modelled": step.facts["residues"],
        "files": {
            "pdb": f"ranked_{rank}.pdb", "cif": f"ranked_{rank}.cif", "confidence": f"confidence_{name}.json",
            **({"pae": pae} if pae in step.files else {})},
    }


def _remarks(name: str, options: PredictOptions, step: Step, is_relaxed: bool, method: str) -> list[str]:
    scores = ", ".join(f"{score}TM {step.facts[f'{score.lower()}tm']:.3f}" for score in ("p", "ip") if f"{score}tm" in step.facts)
    return [
        *([RANDOM_WARNING] if options.random is not None else []),
        "THIS IS A PREDICTION, NOT AN EXPERIMENTAL STRUCTURE.",
        f"METHOD: {method}",
        f"ENGINE: FOLDPAD ALPHAFOLD ENGINE {ENGINE_VERSION}, {upstream.version()}",
        f"MODEL: {name}, SEED {step.facts['seed']}, {'RELAXED' if is_relaxed else 'UNRELAXED'}",
        f"MEAN PLDDT {step.facts['mean_plddt']:.1f}{', ' + scores if scores else ''}",
        # The viewer takes the numbers for confidence because this line says so.
        "B-FACTOR COLUMN: PLDDT, 0 (LOW CONFIDENCE) TO 100 (HIGH CONFIDENCE)."
        if options.random is None else "B-FACTOR COLUMN: MEANINGLESS, OF A NETWORK WITH RANDOM PARAMETERS.",
    ]


def _timings(steps: dict[str, Step], relaxed: dict[str, Step], manifest: dict) -> dict[str, float]:
    """Seconds by step, as upstream names them; those of the searches come from the features."""
    return {
        "features": round(sum(manifest["timings"].get(name, 0.0) for name in ("searches", "assemble")), 2),
        **{name: seconds for name, seconds in manifest["timings"].items() if name.startswith("search_")},
        **{f"predict_and_compile_{name}": step.facts["seconds"] for name, step in steps.items()},
        **{f"relax_{name}": step.facts["seconds"] for name, step in relaxed.items()},
    }
