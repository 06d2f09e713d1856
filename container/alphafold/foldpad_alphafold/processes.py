"""Clean termination: what AlphaFold's wrappers started ends with the driver."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from .errors import EXIT_TERMINATED

_PR_SET_CHILD_SUBREAPER = 36


def end_on_sigterm() -> None:
    """From now on SIGTERM ends every process that the driver started, and the driver with exit code 143.

    AlphaFold starts the search programs itself, so the driver has no handles on them; it finds them by parentage.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def handler(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for child in descendants(os.getpid()):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        sys.stderr.write("Terminated before the work was finished.\n")
        sys.stderr.flush()
        os._exit(EXIT_TERMINATED)

    signal.signal(signal.SIGTERM, handler)


def descendants(parent: int) -> list[int]:
    """Process ids below ``parent``, nearest first."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as handle:
                # The name of the program stands in parentheses and may hold anything; the parent is the second after.
                fields = handle.read().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(name))
    found: list[int] = []
    wave = children.get(parent, [])
    while wave:
        found += wave
        wave = [child for process in wave for child in children.get(process, [])]
    return found
