"""The target: the chains of a FASTA file, checked before anything is spent on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import InputError

# AlphaFold writes PDB files, whose chain names are one character: A-Z, a-z, 0-9.
MAX_CHAINS = 62
# 20 amino acids, X for unknown, and the codes that AlphaFold's HHblits alphabet maps (B, J, O, U, Z).
LETTERS = frozenset("ACDEFGHIKLMNPQRSTVWYXBJOUZ")


@dataclass(frozen=True)
class Chain:
    """One chain; ``description`` is the whole FASTA header, of which ``name`` is the first word."""

    description: str
    sequence: str

    @property
    def name(self) -> str:
        return self.description.split()[0]


def read_chains(path: Path, *, multimer: bool) -> list[Chain]:
    """The chains in the file's order. Raises InputError naming file, line and remedy."""
    chains: list[tuple[str, list[str]]] = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if line.startswith(">"):
            chains.append((line[1:].strip() or f"chain_{len(chains) + 1}", []))
        elif line:
            if not chains:
                raise InputError(f"{path.name}, line {number}: a sequence before the first header. Begin with >name.")
            residues = line.upper().rstrip("*")
            wrong = next((letter for letter in residues if letter not in LETTERS), None)
            if wrong is not None:
                raise InputError(f'{path.name}, line {number}: "{wrong}" is not an amino acid. Use one-letter codes.')
            chains[-1][1].append(residues)
    result = [Chain(description, "".join(parts)) for description, parts in chains]
    _check(path, result, multimer)
    return result


def _check(path: Path, chains: list[Chain], multimer: bool) -> None:
    if not chains:
        raise InputError(f"{path.name} holds no sequence. Give a FASTA file: a line >name, then the residues.")
    empty = next((chain for chain in chains if not chain.sequence), None)
    if empty is not None:
        raise InputError(f"{path.name}: {empty.name} has no residues. Remove the header or add its sequence.")
    if len(chains) > 1 and not multimer:
        raise InputError(
            f"{path.name} holds {len(chains)} chains and the model preset is for one. Choose the preset multimer.")
    if len(chains) > MAX_CHAINS:
        raise InputError(f"{path.name} holds {len(chains)} chains; AlphaFold takes {MAX_CHAINS} at most.")


def write_fasta(path: Path, chains: list[Chain]) -> None:
    """The checked target as AlphaFold reads it: upper case, one line a sequence."""
    path.write_text("".join(f">{chain.description}\n{chain.sequence}\n" for chain in chains), encoding="utf-8")
