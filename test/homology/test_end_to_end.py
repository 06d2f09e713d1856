"""The command line on real sequences with the real library and the real tools."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

import support
from foldpad_homology.geometry import ca_lddt
from foldpad_homology.library import prepare_library
from foldpad_homology.pipeline import library_sequence
from foldpad_homology.progress import Reporter
from foldpad_homology.structure_files import ca_array, read_atoms

CHAIN = "1NCI_A"  # N-cadherin domain 1, 102 residues; other cadherins are in the library


def engine(*arguments: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *python, str(support.MAIN), *arguments], capture_output=True, text=True,
                          cwd="/", timeout=600, check=False)


class CommandTest(unittest.TestCase):
    def test_doctor_reports_missing_software_with_its_remedy(self) -> None:
        # -S hides Debian's packages from Python, as on a machine without them.
        process = engine("doctor", python=("-I", "-S"))
        report = json.loads(process.stdout)
        self.assertEqual((process.returncode, report["ok"], report["engine"]), (1, False, "homology"))
        promod3 = next(part for part in report["missing"] if part["what"] == "promod3")
        self.assertIn("apt-get install", promod3["remedy"])

    def test_bad_input_ends_with_a_sentence(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for content in ("", ">a\nMK1\n", ">a\nMKT\n>b\nMKT\n"):
                fasta = Path(folder) / "x.fasta"
                fasta.write_text(content)
                process = engine("predict", "--fasta", str(fasta), "--out", folder, "--library", folder)
                self.assertEqual(process.returncode, 1, process.stdout)
                self.assertIn("x.fasta", process.stderr.strip().splitlines()[-1])
                self.assertNotIn("Traceback", process.stderr)

    def test_a_peptide_is_declined(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "prediction.json").write_text("{}")
            (Path(folder) / "ranked_3.pdb").write_text("of an earlier attempt")
            fasta = Path(folder) / "x.fasta"
            fasta.write_text(">a\nMKTAYIAKQR\n")
            process = engine("predict", "--fasta", str(fasta), "--out", folder, "--library", folder)
            self.assertEqual(process.returncode, 3, process.stderr)
            refusal = json.loads((Path(folder) / "no_template.json").read_text())
            self.assertIn("at least 30", refusal["reason"])
            self.assertIsNone(refusal["best_hit"])
            self.assertEqual({path.name for path in Path(folder).iterdir()}, {"x.fasta", "no_template.json"})


@unittest.skipUnless(support.HAS_PROMOD3, support.NO_PROMOD3)
class PredictTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.root = support.library_root()
        with open(os.devnull, "w", encoding="ascii") as nowhere:
            cls.library = prepare_library(cls.root, os.cpu_count() or 2, Reporter("prepare", nowhere))

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)

    def arguments(self, sequence: str, *more: str) -> list[str]:
        fasta = self.out / "target.fasta"
        fasta.write_text(f">target some protein\n{sequence}\n")
        return ["predict", "--fasta", str(fasta), "--out", str(self.out), "--library", str(self.root), *more]

    def test_doctor_is_content(self) -> None:
        report = json.loads(engine("doctor").stdout)
        self.assertTrue(report["ok"], report)
        self.assertEqual(report["library"]["key"], self.library.folder.name)

    def test_models_a_chain_without_its_own_entry(self) -> None:
        sequence = library_sequence(self.library, CHAIN)
        process = engine(*self.arguments(
            sequence[:50] + "X" + sequence[51:], "--exclude-templates", "1nci", "--max-identity", "0.95"))
        self.assertEqual(process.returncode, 0, process.stderr)
        prediction = json.loads((self.out / "prediction.json").read_text())
        best = prediction["models"][0]
        self.assertEqual(prediction["sequence_length"], 102)
        self.assertTrue(any("X" in warning for warning in prediction["warnings"]))
        for model in prediction["models"]:
            self.assertFalse(model["template"].startswith("1NCI"))
            for name in model["files"].values():
                self.assertTrue((self.out / name).stat().st_size > 0, name)
        self._check_structure(sequence, best)
        self._check_hits(best["template"])
        self._check_progress(process.stdout)
        self.assertEqual([p.name for p in self.out.iterdir() if p.name.startswith(".")], [])

    def _check_structure(self, sequence: str, best: dict) -> None:
        atoms = read_atoms(self.out / best["files"]["pdb"], set())
        positions = ca_array(atoms, len(sequence))
        self.assertTrue(np.isnan(positions[50]).all(), "the unknown residue must not be modelled")
        self.assertEqual(int((~np.isnan(positions[:, 0])).sum()), best["residues_modelled"])
        true = ca_lddt(positions, self.library.ca_coordinates(CHAIN))
        self.assertGreater(float(np.nanmean(true)), 0.6)
        confidence = json.loads((self.out / best["files"]["confidence"]).read_text())
        self.assertEqual(confidence["metric"], "estimated CA-lDDT")
        self.assertEqual([v is None for v in confidence["per_residue"]], np.isnan(positions[:, 0]).tolist())
        self.assertLess(abs(confidence["mean"] / 100 - float(np.nanmean(true))), 0.25)
        for line in (self.out / best["files"]["pdb"]).read_text().splitlines():
            if line.startswith("ATOM"):
                self.assertAlmostEqual(float(line[60:66]), confidence["per_residue"][int(line[22:26]) - 1], places=1)
        rows = (self.out / best["files"]["alignment"]).read_text().splitlines()
        self.assertEqual(len(rows[1]), len(rows[3]))
        self.assertEqual(rows[1].replace("-", ""), sequence[:50] + "X" + sequence[51:])

    def _check_hits(self, chosen: str) -> None:
        hits = json.loads((self.out / "templates.json").read_text())["hits"]
        own = [hit for hit in hits if hit["template"].startswith("1NCI")]
        self.assertTrue(own and all("excluded" in hit["reason"] and not hit["chosen"] for hit in own))
        self.assertTrue(next(hit for hit in hits if hit["template"] == chosen)["chosen"])

    def _check_progress(self, stdout: str) -> None:
        events = [json.loads(line)["progress"] for line in stdout.splitlines() if line.startswith("{")]
        fractions = [event["fraction"] for event in events]
        self.assertEqual(fractions, sorted(fractions))
        self.assertEqual(fractions[-1], 1.0)
        self.assertEqual({event["stage"] for event in events}, {"predict"})

    def test_a_random_sequence_is_declined_not_invented(self) -> None:
        sequence = "".join(random.Random(9).choices("ACDEFGHIKLMNPQRSTVWY", k=90))
        process = engine(*self.arguments(sequence))
        self.assertEqual(process.returncode, 3, process.stdout + process.stderr)
        refusal = json.loads((self.out / "no_template.json").read_text())
        self.assertIn("template", refusal["reason"])
        self.assertEqual(process.stdout.strip().splitlines()[-1], f"Cannot predict: {refusal['reason']}")
        self.assertEqual([path.name for path in self.out.glob("ranked_*")], [])
        self.assertFalse((self.out / "prediction.json").exists())

    def test_sigterm_ends_it_with_its_children(self) -> None:
        sequence = library_sequence(self.library, CHAIN)
        process = subprocess.Popen(
            [sys.executable, str(support.MAIN), *self.arguments(sequence, "--work", str(self.out / "work"))],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if '"step": "search"' in line:
                break
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 143, errors)
        self.assertEqual(list((self.out / "work").iterdir()), [], "temporary files are removed")
        self.assertEqual([path.name for path in self.out.iterdir() if path.suffix in (".pdb", ".cif", ".json")], [])
        # communicate() returned, so nobody holds the pipes any more: no child outlived the engine.


if __name__ == "__main__":
    unittest.main()
