"""How long the features stage takes on other numbers of CPUs: a list-scheduling model. Pure; tested in test/alphafold.

A search takes ``serial + parallel / n`` seconds on n CPUs (Amdahl), fitted from its times on one and on two. Beyond
``most`` CPUs it gains nothing. Upstream runs one search after the other. Ours starts searches by the scheduler's own
rule (``foldpad_alphafold.schedule``); while their threads are more than there are CPUs, each has its share of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "container/alphafold"))

from foldpad_alphafold.schedule import Start, Task, starts  # noqa: E402

_NOTHING = 1e-9


@dataclass(frozen=True)
class Search:
    """One search. ``serial`` and ``parallel``: seconds; ``upstream_threads``: what AlphaFold's own wrapper starts.

    ``most``: CPUs beyond which it gains nothing. ``max_threads``, ``after``: as the scheduler knows it.
    """

    name: str
    serial: float
    parallel: float
    most: int
    upstream_threads: int
    max_threads: int
    after: str | None = None

    def seconds(self, cpus: float) -> float:
        """Seconds on ``cpus`` CPUs; a part of one makes everything slower."""
        if cpus < 1:
            return (self.serial + self.parallel) / cpus
        return self.serial + self.parallel / min(cpus, self.most)


def fit(on_one: float, on_two: float) -> tuple[float, float]:
    """(serial, parallel) seconds from the times on one and two CPUs; parallel at most all, at least nothing."""
    parallel = min(on_one, max(0.0, 2 * (on_one - on_two)))
    return on_one - parallel, parallel


def upstream_seconds(searches: Iterable[Search], cpus: int) -> float:
    """One after the other, each with the threads that upstream gives it."""
    return sum(search.seconds(min(cpus, search.upstream_threads)) for search in searches)


def our_seconds(searches: Iterable[Search], cpus: int) -> float:
    """As the driver starts them on ``cpus`` CPUs, in the order given."""
    known = {search.name: search for search in searches}
    waiting = [Task(search.name, lambda _threads: None, search.max_threads, search.after) for search in known.values()]
    unfinished = set(known)
    # Name -> how it was started, and the part of its work that is left.
    running: dict[str, tuple[Start, float]] = {}
    free, now = cpus, 0.0
    while waiting or running:
        for start in starts(waiting, unfinished, free, cpus):
            free -= start.share
            waiting.remove(start.task)
            running[start.task.name] = (start, 1.0)
        threads = {name: min(start.threads, known[name].most) for name, (start, _) in running.items()}
        each = min(1.0, cpus / sum(threads.values()))
        lasting = {name: known[name].seconds(threads[name] * each) for name in running}
        step = min(left * lasting[name] for name, (_, left) in running.items())
        now += step
        for name, (start, left) in list(running.items()):
            left -= step / lasting[name] if lasting[name] > 0 else 1.0
            if left > _NOTHING:
                running[name] = (start, left)
            else:
                del running[name]
                unfinished.discard(name)
                free += start.share
    return now


def ratio(searches: Iterable[Search], cpus: int, rest: float = 0.0) -> float:
    """Our time to upstream's. ``rest``: seconds that both spend outside of searches (start, assembling), on one CPU.

    Ours spends part of them while it searches; how much depends on what is left to search, so nothing is taken off.
    """
    searches = list(searches)
    return (our_seconds(searches, cpus) + rest) / (upstream_seconds(searches, cpus) + rest)
