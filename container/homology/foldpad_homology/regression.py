"""A transparent regression: ridge on standardised features and all their pairwise products.

The fitted numbers lie in ``coefficients.json`` beside the package; ``test/bench/homology/fit.py`` makes them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from .errors import EngineError

COEFFICIENTS = Path(__file__).resolve().parent / "coefficients.json"


@dataclass(frozen=True)
class QuadraticRidge:
    """Predicts a number in 0..1 from named features."""

    names: list[str]
    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray

    def predict(self, features: np.ndarray) -> np.ndarray:
        """``features``: (n, len(names)) in the order of ``names``. Returns (n,), clipped to 0..1."""
        return np.clip(expand(features, self.mean, self.scale) @ self.weights, 0.0, 1.0)

    def to_json(self) -> dict:
        """Plain numbers for coefficients.json."""
        return {
            "features": self.names,
            "mean": [float(f"{x:.6g}") for x in self.mean],
            "scale": [float(f"{x:.6g}") for x in self.scale],
            "weights": [float(f"{x:.6g}") for x in self.weights],
        }


def expand(features: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Constant, standardised features (clipped to +-4), and their products in row-major upper-triangle order."""
    z = np.clip((features - mean) / scale, -4, 4)
    upper, lower = np.triu_indices(z.shape[1])
    return np.concatenate([np.ones((len(z), 1)), z, z[:, upper] * z[:, lower]], axis=1)


def fit(names: list[str], features: np.ndarray, truth: np.ndarray, strength: float,
        sample_weights: np.ndarray | None = None) -> QuadraticRidge:
    """Ridge regression; the constant is not penalised. ``strength`` is the penalty per unit sample weight sum."""
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    design = expand(features, mean, scale)
    weights = np.ones(len(truth)) if sample_weights is None else sample_weights
    penalty = np.full(design.shape[1], strength * weights.sum())
    penalty[0] = 0.0
    left = (design * weights[:, None]).T @ design + np.diag(penalty)
    solution = np.linalg.solve(left, design.T @ (weights * truth))
    return QuadraticRidge(names, mean, scale, solution)


def load(section: str, expected_names: list[str]) -> QuadraticRidge:
    """Loads one model (``confidence`` or ``selection``) and checks that it was fitted on these features."""
    data = coefficients()[section]
    if data["features"] != expected_names:
        raise EngineError(
            f"coefficients.json ({section}) was fitted on other features; run test/bench/homology/fit.py again.")
    return QuadraticRidge(data["features"], *(np.array(data[key]) for key in ("mean", "scale", "weights")))


@lru_cache(maxsize=1)
def coefficients() -> dict:
    """The whole coefficients file, with what it was fitted on."""
    try:
        return json.loads(COEFFICIENTS.read_text())
    except (OSError, ValueError) as error:
        raise EngineError(f"{COEFFICIENTS.name} cannot be read ({error}); reinstall Foldpad.") from error
