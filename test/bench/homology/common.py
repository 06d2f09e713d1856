"""What the benchmark scripts share: the engine on the import path, target sets, accuracy measures.

All scripts need Debian's /usr/bin/python3 with promod3, and TMalign (package tm-align).
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "container" / "homology"))

from foldpad_homology.library import Library, find_library  # noqa: E402
from foldpad_homology.pipeline import library_sequence  # noqa: E402

MIN_LENGTH, MAX_LENGTH = 60, 300
TRAINING_SEED, TRAINING_COUNT = 7, 260
BENCHMARK_SEED = 11
# A template more alike than this would make the test too easy.
MAX_IDENTITY = 0.95


def open_library(root: Path) -> Library:
    """The prepared library below ``root``; ends the script with advice when there is none."""
    library = find_library(root)
    if library is None:
        sys.exit(f"No template library below {root}. Run: /usr/bin/python3 container/homology/main.py prepare "
                 f"--library {root}")
    return library


def training_targets(library: Library) -> list[str]:
    """Random library chains of 60-300 residues for tuning and fitting."""
    return random.Random(TRAINING_SEED).sample(_pool(library, set()), TRAINING_COUNT)


def benchmark_targets(library: Library, count: int) -> list[str]:
    """Random library chains that share no PDB entry with the training chains."""
    entries = {name.split("_")[0] for name in training_targets(library)}
    return random.Random(BENCHMARK_SEED).sample(_pool(library, entries), count)


def _pool(library: Library, entries: set[str]) -> list[str]:
    return [
        name for name, (_, _, length) in library.chains.items()
        if MIN_LENGTH <= length <= MAX_LENGTH and name.split("_")[0] not in entries
    ]


def target_sequence(library: Library, chain: str) -> str:
    """The chain's own sequence, which is all that the engine gets to see."""
    return library_sequence(library, chain)


def tm_align(model: Path, reference: Path) -> float:
    """TM-score by TMalign, normalised by the length of ``reference``."""
    output = subprocess.run(["TMalign", str(model), str(reference)], capture_output=True, text=True, check=True).stdout
    scores = re.findall(r"TM-score=\s*([\d.]+)", output)
    return float(scores[1])


def write_ca_pdb(path: Path, positions: np.ndarray, sequence: str) -> None:
    """CA-only PDB of a reference, numbered 1.. along the sequence."""
    from foldpad_homology.structure_files import THREE_LETTER

    lines = [
        f"ATOM  {i:>5}  CA  {THREE_LETTER.get(letter, 'UNK')} A{i:>4}    {x:8.3f}{y:8.3f}{z:8.3f}  1.00  0.00           C"
        for i, (letter, (x, y, z)) in enumerate(zip(sequence, positions), start=1)
    ]
    path.write_text("\n".join(lines + ["TER", "END"]) + "\n")


def tm_score(model: np.ndarray, reference: np.ndarray, length: int) -> float:
    """TM-score of given residue pairs (Zhang & Skolnick 2004, doi:10.1002/prot.20264), normalised by ``length``.

    ``model``, ``reference``: (n, 3) positions of corresponding CA atoms. The superposition is searched from
    fragments of n, n/2, n/4 and n/8 residues, as in the published program, with fewer start points.
    """
    count = len(model)
    if count < 5:
        return 0.0
    scale = max(0.5, 1.24 * (max(length, 19) - 15) ** (1 / 3) - 1.8)
    best = 0.0
    for parts in (1, 2, 4, 8):
        width = max(5, count // parts)
        for start in range(0, count - width + 1, max(1, width // 2)):
            best = max(best, _refine(model, reference, np.arange(start, start + width), scale, length))
    return best


def _refine(model: np.ndarray, reference: np.ndarray, index: np.ndarray, scale: float, length: int) -> float:
    best = 0.0
    for _ in range(8):
        distance = np.linalg.norm(_superposed(model, reference, index) - reference, axis=1)
        best = max(best, float((1 / (1 + (distance / scale) ** 2)).sum() / length))
        cutoff = max(scale, 4.5)
        near = np.flatnonzero(distance < cutoff)
        while len(near) < 5:
            cutoff += 1
            near = np.flatnonzero(distance < cutoff)
        if np.array_equal(near, index):
            break
        index = near
    return best


def _superposed(model: np.ndarray, reference: np.ndarray, index: np.ndarray) -> np.ndarray:
    """``model`` moved by the rotation and translation that best fit ``index`` (Kabsch)."""
    centre, target = model[index].mean(axis=0), reference[index].mean(axis=0)
    u, _, vt = np.linalg.svd((model[index] - centre).T @ (reference[index] - target))
    rotation = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
    return (model - centre) @ rotation + target
