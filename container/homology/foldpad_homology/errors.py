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
    """The engine's honest "I cannot predict this": no template is good enough (exit code 3).

    ``best_hit`` describes the closest hit (or is None), ``threshold`` the gate it missed.
    """

    def __init__(self, reason: str, best_hit: dict | None = None, threshold: dict | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.best_hit = best_hit
        self.threshold = threshold or {}
