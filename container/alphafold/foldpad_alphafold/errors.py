"""Errors that end a command with a sentence for the user and a meaningful exit code."""

from __future__ import annotations

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_CANNOT_PREDICT = 3
EXIT_TERMINATED = 143


class EngineError(Exception):
    """Something went wrong; the message says what happened, why, and what to do next."""


class InputError(EngineError):
    """The FASTA file or an option cannot be used; names file, line and remedy."""


class CannotPredict(EngineError):
    """AlphaFold cannot predict this target at all, however often it is tried (exit code 3)."""
