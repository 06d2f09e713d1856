"""Where AlphaFold's databases lie, and what identifies their content.

The layout is that of AlphaFold's own download scripts. ``databases.json`` in the folder names their versions; without
it, a database is identified by the names and sizes of its files.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import EngineError
from .presets import is_multimer

VERSIONS_FILE = "databases.json"


@dataclass(frozen=True)
class Database:
    """``path`` is what the tool is given: a file, a folder, or the common prefix of HH-suite's files."""

    name: str
    path: Path
    version: str | None

    @cached_property
    def files(self) -> list[Path]:
        """The files that make it up, sorted; empty when it is not there."""
        if self.path.is_dir():
            with os.scandir(self.path) as entries:
                return sorted(Path(entry.path) for entry in entries if entry.is_file())
        if self.path.is_file():
            return [self.path]
        return sorted(self.path.parent.glob(f"{self.path.name}_*.ff*"))

    @cached_property
    def identity(self) -> dict:
        """What tells this content from another: its version, else the names and sizes of its files."""
        if self.version is not None:
            return {"name": self.name, "version": self.version}
        return {"name": self.name, "files": [[file.name, file.stat().st_size] for file in self.files]}

    @property
    def version_text(self) -> str:
        """A word for people, also when no version is known."""
        if self.version is not None:
            return self.version
        size = sum(file.stat().st_size for file in self.files)
        return f"{len(self.files)} files, {size} bytes"


# Name -> patterns below the data folder, newest version last in the order of names.
_PLACES = {
    "uniref90": "uniref90/uniref90.fasta",
    "mgnify": "mgnify/mgy_clusters*.fa",
    "bfd": "bfd/bfd_metaclust_clu_complete_id30_c90_final_seq.sorted_opt",
    "small_bfd": "small_bfd/bfd-first_non_consensus_sequences.fasta",
    "uniref30": "uniref30/UniRef30_*",
    "uniprot": "uniprot/uniprot.fasta",
    "pdb70": "pdb70/pdb70",
    "pdb_seqres": "pdb_seqres/pdb_seqres.txt",
    "pdb_mmcif": "pdb_mmcif/mmcif_files",
    "obsolete": "pdb_mmcif/obsolete.dat",
}
_HH_SUITE = frozenset({"bfd", "uniref30", "pdb70"})


def needed(model_preset: str, database_preset: str) -> list[str]:
    """Names of the databases that a prediction searches."""
    bfd = ["small_bfd"] if database_preset == "reduced_dbs" else ["bfd", "uniref30"]
    templates = ["pdb_seqres", "uniprot"] if is_multimer(model_preset) else ["pdb70"]
    return ["uniref90", "mgnify", *bfd, *templates, "pdb_mmcif", "obsolete"]


def find(data: Path, names: list[str]) -> dict[str, Database]:
    """The named databases below ``data``. Raises EngineError that lists what is missing."""
    versions = _versions(data)
    found = {name: Database(name, _place(data, name), versions.get(name)) for name in names}
    missing = [f"{name} ({database.path})" for name, database in found.items() if not database.files]
    if missing:
        raise EngineError(
            f"Databases are missing below {data}: {'; '.join(missing)}. Stage them with AlphaFold's layout, or choose "
            "another folder.")
    return found


def _place(data: Path, name: str) -> Path:
    pattern = _PLACES[name]
    if "*" not in pattern:
        return data / pattern
    if name in _HH_SUITE:
        indices = sorted(data.glob(f"{pattern}_a3m.ffindex"))
        return Path(str(indices[-1]).removesuffix("_a3m.ffindex")) if indices else data / pattern
    files = sorted(data.glob(pattern))
    return files[-1] if files else data / pattern


def _versions(data: Path) -> dict[str, str]:
    file = data / VERSIONS_FILE
    if not file.exists():
        return {}
    try:
        versions = json.loads(file.read_text())
    except ValueError as error:
        raise EngineError(f"{file} is not JSON ({error}). Write name and version of each database, or remove it.") from error
    if not isinstance(versions, dict) or not all(isinstance(value, str) for value in versions.values()):
        raise EngineError(f'{file} must be an object of names and versions, such as {{"uniref90": "2022_05"}}.')
    return versions
