"""What the tests of the AlphaFold engine share: databases in miniature, targets, a shortened network, and the driver as a process."""

from __future__ import annotations

import atexit
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

# Compiling a network for one prediction is most of a test's time; what it computes does not matter.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0.3"

ENGINE = Path(__file__).resolve().parents[2] / "container/alphafold"
sys.path.insert(0, str(ENGINE))
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np  # noqa: E402

import tiny_databases  # noqa: E402
from foldpad_alphafold.features import FeatureOptions  # noqa: E402
from foldpad_alphafold.progress import Reporter  # noqa: E402
from foldpad_alphafold.target import Chain  # noqa: E402
from foldpad_alphafold.templates import Exclusion  # noqa: E402

# Kept between runs of the tests; JAX knows what an entry was made from.
COMPILED = ENGINE.parents[1] / ".cache/alphafold-compiled"
NETWORK = Path(__file__).with_name("short_network.json")
# Long enough for every search to find something, short enough for a network on a CPU.
BETA = Chain("sp|P68871|HBB_HUMAN haemoglobin beta, its first 48 residues", tiny_databases.haemoglobin_beta()[:48])
ALPHA = Chain("alpha", tiny_databases.globins()["HBA_PONPY"][:40])


@cache
def scratch() -> Path:
    """A folder that goes when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="foldpad-alphafold-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def use_deterministic_hhblits() -> None:
    """Puts an hhblits before the real one that computes on one thread, for AlphaFold's pipeline as for ours.

    With several threads, hhblits lists (and sometimes chooses) its hits by which thread comes first: no two runs of
    AlphaFold itself would agree.
    """
    folder = new_folder("programs")
    script = folder / "hhblits"
    script.write_text(f'#!/bin/sh\nexec {shutil.which("hhblits")} "$@" -cpu 1\n')
    script.chmod(0o755)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"


@cache
def data() -> Path:
    """The databases."""
    folder = scratch() / "data"
    tiny_databases.build(folder)
    return folder


def new_folder(name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=scratch()))


use_deterministic_hhblits()


def options(model_preset: str = "monomer", database_preset: str = "full_dbs", **changes) -> FeatureOptions:
    exclusion = Exclusion(changes.pop("exclude", frozenset()), changes.pop("max_identity", 1.0))
    return FeatureOptions(
        data=data(), model_preset=model_preset, database_preset=database_preset,
        max_template_date=changes.pop("date", "2020-05-14"), exclusion=exclusion)


class Silent:
    """A stream that nobody reads."""

    def write(self, _text: str) -> None:
        pass

    def flush(self) -> None:
        pass


def silent() -> Reporter:
    return Reporter("features", Silent())


def write_target(chains: list[Chain]) -> Path:
    from foldpad_alphafold.target import write_fasta

    path = new_folder("target") / "target.fasta"
    write_fasta(path, chains)
    return path


def driver(arguments: list[str], **changes) -> subprocess.Popen:
    """Starts the driver in a process group of its own."""
    environment = {**os.environ, "TMPDIR": str(new_folder("tmp")), **changes.pop("environment", {})}
    return subprocess.Popen(
        [sys.executable, str(ENGINE / "main.py"), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment, start_new_session=True)


def run_driver(arguments: list[str], **changes) -> tuple[int, str, str]:
    """Runs the driver to its end: exit code, stdout, stderr."""
    process = driver(arguments, **changes)
    try:
        out, errors = process.communicate(timeout=600)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"the driver hangs: {process.communicate()}") from None
    return process.returncode, out, errors


def feature_arguments(fasta: Path, out: Path, cache_folder: Path, model_preset: str = "monomer_ptm",
                      database_preset: str = "full_dbs") -> list[str]:
    return [
        "features", f"--fasta={fasta}", f"--data={data()}", f"--model-preset={model_preset}",
        f"--db-preset={database_preset}", "--max-template-date=2020-05-14", f"--out={out}", f"--cache={cache_folder}",
        "--threads=2"]


def predict_arguments(features: Path, out: Path, model_preset: str, models: str, *more: str) -> list[str]:
    return [
        "predict", f"--features={features}", f"--model-preset={model_preset}", f"--models={models}", "--seed=5",
        "--device=cpu", f"--out={out}", f"--random-parameters={NETWORK}",
        f"--compilation-cache={COMPILED}", *more]


def read_features(folder: Path) -> dict:
    with open(folder / "features.pkl", "rb") as handle:
        return pickle.load(handle)  # noqa: S301 (made by the test)


def differences(a: dict, b: dict) -> list[str]:
    """What differs between two sets of features: names, types, shapes and every single value."""
    found = [f"{name}: only in one" for name in sorted(a.keys() ^ b.keys())]
    for name in sorted(a.keys() & b.keys()):
        one, other = np.asarray(a[name]), np.asarray(b[name])
        if one.dtype != other.dtype or one.shape != other.shape:
            found.append(f"{name}: {one.dtype}{one.shape} and {other.dtype}{other.shape}")
        elif not np.array_equal(one, other):
            found.append(f"{name}: values differ")
    return found


def wait_until(holds: Callable[[], object], process: subprocess.Popen, what: str) -> None:
    """Waits for something that a running process brings about."""
    deadline = time.monotonic() + 480
    while not holds():
        if process.poll() is not None:
            raise AssertionError(f"the driver ended before {what}: {process.communicate()}")
        if time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.02)


def progress_of(output: str) -> list[dict]:
    return [json.loads(line)["progress"] for line in output.splitlines() if line.startswith('{"progress":')]
