"""HH-suite's result format, and the alignments made from it."""

from __future__ import annotations

import unittest

import support  # noqa: F401
from foldpad_homology.candidates import make_candidate
from foldpad_homology.errors import EngineError
from foldpad_homology.hhr import parse_hhr

HHR = """Query         target
Match_columns 12

 No Hit                             Prob E-value P-value  Score    SS Cols Query HMM  Template HMM
  1 1ABC_A                          98.7 1.2E-10 4.2E-15   55.5   0.0    8    3-10      2-10 (14)

No 1
>1ABC_A
Probab=98.70  E-value=1.2e-10  Score=55.50  Aligned_cols=8  Identities=62%  Similarity=0.981  Sum_probs=6.5  Template_Neff=4.700

Q target            3 TAYIA    7 (12)
Q Consensus         3 tayia    7 (12)
                      ||.+
T Consensus         2 ta~la    6 (14)
T 1ABC_A            2 TAFLA    6 (14)
Confidence            8999 


Q target            8 K-QR   10 (12)
Q Consensus         8 k-qr   10 (12)
                      + ||
T Consensus         7 kgqr   10 (14)
T 1ABC_A            7 RGQR   10 (14)
Confidence            5 43


Done!
"""


class ParseTest(unittest.TestCase):
    def test_reads_summary_rows_and_confidence(self) -> None:
        (hit,) = parse_hhr(HHR)
        self.assertEqual(hit.name, "1ABC_A")
        self.assertEqual((hit.probability, hit.evalue, hit.score, hit.sum_probs), (98.7, 1.2e-10, 55.5, 6.5))
        self.assertEqual((hit.query, hit.template), ("TAYIAK-QR", "TAFLARGQR"))
        self.assertEqual((hit.query_start, hit.template_start, hit.template_length), (2, 1, 14))
        self.assertEqual(hit.confidence, "8999 5 43")
        self.assertEqual(hit.aligned, 8)
        self.assertAlmostEqual(hit.identity, 5 / 8)

    def test_pairs_step_over_gaps(self) -> None:
        (hit,) = parse_hhr(HHR)
        self.assertEqual([(i, j) for i, j, _ in hit.pairs()],
                         [(2, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 6), (8, 8), (9, 9)])

    def test_no_hits_is_an_empty_list_and_damage_is_an_error(self) -> None:
        self.assertEqual(parse_hhr("Query x\n\nDone!\n"), [])
        for broken in (HHR.replace("Probab=", "Prob "), HHR.replace("T 1ABC_A            7 RGQR", "T 1ABC_A            7 RGQ"),
                       HHR.replace(">1ABC_A\n", "")):
            with self.assertRaisesRegex(EngineError, "damaged"):
                parse_hhr(broken)


class CandidateTest(unittest.TestCase):
    TARGET = "MKTAYIAKQRVW"
    TEMPLATE = "MTAFLARGQRLLLL"

    def test_pads_to_the_whole_target(self) -> None:
        candidate = make_candidate(parse_hhr(HHR)[0], self.TARGET, self.TEMPLATE)
        self.assertEqual(candidate.query_row, "MKTAYIAK-QRVW")
        self.assertEqual(candidate.template_row, "--TAFLARGQR--")
        self.assertEqual(self.TEMPLATE[candidate.template_start : candidate.template_end], "TAFLARGQR")
        self.assertAlmostEqual(candidate.coverage, 8 / 12)
        self.assertEqual((candidate.target_range, candidate.template_range), ((3, 10), (2, 10)))

    def test_extends_as_far_as_both_chains_go(self) -> None:
        candidate = make_candidate(parse_hhr(HHR)[0], self.TARGET, self.TEMPLATE, extend=10)
        self.assertEqual(candidate.query_row, "MKTAYIAK-QRVW")
        self.assertEqual(candidate.template_row, "-MTAFLARGQRLL")
        self.assertEqual(self.TEMPLATE[candidate.template_start : candidate.template_end], "MTAFLARGQRLL")
        self.assertEqual(candidate.pairs[0], (1, 0))
        self.assertEqual(candidate.pairs[-1], (11, 11))

    def test_rows_always_spell_both_chains(self) -> None:
        for extend in range(4):
            candidate = make_candidate(parse_hhr(HHR)[0], self.TARGET, self.TEMPLATE, extend)
            self.assertEqual(candidate.query_row.replace("-", ""), self.TARGET)
            self.assertEqual(candidate.template_row.replace("-", ""),
                             self.TEMPLATE[candidate.template_start : candidate.template_end])
            self.assertEqual(len(candidate.query_row), len(candidate.template_row))


if __name__ == "__main__":
    unittest.main()
