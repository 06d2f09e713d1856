"""Runs searches at the same time within a number of CPUs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass


# A search is given threads for so many times its share of the CPUs: when another ends, or waits for its input or writes its
# answer on one thread, they take the CPUs that are free then. Without it, the last search of all would run on a part of them.
_THREADS_PER_CPU = 2


@dataclass(frozen=True)
class Task:
    """``run`` is given the threads it may start. ``after`` names a task that must have ended; heavier tasks start first."""

    name: str
    run: Callable[[int], None]
    weight: float
    max_threads: int
    after: str | None = None


@dataclass(frozen=True)
class Start:
    """A task that begins now: the CPUs that are kept for it, and how many threads it may start."""

    task: Task
    share: int
    threads: int


def by_weight(tasks: Iterable[Task]) -> list[Task]:
    """In the order in which tasks start when nothing else decides."""
    return sorted(tasks, key=lambda task: -task.weight)


def starts(waiting: Sequence[Task], unfinished: Collection[str], free: int, cpus: int) -> list[Start]:
    """Which of the waiting tasks (in order) begin now that ``free`` of ``cpus`` CPUs are.

    Free CPUs are shared evenly among the tasks that could start; a single task gets all it can use. No task waits for
    another's threads, and none starts more threads than there are CPUs.
    """
    ready = [task for task in waiting if task.after not in unfinished]
    chosen = []
    for position, task in enumerate(ready):
        if free == 0:
            break
        share = min(task.max_threads, max(1, free // (len(ready) - position)))
        free -= share
        chosen.append(Start(task, share, min(task.max_threads, cpus, _THREADS_PER_CPU * share)))
    return chosen


def run_all(tasks: Iterable[Task], cpus: int) -> None:
    """Runs every task; together they never hold more than ``cpus``. The first failure is raised when all that had begun have ended."""
    waiting = by_weight(tasks)
    unfinished = {task.name for task in waiting}
    running: dict[Future[None], Start] = {}
    free = cpus
    failure: BaseException | None = None
    with ThreadPoolExecutor(max_workers=max(1, cpus)) as pool:
        while waiting or running:
            for start in starts(waiting, unfinished, free, cpus) if failure is None else []:
                free -= start.share
                waiting.remove(start.task)
                running[pool.submit(start.task.run, start.threads)] = start
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                start = running.pop(future)
                free += start.share
                unfinished.discard(start.task.name)
                failure = failure or future.exception()
    if failure is not None:
        raise failure
