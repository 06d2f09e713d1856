"""AlphaFold's relaxation for real, on a helix of a protein of the PDB."""

from __future__ import annotations

import dataclasses
import io
import tempfile
import unittest
from pathlib import Path

import numpy as np
import support
import tiny_databases
from Bio.PDB.MMCIF2Dict import MMCIF2Dict

from foldpad_alphafold import relaxation

RESIDUES = 24


def helix() -> str:
    """PDB text of a backbone from promod3-data, with side chains that pdbfixer adds."""
    from openmm.app import PDBFile
    from pdbfixer import PDBFixer

    chain = tiny_databases.template_chains()["1A32_A"]
    lines, serial = [], 0
    for number, (code, atoms) in enumerate(zip(chain["sequence"][:RESIDUES], chain["atoms"]), 1):
        for name, (x, y, z) in zip(("N", "CA", "C", "O"), atoms):
            serial += 1
            lines.append(
                f"ATOM  {serial:>5}  {name:<3} {tiny_databases.THREE_LETTERS[code]} A{number:>4}    "
                f"{x:8.3f}{y:8.3f}{z:8.3f}  1.00 50.00           {name[0]}")
    fixer = PDBFixer(pdbfile=io.StringIO("\n".join([*lines, "TER", "END", ""])))
    fixer.findMissingResidues()
    fixer.missingResidues = {}
    fixer.findMissingAtoms()
    # The oxygen at the chain's end is none of AlphaFold's atoms.
    fixer.missingTerminals = {}
    fixer.addMissingAtoms(seed=1)
    text = io.StringIO()
    PDBFile.writeFile(fixer.topology, fixer.positions, text, keepIds=True)
    return text.getvalue()


class Relaxation(unittest.TestCase):
    def test_leaves_the_fold_and_adds_hydrogens(self) -> None:
        from alphafold.common import protein

        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            model = protein.from_pdb_string(helix())
            (out / "unrelaxed_x.pdb").write_text(protein.to_pdb(model))
            files, facts = relaxation.relax("x", False, RESIDUES, out, "cpu", support.silent())
            self.assertEqual(files, ["relaxed_x.pdb", "relaxed_x.cif"])
            text = (out / "relaxed_x.pdb").read_text()
            self.assertIn("_atom_site.Cartn_x", (out / "relaxed_x.cif").read_text())
        relaxed = protein.from_pdb_string(text)
        moved = np.linalg.norm(relaxed.atom_positions[:, 1] - model.atom_positions[:, 1], axis=-1)
        self.assertEqual(moved.shape, (RESIDUES,))
        self.assertLess(moved.max(), 2.0)
        self.assertGreater(moved.max(), 0.001)
        self.assertTrue(any(line[76:78].strip() == "H" for line in text.splitlines() if line.startswith("ATOM")))
        self.assertEqual(len(facts["remaining_violations"]), RESIDUES)
        self.assertEqual(facts["remaining_violations_count"], sum(facts["remaining_violations"]))

    def test_leaves_chains_the_names_that_the_prediction_gave_them(self) -> None:
        from alphafold.common import protein

        first = protein.from_pdb_string(helix())
        # A second helix beside it, named as AlphaFold names the chains of a complex: B and C.
        beside = dataclasses.replace(first, atom_positions=first.atom_positions + 40.0)
        both = {
            field.name: np.concatenate([getattr(first, field.name), getattr(beside, field.name)])
            for field in dataclasses.fields(first)}
        both["chain_index"] = np.repeat([1, 2], RESIDUES)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            (out / "unrelaxed_x.pdb").write_text(protein.to_pdb(protein.Protein(**both)))
            relaxation.relax("x", True, 2 * RESIDUES, out, "cpu", support.silent())
            pdb, cif = ((out / f"relaxed_x.{kind}").read_text() for kind in ("pdb", "cif"))
        lines = [line for line in pdb.splitlines() if line.startswith(("ATOM", "TER"))]
        self.assertEqual(list(dict.fromkeys(line[21] for line in lines)), ["B", "C"])
        self.assertEqual([line[21] for line in lines if line.startswith("TER")], ["B", "C"])
        chains = MMCIF2Dict(io.StringIO(cif))["_atom_site.auth_asym_id"]
        self.assertEqual(list(dict.fromkeys(chains)), ["B", "C"])

    def test_refuses_a_residue_that_alphafold_does_not_model(self) -> None:
        from alphafold.common import protein

        whole = protein.from_pdb_string(helix())
        unknown = whole.aatype.copy()
        unknown[11] = 20
        atoms = whole.atom_mask.copy()
        atoms[11] = 0
        model = dataclasses.replace(whole, aatype=unknown, atom_mask=atoms)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            (out / "unrelaxed_x.pdb").write_text(protein.to_pdb(model))
            with self.assertRaisesRegex(ValueError, f"1 of {RESIDUES} residues have no atoms") as caught:
                relaxation.relax("x", False, RESIDUES, out, "cpu", support.silent())
            self.assertEqual([path.name for path in out.iterdir()], ["unrelaxed_x.pdb"])
        self.assertIn("Its unrelaxed structure is the result", relaxation.why_not("x", caught.exception))


if __name__ == "__main__":
    unittest.main()
