"""The engine's stdout: human log lines, and one-line JSON progress events with a monotone fraction."""

from __future__ import annotations

import json
import sys
import time


class Reporter:
    """Writes log lines and progress events to a stream, flushing each line.

    ``fraction`` is of the whole command, 0..1, and never goes back.
    """

    def __init__(self, stage: str, stream=None) -> None:
        self._stage = stage
        self._stream = stream if stream is not None else sys.stdout
        self._fraction = 0.0
        self._low, self._high = 0.0, 1.0
        self._start = time.monotonic()

    @property
    def fraction(self) -> float:
        """What was reported last, of the whole command."""
        return self._fraction

    def log(self, message: str) -> None:
        """One human line, with the seconds since the command began."""
        for line in message.splitlines() or [""]:
            self._write(f"[{time.monotonic() - self._start:7.2f}s] {line}")

    def progress(self, step: str, fraction: float, message: str) -> None:
        """A progress event; ``fraction`` (0..1) is scaled into the current span."""
        scaled = self._low + (self._high - self._low) * min(1.0, max(0.0, fraction))
        self._fraction = max(self._fraction, scaled)
        event = {"stage": self._stage, "step": step, "fraction": round(self._fraction, 4), "message": message}
        self._write(json.dumps({"progress": event}, ensure_ascii=False))

    def span(self, low: float, high: float) -> None:
        """Maps the fractions of the events that follow into ``low``..``high`` of the whole command."""
        self._low, self._high = low, high

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
