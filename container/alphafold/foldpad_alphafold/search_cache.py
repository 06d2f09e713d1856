"""Finished searches, content-addressed: one folder per search, named by everything that its answer depends on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from .files import appearing, locked, sha256_of_file, write_json

MANIFEST = "manifest.json"


class SearchCache:
    """A folder that several runs may use at once: a search that is at work elsewhere is waited for, not repeated."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str, name: str) -> Path | None:
        """The answer stored under ``key``, if it is there and whole; a damaged one is as good as none."""
        file = self._folder / key / name
        try:
            manifest = json.loads((self._folder / key / MANIFEST).read_text())
            whole = manifest["size"] == file.stat().st_size and manifest["sha256"] == sha256_of_file(file)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return file if whole else None

    def facts(self, file: Path) -> dict:
        """What ``search`` told of an answer that ``get_or_run`` has returned."""
        return json.loads((file.parent / MANIFEST).read_text())

    def get_or_run(self, key: str, name: str, search: Callable[[Path], dict]) -> tuple[Path, bool]:
        """The stored answer, or that of ``search``, which writes it to the path it is given and returns facts for the manifest.

        Returns the file and whether it was there already. The manifest comes last: without it there is no answer.
        """
        (self._folder / key).mkdir(exist_ok=True)
        with locked(self._folder / key / ".lock"):
            found = self.get(key, name)
            if found is not None:
                return found, True
            file = self._folder / key / name
            # A name that keeps its suffix: AlphaFold's function takes the format from it.
            with appearing(file) as temporary:
                facts = search(temporary)
            write_json(self._folder / key / MANIFEST, {
                "schema": 1, "file": name, "size": file.stat().st_size, "sha256": sha256_of_file(file), **facts})
            return file, False
