"""The predict stage: AlphaFold's real code on a shortened network with random parameters, from FASTA to ranked structures."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import unittest
from functools import cache
from pathlib import Path

import numpy as np
import support
from Bio.PDB.MMCIF2Dict import MMCIF2Dict
from support import ALPHA, BETA, options, predict_arguments, run_driver, silent

from foldpad_alphafold.features import make_features
from foldpad_alphafold.search_cache import SearchCache

# Both what an attempt took and when differ from run to run.
TIMES = ("timings.json", "prediction.json")


@cache
def features(multimer: bool) -> Path:
    """features.pkl of one chain, or of two."""
    out = support.new_folder("features")
    chains = [BETA, ALPHA] if multimer else [BETA]
    chosen = options("multimer" if multimer else "monomer_ptm", "reduced_dbs")
    make_features(chains, chosen, SearchCache(support.scratch() / "searches"), 2, out, silent())
    return out / "features.pkl"


def contents(folder: Path) -> dict[str, object]:
    """Name -> content of every file that must not depend on how often an attempt was interrupted."""
    found: dict[str, object] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("done_"):
            record = json.loads(path.read_text())
            found[path.name] = {**record, "facts": {**record["facts"], "seconds": 0}}
        elif path.name not in TIMES:
            found[path.name] = path.read_bytes()
    return found


def alpha_carbons(pdb: str) -> np.ndarray:
    """(residues, 3) in Angstrom."""
    lines = [line for line in pdb.splitlines() if line.startswith("ATOM") and line[12:16].strip() == "CA"]
    return np.array([[float(line[start : start + 8]) for start in (30, 38, 46)] for line in lines])


@cache
def undisturbed() -> Path:
    """Two models of the pTM preset, in one go."""
    out = support.new_folder("undisturbed")
    code, output, errors = run_driver(
        predict_arguments(features(False), out, "monomer_ptm", "model_1,model_3", "--relax=none"))
    assert code == 0, errors + output
    return out


class Outputs(unittest.TestCase):
    """What a prediction leaves, file by file."""

    def check_model(self, out: Path, model: dict, residues: int, has_pae: bool) -> None:
        pdb = (out / model["files"]["pdb"]).read_text()
        carbons = alpha_carbons(pdb)
        self.assertEqual(carbons.shape, (residues, 3))
        self.assertTrue(np.isfinite(carbons).all())
        self.assertGreater(np.ptp(carbons), 1.0)
        self.assertIn("_atom_site.Cartn_x", (out / model["files"]["cif"]).read_text())
        confidence = json.loads((out / model["files"]["confidence"]).read_text())
        self.assertEqual(len(confidence["confidenceScore"]), residues)
        self.assertAlmostEqual(np.mean(confidence["confidenceScore"]), model["mean_confidence"], delta=0.02)
        with open(out / f"result_{model['name']}.pkl", "rb") as handle:
            result = pickle.load(handle)  # noqa: S301 (made by the test)
        np.testing.assert_allclose(result["plddt"], confidence["confidenceScore"], atol=0.01)
        self.assertEqual("pae" in model["files"], has_pae)
        if has_pae:
            [pae] = json.loads((out / model["files"]["pae"]).read_text())
            matrix = np.array(pae["predicted_aligned_error"])
            self.assertEqual(matrix.shape, (residues, residues))
            self.assertGreater(matrix.min(), 0)
            self.assertLessEqual(matrix.max(), pae["max_predicted_aligned_error"])
            np.testing.assert_allclose(matrix, result["predicted_aligned_error"], atol=0.06)

    def check(self, out: Path, preset: str, residues: int, names: list[str]) -> dict:
        prediction = json.loads((out / "prediction.json").read_text())
        self.assertEqual(prediction["confidence_metric"], "pLDDT")
        self.assertEqual(prediction["sequence_length"], residues)
        self.assertEqual(sorted(model["name"] for model in prediction["models"]), sorted(names))
        for model in prediction["models"]:
            self.check_model(out, model, residues, has_pae=preset in ("monomer_ptm", "multimer"))
        ranking = json.loads((out / "ranking_debug.json").read_text())
        label = "iptm+ptm" if preset == "multimer" else "plddts"
        self.assertEqual(set(ranking), {label, "order"})
        scores = [ranking[label][name] for name in ranking["order"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertEqual([model["name"] for model in prediction["models"]], ranking["order"])
        for name in names:
            self.assertIn(f"predict_and_compile_{name}", json.loads((out / "timings.json").read_text()))
        return prediction

    def test_of_models_with_predicted_aligned_error(self) -> None:
        out = undisturbed()
        names = ["model_1_ptm_pred_0", "model_3_ptm_pred_0"]
        prediction = self.check(out, "monomer_ptm", 48, names)
        self.assertEqual({name: json.loads((out / f"done_{name}.json").read_text())["facts"]["seed"] for name in names},
                         {names[0]: 25, names[1]: 27})
        self.assertEqual(prediction["seed"], 5)
        self.assertFalse((out / "relax_metrics.json").exists())

    def test_say_that_they_were_made_with_random_parameters(self) -> None:
        out = undisturbed()
        prediction = json.loads((out / "prediction.json").read_text())
        self.assertEqual(prediction["parameters"], "random")
        self.assertIn("RANDOM PARAMETERS", prediction["method"])
        self.assertIn("NOT A PREDICTION", prediction["warnings"][0])
        for name in ("ranked_0.pdb", "ranked_0.cif", "ranked_1.pdb", "ranked_1.cif"):
            self.assertIn("RANDOM PARAMETERS", (out / name).read_text()[:2000], name)

    def test_of_a_plain_monomer_and_the_end_at_a_confidence(self) -> None:
        out = support.new_folder("out")
        code, output, errors = run_driver(predict_arguments(
            features(False), out, "monomer", "model_4,model_5", "--relax=none", "--stop-at-confidence=1"))
        self.assertEqual(code, 0, errors)
        prediction = self.check(out, "monomer", 48, ["model_4_pred_0"])
        self.assertIn("Stopped after 1 of 2 predictions", " ".join(prediction["warnings"]))
        progress = support.progress_of(output)
        self.assertEqual(progress[-1]["fraction"], 1.0)
        fractions = [event["fraction"] for event in progress]
        self.assertEqual(fractions, sorted(fractions))

    def test_of_a_multimer_whose_relaxation_fails(self) -> None:
        out = support.new_folder("out")
        # Not a file of OpenMM: its import ends the relaxation, and nothing else.
        broken = support.new_folder("broken")
        (broken / "openmm.py").write_text("raise ImportError('broken for the test')\n")
        code, _, errors = run_driver(
            predict_arguments(features(True), out, "multimer", "model_2", "--predictions-per-model=2", "--relax=best"),
            environment={"PYTHONPATH": str(broken)})
        self.assertEqual(code, 0, errors)
        names = ["model_2_multimer_v3_pred_0", "model_2_multimer_v3_pred_1"]
        prediction = self.check(out, "multimer", 88, names)
        self.assertIn("could not be relaxed (ImportError: broken for the test)", " ".join(prediction["warnings"]))
        self.assertEqual(json.loads((out / "relax_metrics.json").read_text()), {})
        chains = {line[21] for line in (out / "ranked_0.pdb").read_text().splitlines() if line.startswith("ATOM")}
        # AlphaFold counts the chains of multimers from one and names them from B on.
        self.assertEqual(chains, {"B", "C"})
        # The mmCIF beside it says the same of the same chains.
        cif = MMCIF2Dict(str(out / "ranked_0.cif"))
        self.assertEqual(set(cif["_atom_site.auth_asym_id"]), {"B", "C"})
        # Five models with two predictions each: seeds count all of them, chosen or not.
        seeds = [json.loads((out / f"done_{name}.json").read_text())["facts"]["seed"] for name in names]
        self.assertEqual(seeds, [5 * 10 + 2, 5 * 10 + 3])
        self.assertNotEqual((out / f"unrelaxed_{names[0]}.pdb").read_text(), (out / f"unrelaxed_{names[1]}.pdb").read_text())


class Resumed(unittest.TestCase):
    """An attempt after one that was cut off; runner.test.ts cuts it off between two models."""

    def test_models_that_are_whole_are_taken_over_and_damaged_ones_are_not(self) -> None:
        expected = contents(undisturbed())
        earlier, out = support.new_folder("earlier"), support.new_folder("out")
        shutil.copytree(undisturbed(), earlier, dirs_exist_ok=True)
        pdb = earlier / "unrelaxed_model_3_ptm_pred_0.pdb"
        pdb.write_text(pdb.read_text().replace(" 1.00", " 0.50", 1))
        code, output, errors = run_driver(predict_arguments(
            features(False), out, "monomer_ptm", "model_1,model_3", "--relax=none", f"--earlier={earlier}"))
        self.assertEqual(code, 0, errors)
        self.assertIn("model_1_ptm_pred_0 was predicted by an earlier attempt", output)
        self.assertNotIn("model_3_ptm_pred_0 was predicted by an earlier attempt", output)
        found = contents(out)
        self.assertEqual(sorted(found), sorted(expected))
        self.assertEqual([name for name in expected if found[name] != expected[name]], [])


class Refused(unittest.TestCase):
    """What must not be predicted, or not so, ends with a sentence."""

    def refusal(self, arguments: list[str], **changes) -> str:
        code, _, errors = run_driver(arguments, **changes)
        self.assertEqual(code, 1)
        return errors

    def test_a_gpu_that_jax_cannot_see(self) -> None:
        out = support.new_folder("out")
        arguments = predict_arguments(features(False), out, "monomer", "model_1", "--device=gpu")
        # Without the variable, a machine that has a GPU and a JAX for it would not be one without.
        errors = self.refusal(arguments, environment={"JAX_PLATFORMS": "cpu"})
        self.assertIn("JAX sees no GPU", errors)
        self.assertEqual(list(out.iterdir()), [])

    def test_parameters_that_are_missing_or_damaged(self) -> None:
        parameters, out = support.new_folder("params"), support.new_folder("out")
        arguments = [
            "predict", f"--features={features(False)}", "--model-preset=monomer", "--models=model_1", "--seed=1",
            "--device=cpu", f"--out={out}", f"--params={parameters}"]
        self.assertIn("there is no", self.refusal(arguments))
        (parameters / "params_model_1.npz").write_bytes(b"half a file")
        (parameters / "SHA256SUMS.json").write_text(json.dumps({"params_model_1.npz": "0" * 64}))
        self.assertIn("params_model_1.npz is damaged", self.refusal(arguments))

    def test_features_that_are_damaged_or_of_another_kind(self) -> None:
        copy = support.new_folder("copy")
        shutil.copytree(features(False).parent, copy, dirs_exist_ok=True)
        out = support.new_folder("out")
        self.assertIn("single chain", self.refusal(predict_arguments(copy / "features.pkl", out, "multimer", "model_1")))
        with open(copy / "features.pkl", "r+b") as handle:
            handle.seek(-20, os.SEEK_END)
            handle.write(b"\0")
        self.assertIn("is damaged", self.refusal(predict_arguments(copy / "features.pkl", out, "monomer", "model_1")))
        (copy / "features.json").unlink()
        self.assertIn("cannot be used", self.refusal(predict_arguments(copy / "features.pkl", out, "monomer", "model_1")))


if __name__ == "__main__":
    unittest.main()
