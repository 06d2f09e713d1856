"""Child processes that never outlive the engine, and clean termination on SIGTERM."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

from .errors import EXIT_TERMINATED, EngineError

_PR_SET_PDEATHSIG = 1
_children: set[subprocess.Popen] = set()  # the processes that SIGTERM has to end
_clean_ups: list[Callable[[], None]] = []  # what it has to remove
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Asks Linux to kill this process when the one that started it dies, even by SIGKILL."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def start(command: Sequence[str], **options) -> subprocess.Popen:
    """Starts a tracked child. Call from the main thread only: the death signal belongs to the thread."""
    child = subprocess.Popen(list(command), preexec_fn=die_with_parent, **options)  # noqa: PLW1509 (no threads)
    _children.add(child)
    return child


def stop(child: subprocess.Popen) -> None:
    """Kills a tracked child if it still runs and forgets it."""
    if child.poll() is None:
        child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    _children.discard(child)


def run(command: Sequence[str], what: str) -> None:
    """Runs a tool to its end. Raises EngineError with the tool's last words when it fails."""
    child = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        _, errors = child.communicate()
    finally:
        stop(child)
    if child.returncode != 0:
        words = [line for line in errors.splitlines() if line.strip()]
        said = f" It said: {words[-1].strip()}" if words else ""
        raise EngineError(f"{what} failed with exit code {child.returncode}.{said}")


def on_sigterm(clean_up: Callable[[], None]) -> None:
    """SIGTERM will run ``clean_up`` before the process ends."""
    _clean_ups.append(clean_up)


def end_on_sigterm() -> None:
    """From now on SIGTERM kills the children, cleans up and exits with 143."""

    def handler(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for child in list(_children):
            try:
                child.kill()
            except OSError:
                pass
        for clean_up in _clean_ups:
            clean_up()
        sys.stderr.write("Terminated before the work was finished.\n")
        sys.stderr.flush()
        os._exit(EXIT_TERMINATED)

    signal.signal(signal.SIGTERM, handler)


def worker_process() -> None:
    """For a forked pool worker: dies with its parent, and plainly on SIGTERM (the parent does the cleaning)."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
