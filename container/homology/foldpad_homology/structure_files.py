"""Reads the builder's PDB file and writes the models' final PDB files."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

THREE_LETTER = {
    "A": "ALA", "C": "CYS", "D": "ASP", "E": "GLU", "F": "PHE", "G": "GLY", "H": "HIS", "I": "ILE", "K": "LYS",
    "L": "LEU", "M": "MET", "N": "ASN", "P": "PRO", "Q": "GLN", "R": "ARG", "S": "SER", "T": "THR", "V": "VAL",
    "W": "TRP", "Y": "TYR",
}


@dataclass(frozen=True)
class Atom:
    """One atom; ``residue_number`` is the 1-based position in the target, ``position`` in Angstrom."""

    name: str
    residue_name: str
    residue_number: int
    position: tuple[float, float, float]
    element: str


@dataclass(frozen=True)
class Provenance:
    """What a structure file says about its making."""

    target_name: str
    target_description: str
    sequence: str
    template: str
    identity: float
    coverage: float
    probability: float
    evalue: float
    target_range: tuple[int, int]
    template_range: tuple[int, int]
    engine: str
    method: str
    software: dict[str, str]
    database: str
    created: date = field(default_factory=date.today)


def read_atoms(path: Path, skip: set[int]) -> list[Atom]:
    """Atoms of a ProMod3 model, without residues whose number is in ``skip``."""
    atoms = []
    for line in path.read_text().splitlines():
        if not line.startswith("ATOM"):
            continue
        number = int(line[22:26])
        if number in skip:
            continue
        position = (float(line[30:38]), float(line[38:46]), float(line[46:54]))
        name = line[12:16].strip()
        atoms.append(Atom(name, line[17:20].strip(), number, position, line[76:78].strip() or name[0]))
    return atoms


def ca_array(atoms: list[Atom], length: int) -> np.ndarray:
    """CA positions by target position, (length, 3), NaN where there is no model."""
    result = np.full((length, 3), np.nan)
    for atom in atoms:
        if atom.name == "CA":
            result[atom.residue_number - 1] = atom.position
    return result


def pdb_text(atoms: list[Atom], confidence: np.ndarray, provenance: Provenance) -> str:
    """PDB file (format 3.3). ``confidence``: (length,) 0..100, written to the B-factor column."""
    lines = _header(provenance)
    serial = 0
    for serial, atom in enumerate(atoms, start=1):
        x, y, z = atom.position
        name = f" {atom.name:<3}" if len(atom.name) < 4 and len(atom.element) < 2 else f"{atom.name:<4}"
        lines.append(
            f"ATOM  {serial:>5} {name} {atom.residue_name:>3} A{atom.residue_number:>4}    "
            f"{x:8.3f}{y:8.3f}{z:8.3f}{1.0:6.2f}{confidence[atom.residue_number - 1]:6.2f}          {atom.element:>2}  ")
    last = atoms[-1]
    lines.append(f"TER   {serial + 1:>5}      {last.residue_name:>3} A{last.residue_number:>4}")
    lines.append("END")
    return "\n".join(line.ljust(80) for line in lines) + "\n"


def _header(p: Provenance) -> list[str]:
    title = f"HOMOLOGY MODEL OF {p.target_name} ON TEMPLATE {p.template}".upper()
    lines = [f"HEADER    THEORETICAL MODEL                       {p.created.strftime('%d-%b-%y').upper()}   XXXX"]
    lines += _continued("TITLE ", title)
    lines.append("EXPDTA    THEORETICAL MODEL")
    software = ", ".join(f"{name} {version}" for name, version in sorted(p.software.items()))
    remarks = [
        "THIS IS A PREDICTION, NOT AN EXPERIMENTAL STRUCTURE.",
        f"METHOD: {p.method}",
        f"ENGINE: {p.engine}",
        f"SOFTWARE: {software}",
        f"TEMPLATE LIBRARY: {p.database}",
        f"CREATED: {p.created.isoformat()}",
        f"TARGET: {p.target_name}, {len(p.sequence)} RESIDUES",
        f"TEMPLATE: PDB {p.template.split('_')[0]} CHAIN {p.template.split('_')[1]}",
        f"TEMPLATE IDENTITY: {100 * p.identity:.1f} PERCENT OF ALIGNED RESIDUES",
        f"TEMPLATE COVERAGE: {100 * p.coverage:.1f} PERCENT OF THE TARGET, "
        f"TARGET RESIDUES {p.target_range[0]}-{p.target_range[1]}",
        f"HHBLITS PROBABILITY: {p.probability:.1f} PERCENT, E-VALUE {p.evalue:.2G}",
        "B-FACTOR COLUMN: ESTIMATED CA-LDDT, 0 (WRONG) TO 100 (RIGHT).",
        "IT IS NOT PLDDT OF ALPHAFOLD AND NOT AN EXPERIMENTAL B-FACTOR.",
        "RESIDUES WITHOUT A TEMPLATE AT THE ENDS OF THE CHAIN ARE NOT MODELLED.",
    ]
    lines.append("REMARK   3")
    for remark in remarks:
        for number, part in enumerate(textwrap.wrap(remark, 68) or [""]):
            lines.append(f"REMARK   3 {'' if number == 0 else '  '}{part}"[:80])
    letters = [THREE_LETTER.get(letter, "UNK") for letter in p.sequence]
    for number, start in enumerate(range(0, len(letters), 13), start=1):
        lines.append(f"SEQRES {number:>3} A {len(letters):>4}  {' '.join(letters[start : start + 13])}")
    return lines


def _continued(record: str, text: str) -> list[str]:
    """A record with continuation numbers in columns 9-10."""
    parts = textwrap.wrap(text, 68) or [""]
    return [
        f"{record:<6}  {'' if number == 1 else number:>2}{'' if number == 1 else ' '}{part}"
        for number, part in enumerate(parts, start=1)
    ]
