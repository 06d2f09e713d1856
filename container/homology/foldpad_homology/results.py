"""Writes a prediction's files; ``prediction.json`` comes last, so its presence means that all is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import ENGINE_VERSION, regression
from .fasta import Query
from .files import write_atomically, write_json
from .library import Library
from .mmcif import METRIC, mmcif_text
from .pipeline import Model, Outcome
from .software import engine_label, software_versions
from .structure_files import Provenance, pdb_text

# HHblits without iterations is HHsearch behind a fast prefilter.
METHOD = "homology modelling (HHblits + ProMod3)"


def write_results(outcome: Outcome, query: Query, library: Library, seed: int, out: Path) -> dict:
    """Writes all files of a successful prediction into ``out`` and returns what prediction.json holds."""
    write_json(out / "templates.json", {"schema": 1, "hits": outcome.table})
    entries = [_write_model(rank, model, query, library, out) for rank, model in enumerate(outcome.models)]
    fitted = regression.coefficients().get("fitted_on", {})
    prediction = {
        "schema": 1,
        "engine": "homology",
        "engine_version": ENGINE_VERSION,
        "method": METHOD,
        "confidence_metric": METRIC,
        "confidence_calibration": fitted,
        "target": {"name": query.name, "description": query.description, "sequence": query.original},
        "sequence_length": len(query),
        "models": entries,
        "software": software_versions(),
        "databases": [{
            "name": "promod3-data structure_db",
            "version": library.manifest["source_version"],
            "chains": library.manifest["chains"],
        }],
        "seed": seed,
        "timings": outcome.timings,
        "warnings": outcome.warnings,
        "files": {"templates": "templates.json"},
    }
    write_json(out / "prediction.json", prediction)
    return prediction


def _write_model(rank: int, model: Model, query: Query, library: Library, out: Path) -> dict:
    name = f"ranked_{rank}"
    candidate = model.ranked.candidate
    hit = candidate.hit
    files = {"pdb": f"{name}.pdb", "cif": f"{name}.cif", "confidence": f"confidence_{rank}.json",
             "alignment": f"alignment_{rank}.fasta"}
    provenance = Provenance(
        target_name=query.name, target_description=query.description, sequence=query.sequence,
        template=hit.name, identity=candidate.identity, coverage=candidate.coverage, probability=hit.probability,
        evalue=hit.evalue, target_range=candidate.target_range, template_range=candidate.template_range,
        engine=engine_label(), method=METHOD, software=software_versions(),
        database=f"promod3-data structure_db {library.manifest['source_version']}, {library.manifest['chains']} chains")
    write_atomically(out / files["pdb"], pdb_text(model.atoms, model.confidence, provenance))
    write_atomically(out / files["cif"], mmcif_text(model.atoms, model.confidence, name, provenance))
    write_json(out / files["confidence"], _confidence(model, query))
    write_atomically(out / files["alignment"], (
        f">{query.name}\n{candidate.query_row}\n"
        f">{hit.name} residues {candidate.template_range[0]}-{candidate.template_range[1]} of the library chain, "
        f"probability {hit.probability:.1f}, E-value {hit.evalue:.2g}\n{candidate.template_row}\n"))
    return {
        "rank": rank,
        "name": name,
        "template": hit.name,
        "identity": round(candidate.identity, 4),
        "coverage": round(candidate.coverage, 4),
        "probability": hit.probability,
        "evalue": hit.evalue,
        "expected_tm": round(model.ranked.expected_tm, 3),
        "mean_confidence": round(model.mean_confidence, 2),
        "residues_modelled": int((~np.isnan(model.confidence)).sum()),
        "build_seconds": model.build_seconds,
        "files": files,
    }


def _confidence(model: Model, query: Query) -> dict:
    return {
        "metric": METRIC,
        "scale": [0, 100],
        "mean": round(model.mean_confidence, 2),
        "residue_numbers": list(range(1, len(query) + 1)),
        "sequence": query.sequence,
        "per_residue": [None if np.isnan(value) else round(float(value), 2) for value in model.confidence],
    }
