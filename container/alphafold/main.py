#!/usr/bin/env python3
"""Entry point of the AlphaFold engine; see ``foldpad_alphafold/cli.py`` for the commands."""

from __future__ import annotations

import sys
from pathlib import Path

# The engine may lie in a read-only or shared folder (an image): leave no .pyc behind.
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from foldpad_alphafold.cli import run  # noqa: E402  (the path has to be set first)

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
