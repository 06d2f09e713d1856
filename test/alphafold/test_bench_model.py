"""The model that predicts the features stage on other machines than the bench's."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench/features"))

from model import Search, fit, our_seconds, ratio, upstream_seconds  # noqa: E402


def search(name: str, serial: float, parallel: float, **changes) -> Search:
    facts = {"most": 8, "upstream_threads": 8, "max_threads": 8, "after": None, **changes}
    return Search(name, serial, parallel, **facts)


class Model(unittest.TestCase):
    """A list-scheduling model with known answers."""

    def test_fits_amdahls_law(self) -> None:
        self.assertEqual(fit(10, 6), (2, 8))
        self.assertEqual(fit(10, 5), (0, 10))
        # Noise must not make time negative, or more than halve it.
        self.assertEqual(fit(10, 4), (0, 10))
        self.assertEqual(fit(10, 11), (10, 0))

    def test_upstream_runs_one_after_the_other(self) -> None:
        searches = [search("a", 1, 16), search("b", 2, 8, upstream_threads=4)]
        self.assertEqual(upstream_seconds(searches, 1), 27)
        self.assertEqual(upstream_seconds(searches, 2), 1 + 8 + 2 + 4)
        self.assertEqual(upstream_seconds(searches, 32), 1 + 2 + 2 + 2)

    def test_perfectly_parallel_searches_gain_nothing_where_upstream_fills_the_cpus(self) -> None:
        searches = [search("a", 0, 40), search("b", 0, 30), search("c", 0, 20)]
        for cpus in (1, 2):
            self.assertAlmostEqual(our_seconds(searches, cpus), upstream_seconds(searches, cpus))

    def test_serial_searches_run_side_by_side(self) -> None:
        searches = [search("a", 10, 0), search("b", 10, 0), search("c", 10, 0), search("d", 10, 0)]
        self.assertAlmostEqual(ratio(searches, 1), 1)
        # Two threads each share two CPUs: a search that cannot use its second one is slowed down by no more than half.
        self.assertLessEqual(ratio(searches, 2), 1)
        self.assertAlmostEqual(ratio(searches, 8), 0.25)

    def test_what_depends_on_another_waits_for_it(self) -> None:
        searches = [search("uniref90", 10, 0), search("templates", 5, 0, after="uniref90")]
        self.assertAlmostEqual(our_seconds(searches, 16), 15)

    def test_no_machine_makes_ours_slower_than_upstream(self) -> None:
        searches = [search("a", 3, 30, most=4), search("b", 2, 25, most=4), search("c", 1, 10, upstream_threads=4, most=16)]
        ratios = [ratio(searches, cpus, rest=5) for cpus in (2, 4, 8, 16, 32)]
        self.assertTrue(all(0 < value <= 1 + 1e-9 for value in ratios), ratios)
        self.assertLess(ratios[-1], ratios[0])


if __name__ == "__main__":
    unittest.main()
