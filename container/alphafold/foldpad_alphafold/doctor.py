"""What is installed and what is missing, for each stage; the image's health check asks too."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from pathlib import Path

from . import ENGINE_VERSION, databases, network, tools, upstream
from .errors import EngineError
from .memory import gpu_memory_gb, host_memory_gb
from .presets import DATABASE_PRESETS, MODEL_PRESETS

PACKAGES = {"features": ("numpy", "biopython"), "predict": ("jax", "jaxlib", "dm-haiku", "openmm", "pdbfixer")}


def examine(data: Path | None, stage: str, ask_gpu: bool) -> dict:
    """The report. ``stage``: features, predict or all; ``data``: also look for databases and parameters there."""
    stages = ("features", "predict") if stage == "all" else (stage,)
    missing: list[dict] = []
    software: dict[str, str] = {"python": sys.version.split()[0]}

    def note(what: str, error: EngineError) -> None:
        missing.append({"what": what, "why": str(error), "remedy": "Use Foldpad's image, or install what is named."})

    try:
        upstream.require()
        software["alphafold"] = upstream.version()
    except EngineError as error:
        note("alphafold", error)
    for package in (name for part in stages for name in PACKAGES[part]):
        try:
            software[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            # Relaxation is a luxury: without it, the unrelaxed structure is the result.
            if package not in ("openmm", "pdbfixer"):
                note(package, EngineError(f"The Python package {package} is not installed."))
    if "features" in stages:
        for name in tools.SEARCH_TOOLS:
            try:
                software[name] = tools.version(name)
            except EngineError as error:
                note(name, error)
    report = {
        "ok": False, "engine": "alphafold2", "version": ENGINE_VERSION, "software": software, "missing": missing,
        "relaxation": importlib.util.find_spec("openmm") is not None,
        "memory": {"host_gb": round(host_memory_gb(), 1), "gpu_gb": _rounded(gpu_memory_gb())},
    }
    if data is not None:
        report["databases"] = _databases(data, "features" in stages, missing)
        report["parameters"] = _parameters(data / "params", "predict" in stages, missing)
    if ask_gpu:
        report["gpu"] = _gpu(note)
    report["ok"] = not missing
    return report


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _databases(data: Path, needed: bool, missing: list[dict]) -> dict[str, str]:
    """Version of each database, or why a preset cannot be searched."""
    found: dict[str, str] = {}
    usable = False
    reason = ""
    for preset in DATABASE_PRESETS:
        for model in ("monomer", "multimer"):
            try:
                there = databases.find(data, databases.needed(model, preset))
            except EngineError as error:
                reason = reason or str(error)
                continue
            usable = True
            found |= {name: database.version_text for name, database in there.items()}
    if needed and not usable:
        missing.append({"what": "databases", "why": reason, "remedy": "Stage the databases of at least one preset."})
    return found


def _parameters(folder: Path, needed: bool, missing: list[dict]) -> dict[str, int]:
    """Preset -> how many of its five models are there, whole."""
    try:
        from alphafold.model import config
    except ImportError:
        return {}
    counts: dict[str, int] = {}
    reason = ""
    for preset in MODEL_PRESETS:
        counts[preset] = 0
        for model in config.MODEL_PRESETS[preset]:
            try:
                network.parameters_file(folder, model)
                counts[preset] += 1
            except EngineError as error:
                reason = reason or str(error)
    if needed and not any(counts.values()):
        missing.append({"what": "parameters", "why": reason, "remedy": "Stage AlphaFold's parameters."})
    return counts


def _gpu(note) -> str | None:
    from . import device

    try:
        return device.choose("gpu", None)
    except (EngineError, ImportError) as error:
        note("gpu", EngineError(str(error)))
        return None
