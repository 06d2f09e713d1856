"""Finished steps of a prediction, so that a second attempt repeats none of them.

A step's files come first, its record last: a record whose files are all there and unchanged means that the step is done.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from .files import copy_atomically, sha256_of_file, sha256_of_json, write_json

PREFIX = "done_"


@dataclass(frozen=True)
class Step:
    """``files``: name -> SHA-256; ``facts``: what later steps and the result need to know of this one."""

    name: str
    files: dict[str, str]
    facts: dict


class Checkpoints:
    """The records of one attempt in ``out``, and those of earlier attempts in the folders ``earlier``.

    ``identity``: everything that the attempt's results depend on; records made under another one do not count.
    """

    def __init__(self, out: Path, earlier: list[Path], identity: dict) -> None:
        self._out = out
        self._earlier = earlier
        self._identity = sha256_of_json(identity)

    def restore(self, name: str) -> Step | None:
        """The step as an earlier attempt left it, with its files brought into ``out``; None when it has to be done."""
        for folder in [self._out, *self._earlier]:
            step = self._read(folder, name)
            if step is None:
                continue
            if folder != self._out:
                for file in step.files:
                    copy_atomically(folder / file, self._out / file)
                self._write(step)
            return step
        return None

    def finish(self, name: str, files: list[str], facts: dict) -> Step:
        """Records a step whose ``files`` are in ``out``."""
        step = Step(name, {file: sha256_of_file(self._out / file) for file in files}, facts)
        self._write(step)
        return step

    def _write(self, step: Step) -> None:
        write_json(self._out / f"{PREFIX}{step.name}.json", {
            "schema": 1, "step": step.name, "identity": self._identity, "files": step.files, "facts": step.facts})

    def _read(self, folder: Path, name: str) -> Step | None:
        try:
            record = json.loads((folder / f"{PREFIX}{name}.json").read_text())
            if record["schema"] != 1 or record["step"] != name or record["identity"] != self._identity:
                return None
            step = Step(name, dict(record["files"]), dict(record["facts"]))
            whole = all(_is_plain(file) and sha256_of_file(folder / file) == sum for file, sum in step.files.items())
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return step if whole else None


def _is_plain(name: str) -> bool:
    return os.path.basename(name) == name and not name.startswith(".")
