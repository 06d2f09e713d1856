"""Writes the files of the template library, in parallel over ranges of chains."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from pathlib import Path

import numpy as np

from .cs219 import StateLibrary
from .errors import EngineError
from .hhm import hhm_text, write_index
from .processes import worker_process
from .profiles import FREQUENCY_SCALE, chain_profiles
from .progress import Reporter
from .software import hhsuite_data

MIN_CHAIN = 30
_KINDS = ("hhm", "cs219", "a3m")
# Ranges of chains per worker process: small enough for smooth progress.
_BATCH = 256


def build_files(folder: Path, threads: int, report: Reporter, limit: int | None = None) -> dict:
    """Writes database, chain table and coordinates into ``folder``; returns facts for the manifest."""
    from promod3 import loop

    from .library import COORDINATE_SCALE, PREFIX

    report.progress("library", 0.0, "Reading ProMod3's structure database.")
    database = loop.LoadStructureDB()
    infos = [database.GetCoordInfo(i) for i in range(database.GetNumCoords())]
    names = _unique_names(infos)
    indices = sorted(names)[:limit]
    batches = [indices[start : start + _BATCH] for start in range(0, len(indices), _BATCH)]
    report.progress("library", 0.03, f"Writing profile HMMs of {len(indices)} chains.")
    states = StateLibrary(hhsuite_data("cs219.lib"))
    # Workers are forked, so they share the loaded database without copying it.
    context = multiprocessing.get_context("fork")
    tasks = [(database, states, folder, number, [(i, names[i]) for i in batch]) for number, batch in enumerate(batches)]
    _TASKS.extend(tasks)
    coordinates: dict[int, np.ndarray] = {}
    entries: dict[str, list[tuple[str, int, int]]] = {kind: [] for kind in _KINDS}
    outputs = {kind: open(folder / f"{PREFIX}_{kind}.ffdata", "wb") for kind in _KINDS}
    try:
        with context.Pool(max(1, threads), initializer=worker_process) as pool:
            for done, (number, parts) in enumerate(pool.imap(_write_batch, range(len(tasks)))):
                for kind in _KINDS:
                    _append(outputs[kind], entries[kind], folder / f"part-{number}.{kind}", parts[kind])
                path = folder / f"part-{number}.npy"
                coordinates[number] = np.load(path)
                path.unlink()
                report.progress("library", 0.03 + 0.94 * (done + 1) / len(tasks), "Writing profile HMMs.")
    finally:
        _TASKS.clear()
        for handle in outputs.values():
            handle.close()
    report.progress("library", 0.98, "Writing the index.")
    for kind in _KINDS:
        write_index(folder / f"{PREFIX}_{kind}.ffindex", entries[kind])
    offset = 0
    with open(folder / "chains.tsv", "w", encoding="ascii") as handle:
        for index in indices:
            length = infos[index].size
            handle.write(f"{names[index]}\t{index}\t{offset}\t{length}\n")
            offset += length
    table = np.concatenate([coordinates[number] for number in sorted(coordinates)])
    if len(table) != offset:
        raise EngineError(
            f"The template library is inconsistent: {len(table)} coordinates for {offset} residues. "
            "Reinstall promod3-data and try again.")
    np.save(folder / "ca.npy", table)
    return {"chains": len(indices), "residues": offset, "coordinate_scale": COORDINATE_SCALE, "min_chain": MIN_CHAIN}


def _unique_names(infos: list) -> dict[int, str]:
    """index -> ``1ABC_A`` for chains long enough; a repeated name keeps its first chain."""
    names: dict[int, str] = {}
    seen: set[str] = set()
    for index, info in enumerate(infos):
        name = f"{info.id.upper()}_{info.chain_name}"
        if info.size >= MIN_CHAIN and name not in seen:
            seen.add(name)
            names[index] = name
    return names


_TASKS: list[tuple] = []  # filled before the pool forks: a database cannot be pickled


def _write_batch(number: int) -> tuple[int, dict[str, list[tuple[str, int]]]]:
    """Worker: writes one batch to part files; returns their (name, size) lists per kind."""
    from .library import COORDINATE_SCALE

    database, states, folder, _, chains = _TASKS[number]
    sizes: dict[str, list[tuple[str, int]]] = {kind: [] for kind in _KINDS}
    handles = {kind: open(folder / f"part-{number}.{kind}", "wb") for kind in _KINDS}
    coordinates = []
    try:
        for (index, name), frequencies in zip(chains, chain_profiles(database, [i for i, _ in chains], folder)):
            sequence = database.GetSequence(index)
            content = {
                "hhm": hhm_text(name, sequence, frequencies, database.GetDSSPStates(index)).encode("ascii"),
                "cs219": states.translate(frequencies / FREQUENCY_SCALE),
                # HH-suite insists on an alignment per entry; only iterative searches would read it.
                "a3m": f">{name}\n{sequence}\n".encode("ascii"),
            }
            for kind, data in content.items():
                handles[kind].write(data + b"\0")
                sizes[kind].append((name, len(data) + 1))
            coordinates.append(_centred_ca(database, index, sequence, COORDINATE_SCALE))
    finally:
        for handle in handles.values():
            handle.close()
    np.save(folder / f"part-{number}.npy", np.concatenate(coordinates))
    return number, sizes


def _centred_ca(database, index: int, sequence: str, scale: float) -> np.ndarray:
    backbone = database.GetBackboneList(index, sequence)
    positions = np.array([backbone.GetCA(i).data for i in range(len(sequence))])
    positions -= positions.mean(axis=0)
    return np.clip(np.round(positions * scale), -32767, 32767).astype(np.int16)


def _append(output, entries: list[tuple[str, int, int]], part: Path, sizes: list[tuple[str, int]]) -> None:
    offset = output.tell()
    with open(part, "rb") as handle:
        shutil.copyfileobj(handle, output, 1 << 22)
    os.unlink(part)
    for name, size in sizes:
        entries.append((name, offset, size))
        offset += size
