"""Sequence profiles of ProMod3's structure database, read in bulk.

``StructureDB.GetSequenceProfile(i).columns[j].GetFreq(aa)`` costs one Python call per number (91
million of them). OpenStructure's own ``ProfileDB.Save`` writes the same numbers in C++ in seconds;
this module decodes that file (OpenStructure 2.3, ``modules/seq/base/src/profile_handle.hh``):

    uint32 magic 42, byte version 1, uint32 number of profiles, then for each profile
    byte n, n bytes name, 20 x uint16 null model, byte 0, uint32 length, length bytes sequence,
    length x (20 x uint16 frequency * 10000, byte 0), float32 Neff

A file that does not decode exactly falls back to the slow calls, so another OpenStructure is only slower.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
FREQUENCY_SCALE = 10000
_COLUMN = 41
_NULL_MODEL = 40


class _Undecodable(Exception):
    """The saved profiles are not in the layout this module knows."""


def chain_profiles(database, indices: list[int], scratch: Path) -> Iterator[np.ndarray]:
    """Yields, for each chain index, a uint16 array (length, 20): frequencies * 10000 in ``AMINO_ACIDS`` order."""
    batch = 512
    fast = True
    for start in range(0, len(indices), batch):
        part = indices[start : start + batch]
        if fast:
            try:
                yield from _decode(_saved(database, part, scratch), part, database)
                continue
            except _Undecodable:
                fast = False
        for index in part:
            yield _slow(database, index)


def _saved(database, indices: list[int], scratch: Path) -> bytes:
    from ost import seq

    store = seq.ProfileDB()
    # ProfileDB keeps names sorted; fixed-width names keep them in our order.
    for number, index in enumerate(indices):
        store.AddProfile(f"{number:06d}", database.GetSequenceProfile(index))
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=".profiles") as handle:
        store.Save(handle.name)
        return Path(handle.name).read_bytes()


def _decode(data: bytes, indices: list[int], database) -> list[np.ndarray]:
    """Decodes one saved batch; raises _Undecodable unless names, sequences and sizes all agree."""
    if data[:5] != b"\x2a\x00\x00\x00\x01" or int.from_bytes(data[5:9], "little") != len(indices):
        raise _Undecodable
    found: dict[int, np.ndarray] = {}
    offset = 9
    for _ in indices:
        name_length = data[offset]
        name = data[offset + 1 : offset + 1 + name_length]
        offset += 1 + name_length + _NULL_MODEL
        length = int.from_bytes(data[offset + 1 : offset + 5], "little")
        sequence = data[offset + 5 : offset + 5 + length]
        start = offset + 5 + length
        end = start + length * _COLUMN
        if data[offset] != 0 or end + 4 > len(data) or not name.isdigit() or int(name) >= len(indices):
            raise _Undecodable
        if sequence.decode("latin-1") != database.GetSequence(indices[int(name)]):
            raise _Undecodable
        columns = np.frombuffer(data, np.uint8, length * _COLUMN, start).reshape(length, _COLUMN)
        if columns[:, 40].any():
            raise _Undecodable
        found[int(name)] = np.ascontiguousarray(columns[:, :40]).view("<u2")
        offset = end + 4
    if offset != len(data) or len(found) != len(indices):
        raise _Undecodable
    return [found[number] for number in range(len(indices))]


def _slow(database, index: int) -> np.ndarray:
    profile = database.GetSequenceProfile(index)
    rows = [[round(column.GetFreq(letter) * FREQUENCY_SCALE) for letter in AMINO_ACIDS] for column in profile.columns]
    return np.array(rows, dtype=np.uint16).reshape(len(rows), 20)


def effective_sequences(frequencies: np.ndarray, half_window: int = 20) -> np.ndarray:
    """Number of effective sequences per column, from HH-suite's definition exp(mean column entropy).

    ``frequencies``: (length, 20) floats; rows sum to about 1. The mean runs over a window of
    ``2 * half_window + 1`` columns, as the alignment depth of neighbours is alike. Returns 1..20.
    """
    safe = np.clip(frequencies, 1e-9, None)
    entropy = -(frequencies * np.log(safe)).sum(axis=1)
    padded = np.concatenate([[0.0], np.cumsum(entropy)])
    length = len(entropy)
    low = np.maximum(np.arange(length) - half_window, 0)
    high = np.minimum(np.arange(length) + half_window + 1, length)
    return np.clip(np.exp((padded[high] - padded[low]) / (high - low)), 1.0, 20.0)
