"""Runs searches at the same time within a number of CPUs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

# A search is given threads for so many times its share of the CPUs: when another ends, or waits for its input or writes its
# answer on one thread, they take the CPUs that are free then. Without it, the last search of all would run on a part of them.
_THREADS_PER_CPU = 2


@dataclass(frozen=True)
class Task:
    """``run`` is given the threads it may start. ``after`` names a task that must have ended.

    ``nice``: 0..19, which task comes first where there are more threads than CPUs; of a CPU that two want, the kernel gives
    three times as much to the one whose value is smaller by 5 (sched(7): a factor of 1.25 a step).
    """

    name: str
    run: Callable[[int], None]
    max_threads: int
    after: str | None = None
    nice: int = 0


@dataclass(frozen=True)
class Start:
    """A task that begins now: the CPUs that are kept for it, and how many threads it may start."""

    task: Task
    share: int
    threads: int


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
    """Runs every task, in the order given; together they never hold more than ``cpus``.

    The first failure is raised when all that had begun have ended.
    """
    waiting = list(tasks)
    unfinished = {task.name for task in waiting}
    running: dict[Future[None], Start] = {}
    free = cpus
    failure: BaseException | None = None
    while waiting or running:
        for start in starts(waiting, unfinished, free, cpus) if failure is None else []:
            free -= start.share
            waiting.remove(start.task)
            running[_begin(start)] = start
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


def _begin(start: Start) -> Future[None]:
    """Runs a task on a thread of its own, because a thread that has become nicer cannot go back."""
    ended: Future[None] = Future()

    def work() -> None:
        try:
            if start.task.nice > 0:
                # On Linux a thread has a nice value of its own, which the programs that it starts inherit.
                thread = threading.get_native_id()
                os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + start.task.nice)
            start.task.run(start.threads)
        except BaseException as error:  # noqa: BLE001 (told to who waits for it)
            ended.set_exception(error)
        else:
            ended.set_result(None)

    threading.Thread(target=work, name=start.task.name).start()
    return ended
