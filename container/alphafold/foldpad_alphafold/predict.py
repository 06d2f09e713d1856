"""The predict stage: from features.pkl alone to ranked structures, each published as soon as it is there."""

from __future__ import annotations

import hashlib
import json
import pickle
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import device, memory, network, outputs, ranking, relaxation, upstream
from .checkpoints import Checkpoints, Step
from .errors import EngineError
from .files import sha256_of_file
from .network import Prediction, RandomParameters
from .presets import is_multimer
from .progress import Reporter


@dataclass(frozen=True)
class PredictOptions:
    """``stop_at``: confidence 0..100 at which no further model is run; ``earlier``: folders that earlier attempts left."""

    features: Path
    model_preset: str
    models: list[str]
    per_model: int
    seed: int
    parameters: Path | None
    device: str
    relax: str
    out: Path
    earlier: list[Path] = field(default_factory=list)
    stop_at: float | None = None
    compilation_cache: Path | None = None
    random: RandomParameters | None = None

    @property
    def multimer(self) -> bool:
        return is_multimer(self.model_preset)

    def identity(self) -> dict:
        """What every structure depends on, whichever attempt makes it."""
        random = None if self.random is None else {"seed": self.random.seed, "overrides": self.random.overrides}
        return {
            "alphafold": upstream.version(), "features": sha256_of_file(self.features), "preset": self.model_preset,
            "per_model": self.per_model, "seed": self.seed, "random_parameters": random,
        }


def predict(options: PredictOptions, report: Reporter) -> dict:
    """Runs the chosen networks and writes everything into ``options.out``; returns what prediction.json holds."""
    upstream.require()
    features, manifest = read_features(options)
    warnings = []
    if options.device == "gpu":
        warning = memory.set_up(manifest["residues"], report)
        warnings += [] if warning is None else [warning]
    hardware = device.choose(options.device, options.compilation_cache)
    report.log(f"Predicting on {hardware}.")
    runs = network.predictions(options.model_preset, options.models, options.per_model, options.seed)
    if not runs:
        raise EngineError(f"No model was chosen. Name some of model_1 to model_5 instead of {options.models}.")
    checkpoints = Checkpoints(options.out, options.earlier, options.identity())
    steps = _run_networks(options, runs, features, checkpoints, report, warnings)
    order = ranking.order(steps)
    relaxed = _relax(options, order, steps, checkpoints, report, warnings)
    report.progress("ranking", 0.98, "Ranking.")
    result = ranking.write(options, order, steps, relaxed, manifest, hardware, warnings)
    report.progress("done", 1.0, f"{len(order)} structures are ready.")
    return result


def read_features(options: PredictOptions) -> tuple[dict, dict]:
    """The features and their manifest. Raises EngineError when they do not belong together, or to this preset."""
    file = options.features.with_name("features.json")
    try:
        manifest = json.loads(file.read_text())
        damaged = manifest["sha256"] != sha256_of_file(options.features)
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(
            f"The features cannot be used: {options.features} needs its features.json beside it ({error}). Run the "
            "features stage again.") from error
    if damaged:
        raise EngineError(f"{options.features} is damaged: its SHA-256 is not the one in {file.name}. Run the features stage again.")
    if manifest["multimer"] != options.multimer:
        kind = "a multimer" if manifest["multimer"] else "a single chain"
        raise EngineError(f"The features are those of {kind}, which the preset {options.model_preset} cannot use.")
    with open(options.features, "rb") as handle:
        return pickle.load(handle), manifest  # noqa: S301 (our own file, checked against its manifest)


def _run_networks(
    options: PredictOptions, runs: list[Prediction], features: dict, checkpoints: Checkpoints, report: Reporter,
    warnings: list[str],
) -> dict[str, Step]:
    """Every run's step, in upstream's order, up to the one that is good enough."""
    steps: dict[str, Step] = {}
    runner, loaded = None, None
    for number, run in enumerate(runs):
        report.progress(run.name, 0.02 + 0.88 * number / len(runs), f"Model {number + 1} of {len(runs)}: {run.name}.")
        step = checkpoints.restore(run.name)
        if step is not None:
            report.log(f"{run.name} was predicted by an earlier attempt.")
        else:
            if loaded != run.model:
                runner, loaded = None, None  # two networks at once would not fit
                runner = network.build(run.model, options.model_preset, options.parameters, options.random)
                loaded = run.model
            step = _run_one(options, run, runner, features, checkpoints, report)
        steps[run.name] = step
        if options.stop_at is not None and ranking.percent(step, options.multimer) >= options.stop_at:
            if number + 1 < len(runs):
                warnings.append(
                    f"Stopped after {number + 1} of {len(runs)} predictions: {run.name} reached the confidence "
                    f"{ranking.percent(step, options.multimer):.1f}, asked for was {options.stop_at:g}.")
            break
    return steps


def _run_one(
    options: PredictOptions, run: Prediction, runner: object, features: dict, checkpoints: Checkpoints, report: Reporter,
) -> Step:
    started = time.monotonic()
    processed, result = network.run(runner, features, run, options.random)
    seconds = round(time.monotonic() - started, 2)
    index = run.seed - options.seed * _preset_count(options)
    files, facts = outputs.write_model(run.name, index, options.multimer, processed, result, options.out)
    step = checkpoints.finish(run.name, files, {**facts, "seed": run.seed, "model": run.model, "seconds": seconds})
    report.log(f"{run.name}: mean pLDDT {facts['mean_plddt']:.1f}, {seconds:.1f} s (compilation included).")
    return step


def _preset_count(options: PredictOptions) -> int:
    return len(network.predictions(options.model_preset, list(network.MODEL_NAMES), options.per_model, 0))


def _relax(
    options: PredictOptions, order: list[str], steps: dict[str, Step], checkpoints: Checkpoints, report: Reporter,
    warnings: list[str],
) -> dict[str, Step]:
    chosen = {"best": order[:1], "all": order, "none": []}[options.relax]
    relaxed: dict[str, Step] = {}
    for number, name in enumerate(chosen):
        report.progress(f"relax_{name}", 0.9 + 0.08 * number / len(chosen), f"Relaxing {name}.")
        step = checkpoints.restore(f"relax_{name}")
        if step is None:
            started = time.monotonic()
            try:
                files, facts = relaxation.relax(
                    name, options.multimer, steps[name].facts["residues"], options.out, options.device, report)
            except Exception as error:  # noqa: BLE001 (whatever it is, the prediction stands)
                warnings.append(relaxation.why_not(name, error))
                report.log(warnings[-1])
                continue
            facts["seconds"] = round(time.monotonic() - started, 2)
            step = checkpoints.finish(f"relax_{name}", files, facts)
        relaxed[name] = step
    return relaxed


def seed_for(text: str) -> int:
    """A seed that is the same in every attempt: from the job's id, within what upstream would draw for 25 runs."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % (2**31 // 256)
