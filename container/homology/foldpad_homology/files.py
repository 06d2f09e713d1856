"""Small file helpers: a file appears under its final name complete, or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path


def write_atomically(path: Path, text: str | bytes) -> None:
    """Writes ``text`` to a sibling temporary file, syncs it, and renames it to ``path``."""
    data = text.encode() if isinstance(text, str) else text
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: object) -> None:
    """Writes JSON (NaN refused) atomically, with a final newline."""
    write_atomically(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
