"""AlphaFold's presets by name, and what follows from them."""

from __future__ import annotations

MODEL_PRESETS = ("monomer", "monomer_casp14", "monomer_ptm", "multimer")
DATABASE_PRESETS = ("full_dbs", "reduced_dbs")
MODEL_NAMES = ("model_1", "model_2", "model_3", "model_4", "model_5")
RELAX_CHOICES = ("best", "all", "none")

# run_alphafold.py: the casp14 preset averages eight samples of the features, the others take one.
CASP14_ENSEMBLES = 8


def is_multimer(model_preset: str) -> bool:
    return model_preset == "multimer"


def ensembles(model_preset: str) -> int:
    return CASP14_ENSEMBLES if model_preset == "monomer_casp14" else 1
