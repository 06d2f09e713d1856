"""The engine's stdout: human log lines, and one-line JSON progress events with a fraction that never goes back."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import TextIO


class Reporter:
    """Writes log lines and progress events, flushing each line. Threads may share it."""

    def __init__(self, stage: str, stream: TextIO | None = None) -> None:
        self._stage = stage
        self._stream = stream if stream is not None else sys.stdout
        self._fraction = 0.0
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def log(self, message: str) -> None:
        """One human line, with the seconds since the command began."""
        with self._lock:
            for line in message.splitlines() or [""]:
                self._write(f"[{time.monotonic() - self._start:8.2f}s] {line}")

    def progress(self, step: str, fraction: float, message: str) -> None:
        """A progress event; ``fraction`` (0..1) is of the whole command."""
        with self._lock:
            self._fraction = max(self._fraction, min(1.0, fraction))
            event = {"stage": self._stage, "step": step, "fraction": round(self._fraction, 4), "message": message}
            self._write(json.dumps({"progress": event}, ensure_ascii=False))

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
