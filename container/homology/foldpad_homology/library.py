"""The template library: built once from Debian's promod3-data, then read by every prediction.

``DIR/<key>/`` holds an HH-suite database (``templates_hhm``, ``_cs219``, ``_a3m``), the CA coordinates,
and ``library.json``. The folder is built beside its final place and renamed when complete, so a killed
build leaves nothing that could be mistaken for a library.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from .errors import EngineError
from .files import write_json
from .hhm import read_index
from .processes import on_sigterm
from .progress import Reporter
from .software import STRUCTURE_DB, missing_parts, package_versions

FORMAT = 2
MANIFEST = "library.json"
PREFIX = "templates"
# CA coordinates are stored relative to the chain's centre, in 1/100 Angstrom.
COORDINATE_SCALE = 100.0


def library_key(limit: int | None = None) -> str:
    """Folder name that changes whenever the data it was made from, or our format, changes."""
    version = package_versions().get("promod3-data")
    if version is None:
        status = STRUCTURE_DB.stat()
        version = hashlib.sha256(f"{status.st_size}:{status.st_mtime_ns}".encode()).hexdigest()[:12]
    safe = "".join(c if c.isalnum() or c in ".-+" else "_" for c in version)
    part = "" if limit is None else f"-first{limit}"
    return f"promod3-data-{safe}-f{FORMAT}{part}"


@dataclass(frozen=True)
class Library:
    """A ready library. ``folder`` holds the files; indices are those of ProMod3's structure database."""

    folder: Path
    manifest: dict

    @property
    def database(self) -> str:
        """The name to give to ``-d`` of HH-suite programs."""
        return str(self.folder / PREFIX)

    @cached_property
    def chains(self) -> dict[str, tuple[int, int, int]]:
        """chain name such as ``1ABC_A`` -> (structure-database index, offset into CA array, length)."""
        table: dict[str, tuple[int, int, int]] = {}
        with open(self.folder / "chains.tsv", encoding="ascii") as handle:
            for line in handle:
                name, index, offset, length = line.split("\t")
                table[name] = (int(index), int(offset), int(length))
        return table

    @cached_property
    def _coordinates(self) -> np.ndarray:
        return np.load(self.folder / "ca.npy", mmap_mode="r")

    @cached_property
    def _hhm_index(self) -> dict[str, tuple[int, int]]:
        return read_index(self.folder / f"{PREFIX}_hhm.ffindex")

    def ca_coordinates(self, chain: str) -> np.ndarray:
        """CA positions in Angstrom, float64 (length, 3), centred on the chain."""
        _, offset, length = self.chains[chain]
        return self._coordinates[offset : offset + length].astype(np.float64) / COORDINATE_SCALE

    def hhm(self, chain: str) -> str:
        """The chain's profile HMM as text."""
        offset, length = self._hhm_index[chain]
        with open(self.folder / f"{PREFIX}_hhm.ffdata", "rb") as handle:
            handle.seek(offset)
            return handle.read(length - 1).decode("ascii")

    def hhm_entry(self, chain: str) -> tuple[int, int]:
        """(offset, length) of the chain's HMM in the ``_hhm.ffdata`` file."""
        return self._hhm_index[chain]


def find_library(root: Path, limit: int | None = None) -> Library | None:
    """The ready library below ``root``, or None."""
    folder = root / library_key(limit)
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return None
    if manifest.get("format") != FORMAT:
        return None
    return Library(folder, manifest)


def prepare_library(root: Path, threads: int, report: Reporter, limit: int | None = None) -> Library:
    """Returns the library below ``root``, building it first if it is not there.

    ``limit``: only so many chains, for tests; such a library has a key of its own. Two processes may call
    this at once: the second waits for the first. Raises EngineError when
    software is missing or the disk is full.
    """
    ready = find_library(root, limit)
    if ready is not None:
        report.log(f"The template library is ready: {ready.folder.name}.")
        return ready
    missing = missing_parts()
    if missing:
        first = missing[0]
        raise EngineError(f"The homology engine cannot start: {first['why']}. To install it: {first['remedy']}")
    root.mkdir(parents=True, exist_ok=True)
    key = library_key(limit)
    with _locked(root / f".{key}.lock", report):
        ready = find_library(root, limit)
        if ready is None:
            ready = _build(root, key, threads, report, limit)
    report.progress("library", 1.0, "The template library is ready.")
    return ready


@contextlib.contextmanager
def _locked(path: Path, report: Reporter) -> Iterator[None]:
    """Holds an exclusive lock that the kernel drops when the process dies."""
    with open(path, "a", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report.log("Another process is preparing the template library; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(root: Path, key: str, threads: int, report: Reporter, limit: int | None) -> Library:
    from .library_build import build_files

    for leftover in root.glob(f".{key}.building-*"):
        # We hold the lock, so whoever made these is dead.
        shutil.rmtree(leftover, ignore_errors=True)
    started = time.monotonic()
    report.log("Preparing the template library from promod3-data (once per version of that package).")
    temporary = Path(tempfile.mkdtemp(prefix=f".{key}.building-", dir=root))
    on_sigterm(lambda: shutil.rmtree(temporary, ignore_errors=True))
    try:
        facts = build_files(temporary, threads, report, limit)
        manifest = {
            "format": FORMAT,
            "key": key,
            "source": "promod3-data structure_db",
            "source_version": package_versions().get("promod3-data", "unknown"),
            "software": package_versions(),
            "build_seconds": round(time.monotonic() - started, 1),
            **facts,
        }
        write_json(temporary / MANIFEST, manifest)
        os.chmod(temporary, 0o755)
        final = root / key
        if final.exists():
            shutil.rmtree(final)
        os.rename(temporary, final)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise EngineError(
            f"The template library could not be written below {root} ({error}). It needs about 0.8 GB; free some "
            "space or choose another folder.") from error
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    size = sum(path.stat().st_size for path in final.iterdir())
    report.log(
        f"Template library ready: {manifest['chains']} chains, {size / 1e6:.0f} MB, {manifest['build_seconds']} s.")
    return Library(final, manifest)
