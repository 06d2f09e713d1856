"""Made-up sequences that cost the search programs what real ones cost: decoys and families, the same every time.

Decoys are pieces of real protein chains read backwards: composition and regions of low complexity are those of nature,
and related to nothing. Families are what evolution might have left of a target: a search has to find, align and write
them, which is a large part of its time for targets with deep alignments.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
# UniRef90's mean length is about 330 residues; lengths of proteins are about log-normal with this spread.
MEAN_LENGTH = 330
_SPREAD = 0.6
_SHORTEST, _LONGEST = 40, 2000
# A decoy changes over to another chain after so many residues.
_PIECE = 60
# Residues made at once: bounds the memory.
CHUNK = 20_000_000
# Amino acids that replace each other readily: the groups of PAM and BLOSUM matrices.
_ALIKE = ("AGST", "C", "DENQ", "FWY", "H", "ILMV", "KR", "P")


def decoys(source: np.ndarray, residues: int, seed: int) -> Iterator[list[bytes]]:
    """Lists of sequences with about ``residues`` residues in all, a chunk at a time.

    ``source``: ASCII codes of real chains, one after the other; shape (residues,), longer than a piece.
    """
    random = np.random.default_rng(seed)
    while residues > 0:
        size = min(residues, CHUNK)
        starts = random.integers(0, len(source) - _PIECE, size // _PIECE + 1)
        # Backwards: from the piece's end to its start.
        text = source[(starts[:, None] + np.arange(_PIECE - 1, -1, -1)[None, :]).ravel()].tobytes()
        lengths = np.exp(random.normal(np.log(MEAN_LENGTH) - _SPREAD**2 / 2, _SPREAD, 2 * size // MEAN_LENGTH + 10))
        ends = np.cumsum(np.clip(lengths, _SHORTEST, _LONGEST).astype(int))
        ends = ends[ends <= len(text)]
        yield [text[start:end] for start, end in zip(np.concatenate([[0], ends[:-1]]), ends)]
        residues -= size


def family(sequence: str, members: int, seed: int, *, aligned: bool = False) -> list[str]:
    """Relatives of ``sequence``, 25 to 90 % of whose residues are still what they were.

    How easily a residue changes differs from place to place and is the same in all members, as in real families.
    ``aligned``: without residues lost or put in, so that all have one length.
    """
    random = np.random.default_rng(seed)
    letters = np.array(list(sequence))
    # Mean 1; few places change readily, some hardly ever.
    ease = random.gamma(0.8, 1.25, len(letters))
    alike = {letter: group for group in _ALIKE for letter in group}
    found = []
    for kept in random.uniform(0.25, 0.9, members):
        changed = np.flatnonzero(random.random(len(letters)) < 1 - np.exp(np.log(kept) * ease))
        relative = letters.copy()
        for place in changed:
            among = alike.get(str(letters[place]), AMINO_ACIDS) if random.random() < 0.5 else AMINO_ACIDS
            relative[place] = among[random.integers(len(among))]
        text = "".join(relative)
        found.append(text if aligned else _with_gaps(text, random))
    return found


def _with_gaps(text: str, random: np.random.Generator) -> str:
    """``text`` with a few stretches lost or put in; three in ten are fragments, as databases hold them too."""
    for _ in range(random.poisson(len(text) / 150)):
        place, length = int(random.integers(1, len(text))), int(random.geometric(0.3))
        if random.random() < 0.5:
            insert = "".join(AMINO_ACIDS[index] for index in random.integers(len(AMINO_ACIDS), size=length))
            text = text[:place] + insert + text[place:]
        else:
            text = text[:place] + text[place + length:]
    return text[int(random.integers(0, len(text) // 3 + 1)):] if random.random() < 0.3 else text
