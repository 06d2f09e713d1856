"""Runs searches at the same time within a number of CPUs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """``run`` is given the CPUs it may use. ``after`` names a task that must have ended; heavier tasks start first."""

    name: str
    run: Callable[[int], None]
    weight: float
    max_cpus: int
    after: str | None = None


def run_all(tasks: Iterable[Task], cpus: int) -> None:
    """Runs every task; together they never hold more than ``cpus``. The first failure is raised when all that had begun have ended.

    Free CPUs are shared evenly among the tasks that could start, so a single task gets all it can use.
    """
    waiting = sorted(tasks, key=lambda task: -task.weight)
    unfinished = {task.name for task in waiting}
    running: dict[Future[None], tuple[Task, int]] = {}
    free = cpus
    failure: BaseException | None = None
    with ThreadPoolExecutor(max_workers=max(1, cpus)) as pool:
        while waiting or running:
            ready = [task for task in waiting if task.after not in unfinished] if failure is None else []
            for position, task in enumerate(ready):
                if free == 0:
                    break
                share = min(task.max_cpus, max(1, free // (len(ready) - position)))
                free -= share
                waiting.remove(task)
                running[pool.submit(task.run, share)] = (task, share)
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                task, share = running.pop(future)
                free += share
                unfinished.discard(task.name)
                failure = failure or future.exception()
    if failure is not None:
        raise failure
