"""Amber relaxation of a prediction: a step of its own, whose failure costs nothing but the relaxed copy."""

from __future__ import annotations

from pathlib import Path

from .files import write_atomically
from .outputs import chain_names, read_model, rename_chains
from .progress import Reporter

# run_alphafold.py: settings of AlphaFold's relaxation.
MAX_ITERATIONS = 0
ENERGY_TOLERANCE = 2.39
STIFFNESS = 10.0
MAX_OUTER_ITERATIONS = 3


def relax(
    name: str, multimer: bool, residues: int, out: Path, device: str, report: Reporter,
) -> tuple[list[str], dict]:
    """Writes relaxed_<name>.pdb and .cif from unrelaxed_<name>.pdb; returns their names and the remaining violations.

    Starting from the file and not from memory, a second attempt relaxes the same numbers. ``residues``: how many were
    predicted. Raises whatever goes wrong, and ValueError for a target with residues that AlphaFold does not model.
    """
    from alphafold.common import protein
    from alphafold.relax import relax as amber

    unrelaxed = (out / f"unrelaxed_{name}.pdb").read_text()
    model = protein.from_pdb_string(unrelaxed)
    # AlphaFold refuses these too, but sees them only in memory: in the file there is nothing of them, and OpenMM would bond
    # their neighbours to each other and number all that follows anew.
    if len(model.aatype) != residues:
        missing = residues - len(model.aatype)
        raise ValueError(f"{missing} of {residues} residues have no atoms, such as X in the sequence")
    platforms = [True, False] if device == "gpu" else [False]
    for use_gpu in platforms:
        relaxer = amber.AmberRelaxation(
            max_iterations=MAX_ITERATIONS, tolerance=ENERGY_TOLERANCE, stiffness=STIFFNESS, exclude_residues=[],
            max_outer_iterations=MAX_OUTER_ITERATIONS, use_gpu=use_gpu)
        try:
            text, _, violations = relaxer.process(prot=model)
            break
        except Exception as error:  # noqa: BLE001 (OpenMM raises plain exceptions)
            if use_gpu is platforms[-1]:
                raise
            report.log(f"Relaxation on the GPU failed ({_sentence(error)}); trying the CPU.")
    files = [f"relaxed_{name}.pdb", f"relaxed_{name}.cif"]
    # OpenMM names chains from A on, AlphaFold those of a complex from B on: all structures of a job have to agree.
    text = rename_chains(text, chain_names(unrelaxed))
    write_atomically(out / files[0], text)
    write_atomically(out / files[1], protein.to_mmcif(read_model(text), "0", "Multimer" if multimer else "Monomer"))
    count = float(sum(violations))
    return files, {"remaining_violations": [float(value) for value in violations], "remaining_violations_count": count}


def _sentence(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def why_not(name: str, error: BaseException) -> str:
    """A warning for the result."""
    return (
        f"{name} could not be relaxed ({type(error).__name__}: {_sentence(error)}). Its unrelaxed structure is the "
        "result; side chains may clash.")
