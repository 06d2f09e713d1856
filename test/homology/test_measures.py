"""Geometry, regression, confidence features, selection, gate, profiles."""

from __future__ import annotations

import unittest

import numpy as np

import support  # noqa: F401
from foldpad_homology import confidence, regression, selection
from foldpad_homology.candidates import Candidate, make_candidate
from foldpad_homology.cs219 import StateLibrary
from foldpad_homology.errors import CannotPredict
from foldpad_homology.gate import MIN_EXPECTED_TM, MIN_PROBABILITY, passing
from foldpad_homology.geometry import ca_lddt, distances, place
from foldpad_homology.hhm import hhm_text
from foldpad_homology.hhr import Hit
from foldpad_homology.profiles import effective_sequences
from foldpad_homology.query_profile import emissions
from foldpad_homology.selection import RankedCandidate
from foldpad_homology.software import HHSUITE_DATA

SEQUENCE = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSG"


def helix(length: int) -> np.ndarray:
    """CA trace of an ideal alpha helix: 100 degrees and 1.5 Angstrom a residue, radius 2.3 Angstrom."""
    angle = np.radians(100) * np.arange(length)
    return np.stack([2.3 * np.cos(angle), 2.3 * np.sin(angle), 1.5 * np.arange(length)], axis=1)


def candidate(probability: float = 99.0, start: int = 5, end: int = 45, mutate: bool = False) -> Candidate:
    part = SEQUENCE[start:end]
    row = "".join("A" if mutate and n % 2 else letter for n, letter in enumerate(part))
    hit = Hit("1ABC_A", probability, 1e-9, 60.0, 1.0, 0.9 * len(part), part, row, start, start, len(SEQUENCE),
              "9" * len(part))
    return make_candidate(hit, SEQUENCE, SEQUENCE[:start] + row + SEQUENCE[end:])


class GeometryTest(unittest.TestCase):
    def test_lddt_is_one_for_a_moved_copy_and_falls_with_noise(self) -> None:
        truth = helix(60)
        turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
        self.assertTrue(np.allclose(ca_lddt(truth @ turn + 7.0, truth), 1.0))
        noise = np.random.default_rng(1).normal(size=truth.shape)
        scores = [np.nanmean(ca_lddt(truth + scale * noise, truth)) for scale in (0.2, 1.0, 5.0)]
        self.assertTrue(1.0 > scores[0] > scores[1] > scores[2] > 0.0, scores)

    def test_lddt_knows_a_hand_computed_case(self) -> None:
        truth = np.array([[0.0, 0, 0], [4.0, 0, 0], [100.0, 0, 0]])
        model = np.array([[0.0, 0, 0], [5.5, 0, 0], [100.0, 0, 0]])
        # One pair within 15 A, off by 1.5 A: inside the tolerances 2 and 4, outside 0.5 and 1. The third has no neighbour.
        self.assertEqual(ca_lddt(model, truth)[:2].tolist(), [0.5, 0.5])
        self.assertTrue(np.isnan(ca_lddt(model, truth)[2]))

    def test_missing_residues_stay_missing(self) -> None:
        placed = place(helix(10), [(2, 0), (4, 3)], 6)
        self.assertEqual(np.flatnonzero(~np.isnan(placed[:, 0])).tolist(), [2, 4])
        self.assertTrue(np.isnan(ca_lddt(placed, helix(6))[0]))
        self.assertAlmostEqual(distances(helix(4))[0, 1], 3.8, delta=0.05)


