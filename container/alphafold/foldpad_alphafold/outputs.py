"""Writes what one network predicted, under upstream's names."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from .features import PICKLE_PROTOCOL
from .files import appearing, write_atomically

# Categories of the AlphaFold Protein Structure Database: D below 50, L below 70, M below 90, H.
_CATEGORIES = ((90.0, "H"), (70.0, "M"), (50.0, "L"), (0.0, "D"))


def to_numpy(tree: Any) -> Any:
    """The same nested dictionaries with NumPy arrays in place of JAX's."""
    if isinstance(tree, dict):
        return {name: to_numpy(value) for name, value in tree.items()}
    return np.asarray(tree) if hasattr(tree, "__array__") else tree


def confidence_json(plddt: np.ndarray) -> str:
    """pLDDT (residues,) 0..100 as the AlphaFold database writes it."""
    scores = [round(float(value), 2) for value in plddt]
    return json.dumps({
        "residueNumber": list(range(1, len(scores) + 1)),
        "confidenceScore": scores,
        "confidenceCategory": [next(letter for least, letter in _CATEGORIES if score >= least) for score in scores],
    }, separators=(",", ":"))


def pae_json(pae: np.ndarray, maximum: float) -> str:
    """Predicted aligned error (residues, residues) in Angstrom, rounded to 0.1, as the AlphaFold database writes it."""
    return json.dumps([{
        "predicted_aligned_error": np.round(pae.astype(np.float64), 1).tolist(),
        "max_predicted_aligned_error": round(float(maximum), 2),
    }], separators=(",", ":"))


def write_model(name: str, index: int, multimer: bool, processed: Any, result: Any, out: Path) -> tuple[list[str], dict]:
    """Writes result_, unrelaxed_, confidence_ and pae_ of one prediction into ``out``.

    ``index``: its place among the preset's predictions. Returns the files' names and facts for ranking.
    """
    from alphafold.common import protein, residue_constants

    result = to_numpy(dict(result))
    plddt = result["plddt"].astype(np.float64)
    model = protein.from_prediction(
        features=processed, result=result,
        b_factors=np.repeat(plddt[:, None], residue_constants.atom_type_num, axis=-1),
        remove_leading_feature_dimension=not multimer)
    files = [f"confidence_{name}.json", f"result_{name}.pkl", f"unrelaxed_{name}.pdb", f"unrelaxed_{name}.cif"]
    write_atomically(out / files[0], confidence_json(plddt))
    with appearing(out / files[1]) as temporary, open(temporary, "wb") as handle:
        pickle.dump(result, handle, protocol=PICKLE_PROTOCOL)
    write_atomically(out / files[2], protein.to_pdb(model))
    write_atomically(out / files[3], protein.to_mmcif(model, str(index), "Multimer" if multimer else "Monomer"))
    pae = aligned_error(result)
    if pae is not None:
        files.append(f"pae_{name}.json")
        write_atomically(out / files[-1], pae_json(*pae))
    facts = {
        "confidence": ranking_confidence(result, multimer),
        "mean_plddt": round(float(plddt.mean()), 2),
        "residues": len(plddt),
        **{score: round(float(result[score]), 4) for score in ("ptm", "iptm") if score in result},
    }
    return files, facts


def read_model(pdb: str) -> Any:
    """AlphaFold's Protein of a PDB text, with chains that keep their names where it is written again.

    AlphaFold itself counts the chains of a file from zero, so that a complex of B and C would come out as A and B.
    """
    from alphafold.common import protein

    model = protein.from_pdb_string(pdb)
    names = sorted(set(chain_names(pdb)))
    index = np.array([protein.PDB_CHAIN_IDS.index(name) for name in names])
    return dataclasses.replace(model, chain_index=index[model.chain_index])


def chain_names(pdb: str) -> list[str]:
    """Names of the chains of a PDB text, in its order."""
    return list(dict.fromkeys(line[21] for line in pdb.splitlines() if line.startswith("ATOM")))


def rename_chains(pdb: str, names: list[str]) -> str:
    """The PDB text with other names for its chains, in its order."""
    own = chain_names(pdb)
    if len(own) != len(names):
        raise ValueError(f"there are {len(own)} chains where there were {len(names)}")
    new = dict(zip(own, names))

    def renamed(line: str) -> str:
        has_chain = line.startswith(("ATOM", "HETATM", "TER")) and len(line) > 22
        return f"{line[:21]}{new.get(line[21], line[21])}{line[22:]}" if has_chain else line

    return "".join(map(renamed, pdb.splitlines(keepends=True)))


def aligned_error(result: dict) -> tuple[np.ndarray, float] | None:
    """(PAE, its maximum), of presets that predict it."""
    pae, maximum = result.get("predicted_aligned_error"), result.get("max_predicted_aligned_error")
    return None if maximum is None or not isinstance(pae, np.ndarray) else (pae, float(maximum))


def ranking_confidence(result: dict, multimer: bool) -> float:
    """What predictions are ranked by, on upstream's scale: mean pLDDT 0..100, for multimers 0.8 ipTM + 0.2 pTM 0..1."""
    if multimer:
        # alphafold-colabfold tells the same number times a hundred.
        return 0.8 * float(result["iptm"]) + 0.2 * float(result["ptm"])
    return float(result["ranking_confidence"])
