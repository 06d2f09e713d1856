"""The networks of a preset: which, in which order, with which seed and which parameters."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import EngineError
from .files import sha256_of_file
from .presets import MODEL_NAMES, ensembles, is_multimer

# A folder of parameters may say what its files must be: {"params_model_1.npz": "<sha256>", …}.
CHECKSUMS_FILE = "SHA256SUMS.json"


@dataclass(frozen=True)
class RandomParameters:
    """Parameters drawn at random on a changed network: for tests of everything but the science, never for users.

    ``overrides``: dotted path in AlphaFold's configuration -> value.
    """

    seed: int
    overrides: dict[str, Any]


@dataclass(frozen=True)
class Prediction:
    """One run of one network. ``name`` is upstream's ``<model>_pred_<i>``, ``seed`` what upstream would give it."""

    name: str
    model: str
    seed: int


def predictions(model_preset: str, chosen: list[str], per_model: int, random_seed: int) -> list[Prediction]:
    """The runs of the chosen models, in upstream's order.

    A seed comes from the run's place among *all* runs of the preset, so leaving models out, sharding or resuming changes
    no result. ``chosen``: ``model_1`` … ``model_5``; ``per_model`` counts for multimers only.
    """
    from alphafold.model import config

    models = config.MODEL_PRESETS[model_preset]
    each = per_model if is_multimer(model_preset) else 1
    count = len(models) * each
    runs = [
        Prediction(f"{model}_pred_{number}", model, index * each + number + random_seed * count)
        for index, model in enumerate(models) for number in range(each)]
    return [run for run in runs if "_".join(run.model.split("_")[:2]) in chosen]


def parameters_file(parameters: Path, model: str) -> Path:
    """File of a model's parameters. Raises EngineError when it is missing or not what it should be."""
    file = parameters / f"params_{model}.npz"
    if not file.exists():
        raise EngineError(
            f"AlphaFold's parameters are missing: there is no {file}. Stage alphafold_params_2022-12-06.tar into the "
            "folder, or name the right one.")
    sums = parameters / CHECKSUMS_FILE
    if sums.exists():
        wanted = json.loads(sums.read_text()).get(file.name)
        if wanted is not None and wanted != sha256_of_file(file):
            raise EngineError(f"{file} is damaged: its SHA-256 is not the one in {sums.name}. Stage it again.")
    return file


def build(model: str, model_preset: str, parameters: Path | None, random: RandomParameters | None) -> Any:
    """AlphaFold's ``RunModel``, configured as run_alphafold.py does it. ``parameters``: folder of the .npz files."""
    from alphafold.model import config
    from alphafold.model.model import RunModel

    settings = config.model_config(model)
    if is_multimer(model_preset):
        settings.model.num_ensemble_eval = ensembles(model_preset)
    else:
        settings.data.eval.num_ensemble = ensembles(model_preset)
    if random is not None:
        known = {path: value for path, value in random.overrides.items() if _has(settings, path)}
        settings.update_from_flattened_dict(known)
        return RunModel(settings, None)
    if parameters is None:
        raise EngineError("No folder of AlphaFold's parameters was given. Name it with --params.")
    from alphafold.model import data

    file = parameters_file(parameters, model)
    # AlphaFold's loader wants the folder above one called params.
    if file.parent.name == "params":
        return RunModel(settings, data.get_model_haiku_params(model_name=model, data_dir=str(file.parent.parent)))
    import tempfile

    with tempfile.TemporaryDirectory(prefix="foldpad-params-") as folder:
        (Path(folder) / "params").symlink_to(parameters.resolve())
        return RunModel(settings, data.get_model_haiku_params(model_name=model, data_dir=folder))


def _has(settings: Any, path: str) -> bool:
    """Overrides serve networks of all presets, and each has options that others have not."""
    for part in path.split("."):
        if part not in settings:
            return False
        settings = settings[part]
    return True


def run(runner: Any, features: dict[str, Any], prediction: Prediction, random: RandomParameters | None) -> tuple[Any, Any]:
    """Processes the features and predicts. Returns AlphaFold's (processed features, result)."""
    processed = runner.process_features(features, random_seed=prediction.seed)
    if random is not None and not runner.params:
        digest = hashlib.sha256(f"{random.seed}:{prediction.model}".encode()).digest()
        _initialise(runner, processed, int.from_bytes(digest[:4], "big") >> 1)
    answer = runner.predict(processed, random_seed=prediction.seed)
    # alphafold-colabfold also tells how often the result was recycled.
    return processed, answer[0] if isinstance(answer, tuple) else answer


def _initialise(runner: Any, processed: Any, seed: int) -> None:
    """Gives the network random parameters of its own shapes, without compiling AlphaFold's initialisation first."""
    import inspect

    import jax
    import numpy as np

    if runner.multimer_mode and "callback" in inspect.signature(runner.predict).parameters:
        # alphafold-colabfold recycles outside of the network, which gets the previous round as an input.
        length = len(processed["aatype"])
        shapes = {"prev_msa_first_row": (length, 256), "prev_pair": (length, length, 128), "prev_pos": (length, 37, 3)}
        processed = {**processed, "prev": {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}}
    shapes = jax.eval_shape(runner.init, jax.random.PRNGKey(seed), processed)
    generator = np.random.default_rng(seed)

    def draw(path: Any, leaf: Any) -> Any:
        name = str(path[-1])
        if "bias" in name or "offset" in name:
            return np.zeros(leaf.shape, leaf.dtype)
        if "scale" in name:
            return np.ones(leaf.shape, leaf.dtype)
        fan_in = int(np.prod(leaf.shape[:-1])) or 1
        return (generator.standard_normal(leaf.shape) / np.sqrt(fan_in)).astype(leaf.dtype)

    runner.params = jax.tree_util.tree_map_with_path(draw, shapes)
