"""The build worker: a process that holds ProMod3's databases and builds each model in a fork of itself.

Loading the databases takes seconds, so the worker starts while the search runs and loads them once. A
build that hangs or crashes costs its fork only. Protocol: one JSON job per line on stdin, one JSON
answer per line on stdout, in order of completion; the end of stdin ends the worker.

Job: {id, query, template, chain_index, template_start, template_end, output, timeout, excluded, seed}
 - ``query``/``template``: alignment rows of equal length; ``query`` without gaps is the whole target
 - ``template_start``/``template_end``: 0-based, half-open range of the chain that ``template`` spells
 - ``excluded``: structure-database indices whose fragments must not be used for loops either
Answer: {id, ok, seconds, error}
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from pathlib import Path

from .processes import die_with_parent
from .software import compound_library


class _Databases:
    """ProMod3's loop databases, loaded once and shared by the forks."""

    def __init__(self) -> None:
        import ost
        from ost import conop
        from promod3 import loop, sidechain

        ost.PushVerbosityLevel(0)
        conop.SetDefaultLib(conop.CompoundLib.Load(str(compound_library())))
        self.structures = loop.LoadStructureDB()
        self.fragments = loop.LoadFragDB()
        self.torsions = loop.LoadTorsionSamplerCoil()
        self.rotamers = sidechain.LoadBBDepLib()


def build(databases: _Databases, job: dict) -> None:
    """Builds one model and writes it to ``job["output"]`` (PDB, no hydrogens, target numbering)."""
    from ost import io, mol, seq
    from promod3 import modelling

    _forbid_loops_from(modelling, set(job["excluded"]))
    index = job["chain_index"]
    backbone = databases.structures.GetBackboneList(index, databases.structures.GetSequence(index))
    template = backbone.Extract(job["template_start"], job["template_end"]).ToEntity()
    alignment = seq.CreateAlignment(
        seq.CreateSequence("target", job["query"]), seq.CreateSequence("template", job["template"]))
    alignment.AttachView(1, template.CreateFullView())
    handle = modelling.BuildRawModel(alignment)
    modelling.RemoveTerminalGaps(handle)
    modelling.CloseGaps(
        handle, merge_distance=4, fragment_db=databases.fragments, structure_db=databases.structures,
        torsion_sampler=databases.torsions)
    modelling.BuildSidechains(
        handle, 4, databases.fragments, databases.structures, databases.torsions, databases.rotamers)
    modelling.MinimizeModelEnergy(handle)
    model = mol.CreateEntityFromView(handle.model.Select("ele!=H"), True)
    if model.residue_count == 0:
        raise RuntimeError("ProMod3 returned an empty model")
    temporary = f"{job['output']}.tmp"
    io.SavePDB(model, temporary)
    os.replace(temporary, job["output"])


def _forbid_loops_from(modelling, excluded: set[int]) -> None:
    """Keeps loop fragments of excluded chains out, so that an excluded structure cannot leak into loops.

    ProMod3 has no option for it; its gap closing looks candidates up through this one function.
    """
    if not excluded:
        return
    original = modelling.LoopCandidates.FillFromDatabase

    def without_excluded(*arguments, **options):
        candidates = original(*arguments, **options)
        for number in reversed(range(len(candidates))):
            if candidates.HasFragmentInfos() and candidates.GetFragmentInfo(number).chain_index in excluded:
                candidates.Remove(number)
        return candidates

    modelling.LoopCandidates.FillFromDatabase = staticmethod(without_excluded)


def serve() -> int:
    """Runs the worker until stdin ends."""
    die_with_parent()
    databases = _Databases()
    print(json.dumps({"ready": True}), flush=True)
    running: dict[int, tuple[dict, float]] = {}
    buffer = b""
    is_open = True
    while is_open or running:
        if is_open and select.select([0], [], [], 0.02 if running else None)[0]:
            chunk = os.read(0, 1 << 16)
            is_open = bool(chunk)
            buffer += chunk
            *lines, buffer = buffer.split(b"\n")
            for line in lines:
                job = json.loads(line)
                running[_fork(databases, job)] = (job, time.monotonic())
        elif not is_open:
            time.sleep(0.02)
        for pid in list(running):
            job, started = running[pid]
            answer = _outcome(pid, job, time.monotonic() - started)
            if answer is not None:
                del running[pid]
                print(json.dumps(answer), flush=True)
    return 0


def _fork(databases: _Databases, job: dict) -> int:
    pid = os.fork()
    if pid:
        return pid
    die_with_parent()
    error_file = Path(f"{job['output']}.error")
    try:
        build(databases, job)
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 (whatever it was, the parent reports it)
        error_file.write_text(f"{type(error).__name__}: {error}")
    os._exit(1)


def _outcome(pid: int, job: dict, seconds: float) -> dict | None:
    """The answer if the fork has ended or has to be ended now, else None."""
    done, status = os.waitpid(pid, os.WNOHANG)
    answer = {"id": job["id"], "ok": False, "seconds": round(seconds, 2), "error": ""}
    if done == 0:
        if seconds < job["timeout"]:
            return None
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return answer | {"error": f"it took longer than {job['timeout']:g} s"}
    if os.waitstatus_to_exitcode(status) == 0:
        return answer | {"ok": True}
    error_file = Path(f"{job['output']}.error")
    words = error_file.read_text() if error_file.exists() else f"ProMod3 ended with status {status}"
    return answer | {"error": words}


if __name__ == "__main__":
    sys.exit(serve())
