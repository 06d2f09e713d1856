"""The main process's side of the build worker (see ``builder.py``)."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

from .errors import EngineError
from .processes import start, stop

_MAIN = Path(__file__).resolve().parent.parent / "main.py"
# Loading 1.4 GB of databases from a cold, slow disk.
_LOAD_TIMEOUT = 600.0


class BuildWorker:
    """Starts the worker at once; ``submit`` jobs and take their answers with ``next_answer``."""

    def __init__(self, log_file: Path, threads: int) -> None:
        # ProMod3 minimises with this many OpenMM threads; several builds at once use one each.
        environment = os.environ | {"PM3_OPENMM_CPU_THREADS": str(max(1, threads)), "PYTHONDONTWRITEBYTECODE": "1"}
        self._log = log_file
        with open(log_file, "wb") as log:
            self._child = start(
                [sys.executable, str(_MAIN), "build-worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=log, env=environment)
        self._buffer = b""
        self._ready = False
        self.pending = 0

    def submit(self, job: dict) -> None:
        """Sends one job; its answer comes later."""
        self._wait_until_ready()
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(job).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._death() from None
        self.pending += 1

    def next_answer(self, timeout: float) -> dict | None:
        """The next finished job's answer, or None when none came within ``timeout`` seconds."""
        answer = self._read(time.monotonic() + timeout)
        if answer is not None:
            self.pending -= 1
        return answer

    def close(self) -> None:
        """Ends the worker and any build that still runs."""
        stop(self._child)

    def _wait_until_ready(self) -> None:
        if not self._ready:
            if self._read(time.monotonic() + _LOAD_TIMEOUT) is None:
                raise EngineError("ProMod3's databases could not be loaded within 10 minutes; the disk may be overloaded.")
            self._ready = True

    def _read(self, deadline: float) -> dict | None:
        assert self._child.stdout is not None
        descriptor = self._child.stdout.fileno()
        while b"\n" not in self._buffer:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not select.select([descriptor], [], [], remaining)[0]:
                return None
            chunk = os.read(descriptor, 1 << 16)
            if not chunk:
                raise self._death()
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def _death(self) -> EngineError:
        words = self._log.read_text(errors="replace").strip().splitlines()
        said = f" It said: {words[-1]}" if words else ""
        return EngineError(f"The model builder (ProMod3) ended unexpectedly.{said} Is there enough memory (2 GB)?")