class RegressionTest(unittest.TestCase):
    def test_recovers_a_quadratic_law_and_clips(self) -> None:
        generator = np.random.default_rng(5)
        features = generator.uniform(-1, 1, size=(800, 2))
        truth = 0.5 + 0.2 * features[:, 0] - 0.1 * features[:, 1] + 0.15 * features[:, 0] * features[:, 1]
        model = regression.fit(["a", "b"], features, truth, 1e-6)
        self.assertLess(np.abs(model.predict(features) - truth).max(), 1e-3)
        self.assertTrue(((model.predict(50 * features) >= 0) & (model.predict(50 * features) <= 1)).all())

    def test_shipped_coefficients_fit_the_features(self) -> None:
        for section, names in (("confidence", confidence.FEATURES), ("selection", selection.FEATURES)):
            model = regression.load(section, names)
            self.assertEqual(len(model.weights), 1 + len(names) + len(names) * (len(names) + 1) // 2)
            self.assertTrue(np.isfinite(model.weights).all())


class ConfidenceTest(unittest.TestCase):
    def test_features_are_finite_and_follow_the_alignment(self) -> None:
        entry = candidate()
        model = place(helix(len(SEQUENCE)), entry.pairs, len(SEQUENCE))
        table = confidence.features(entry, model, [helix(len(SEQUENCE))])
        self.assertEqual(table.shape, (len(SEQUENCE), len(confidence.FEATURES)))
        self.assertTrue(np.isfinite(table).all())
        aligned = table[:, confidence.FEATURES.index("aligned")]
        self.assertEqual((aligned[4], aligned[5], aligned[44], aligned[45]), (0, 1, 1, 0))
        agreement = table[:, confidence.FEATURES.index("agreement")]
        self.assertTrue(np.allclose(agreement[5:45], 1.0))

    def test_estimate_has_no_value_where_there_is_no_model(self) -> None:
        entry = candidate()
        values = confidence.estimate(entry, place(helix(len(SEQUENCE)), entry.pairs, len(SEQUENCE)), [])
        self.assertTrue(np.isnan(values[:5]).all() and np.isnan(values[45:]).all())
        self.assertTrue(((values[5:45] >= 0) & (values[5:45] <= 1)).all())

    def test_a_better_alignment_is_trusted_more(self) -> None:
        length = len(SEQUENCE)
        model = helix(length)
        good, poor = candidate(99.9), candidate(60.0, mutate=True)
        disagreeing = model + np.random.default_rng(2).normal(scale=4.0, size=model.shape)
        trusted = np.nanmean(confidence.estimate(good, place(model, good.pairs, length), [model] * 6))
        doubted = np.nanmean(confidence.estimate(poor, place(model, poor.pairs, length), [disagreeing] * 6))
        self.assertGreater(trusted, doubted + 0.1)


class SelectionTest(unittest.TestCase):
    def ranked(self, expected: float, placed: np.ndarray, probability: float = 99.0) -> RankedCandidate:
        return RankedCandidate(candidate(probability), placed, expected)

    def test_noise_is_not_considered(self) -> None:
        self.assertEqual(len(selection.consider([candidate(5.0), candidate(99.0), candidate(99.0, 5, 15)])), 1)

    def test_only_good_and_different_structures_are_built(self) -> None:
        length = len(SEQUENCE)
        first, other = helix(length), helix(length) * np.array([1.0, 1.0, 2.2])
        entries = [self.ranked(0.8, first), self.ranked(0.79, first + 3.0), self.ranked(0.78, other), self.ranked(0.5, other * 2)]
        chosen = selection.worth_building(entries, 5, 0.05, 0.95)
        self.assertEqual([entry.expected_tm for entry in chosen], [0.8, 0.78])
        self.assertEqual(len(selection.worth_building(entries, 1, 0.05, 0.95)), 1)

    def test_gate_declines_with_the_best_hit_and_its_numbers(self) -> None:
        good = self.ranked(MIN_EXPECTED_TM + 0.1, helix(len(SEQUENCE)))
        improbable = self.ranked(0.9, helix(len(SEQUENCE)), MIN_PROBABILITY - 1)
        self.assertEqual(passing([improbable, good], [improbable.candidate, good.candidate]), [good])
        poor = self.ranked(MIN_EXPECTED_TM - 0.1, helix(len(SEQUENCE)))
        with self.assertRaises(CannotPredict) as caught:
            passing([poor], [poor.candidate])
        self.assertEqual(caught.exception.best_hit["template"], "1ABC_A")
        self.assertIn("99.0 %", caught.exception.reason)
        with self.assertRaises(CannotPredict) as caught:
            passing([], [])
        self.assertIsNone(caught.exception.best_hit)


class ProfileTest(unittest.TestCase):
    def test_effective_sequences_span_one_to_twenty(self) -> None:
        self.assertTrue(np.allclose(effective_sequences(np.eye(20)[[3] * 30]), 1.0))
        self.assertTrue(np.allclose(effective_sequences(np.full((30, 20), 0.05)), 20.0))

    def test_hmm_text_gives_its_frequencies_back(self) -> None:
        frequencies = np.random.default_rng(3).dirichlet(np.full(20, 0.3), size=len(SEQUENCE))
        stored = np.round(frequencies * 10000).astype(np.uint16)
        text = hhm_text("x", SEQUENCE, stored, "H" * len(SEQUENCE))
        self.assertLess(np.abs(emissions(text) - stored / 10000).max(), 0.001)
        self.assertIn(f"LENG  {len(SEQUENCE)} match states", text)

    @unittest.skipUnless(any((folder / "cs219.lib").exists() for folder in HHSUITE_DATA), support.NO_PROMOD3)
    def test_states_follow_the_column(self) -> None:
        library = StateLibrary(next(f / "cs219.lib" for f in HHSUITE_DATA if (f / "cs219.lib").exists()))
        self.assertEqual(library.log_probabilities.shape, (219, 20))
        letters = "GWP"
        columns = np.array([np.eye(20)["ACDEFGHIKLMNPQRSTVWY".index(letter)] for letter in letters])
        states = library.translate(columns)
        self.assertEqual(len(states), 3)
        for state, letter in zip(states, letters):
            self.assertEqual(int(library.log_probabilities[state].argmax()), "ACDEFGHIKLMNPQRSTVWY".index(letter))


if __name__ == "__main__":
    unittest.main()
