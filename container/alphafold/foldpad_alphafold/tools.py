"""The search programs: where they are and which versions."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache

from .errors import EngineError

_VERSION_ARGUMENT = {"hhblits": "-h", "hhsearch": "-h", "kalign": "--version"}
SEARCH_TOOLS = ("jackhmmer", "hhblits", "hhsearch", "hmmsearch", "hmmbuild", "kalign")


@cache
def binary(name: str) -> str:
    """Path of a program. Raises EngineError when it is not installed."""
    path = shutil.which(name)
    if path is None:
        raise EngineError(f"The program {name} is not installed. Install hmmer, hhsuite and kalign, or use Foldpad's image.")
    return path


@cache
def version(name: str) -> str:
    """What the program says its version is."""
    run = subprocess.run(
        [binary(name), _VERSION_ARGUMENT.get(name, "-h")], capture_output=True, text=True, timeout=60, check=False,
        stdin=subprocess.DEVNULL)
    match = re.search(r"(?:HMMER|HHblits|HHsearch|HH-suite|kalign)\s+(\d[\w.]*)", run.stdout + run.stderr, re.IGNORECASE)
    return match.group(1) if match else "unknown"
