"""PDB and mmCIF files: columns, headers, quoting."""

from __future__ import annotations

import shlex
import tempfile
import unittest
from datetime import date
from pathlib import Path

import numpy as np

import support  # noqa: F401
from foldpad_homology.mmcif import mmcif_text, quoted
from foldpad_homology.structure_files import Atom, Provenance, ca_array, pdb_text, read_atoms

ATOMS = [
    Atom("N", "LYS", 2, (-1.5, 20.25, 103.125), "N"),
    Atom("CA", "LYS", 2, (0.0, 0.0, 0.0), "C"),
    Atom("CA", "TRP", 3, (1.0, 2.0, 3.0), "C"),
    Atom("CH2", "TRP", 3, (-999.999, 2.0, 3.0), "C"),
]
CONFIDENCE = np.array([np.nan, 91.234, 7.5, np.nan])
PROVENANCE = Provenance(
    target_name="sp|P1'2|X", target_description='a "quoted" protein', sequence="MKWX", template="1ABC_A",
    identity=0.412, coverage=0.5, probability=99.1, evalue=1.5e-20, target_range=(2, 3), template_range=(8, 9),
    engine="Foldpad homology engine 9.9.9", method="homology modelling (HHblits + ProMod3)",
    software={"promod3": "3.2.1", "hhsuite": "3.3.0"}, database="promod3-data structure_db 3.2.1+ds-6, 20661 chains",
    created=date(2025, 1, 31))


class PdbTest(unittest.TestCase):
    def setUp(self) -> None:
        self.text = pdb_text(ATOMS, CONFIDENCE, PROVENANCE)
        self.lines = self.text.splitlines()

    def test_atom_records_have_the_standard_columns(self) -> None:
        atom = next(line for line in self.lines if line.startswith("ATOM"))
        self.assertEqual(atom[:66], "ATOM      1  N   LYS A   2      -1.500  20.250 103.125  1.00 91.23")
        self.assertEqual(atom[76:78], " N")
        self.assertTrue(all(len(line) == 80 for line in self.lines), [l for l in self.lines if len(l) != 80])
        self.assertEqual(self.lines[-1].strip(), "END")
        self.assertTrue(self.lines[-2].startswith("TER       5      TRP A   3"))

    def test_header_is_honest_and_complete(self) -> None:
        flat = " ".join(line[10:].strip() for line in self.lines if line.startswith("REMARK   3"))
        for fact in ("NOT AN EXPERIMENTAL STRUCTURE", "PDB 1ABC CHAIN A", "41.2 PERCENT", "50.0 PERCENT", "promod3 3.2.1",
                     "Foldpad homology engine 9.9.9", "ESTIMATED CA-LDDT", "NOT PLDDT", "2025-01-31", "20661"):
            self.assertIn(fact, flat)
        self.assertIn("EXPDTA    THEORETICAL MODEL", self.text)
        self.assertIn("SEQRES   1 A    4  MET LYS TRP UNK", self.text)

    def test_reading_back_gives_the_same_atoms(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.pdb"
            path.write_text(self.text)
            self.assertEqual(read_atoms(path, set()), ATOMS)
            self.assertEqual({atom.residue_number for atom in read_atoms(path, {2})}, {3})
        positions = ca_array(ATOMS, 4)
        self.assertTrue(np.isnan(positions[[0, 3]]).all())
        self.assertEqual(positions[2].tolist(), [1.0, 2.0, 3.0])


class MmcifTest(unittest.TestCase):
    def tables(self) -> dict[str, list[dict[str, str]]]:
        """A small CIF reader for loops whose values have no text fields."""
        tables: dict[str, list[dict[str, str]]] = {}
        lines = mmcif_text(ATOMS, CONFIDENCE, "ranked_0", PROVENANCE).splitlines()
        columns: list[str] = []
        for line in lines:
            if line == "loop_" or line == "#":
                columns = []
            elif line.startswith("_") and " " not in line:
                columns.append(line)
            elif columns:
                values = shlex.split(line)
                self.assertEqual(len(values), len(columns), line)
                category = columns[0].split(".")[0]
                tables.setdefault(category, []).append(dict(zip((c.split(".")[1] for c in columns), values)))
        return tables

    def test_atoms_and_confidence_agree(self) -> None:
        tables = self.tables()
        self.assertEqual(len(tables["_atom_site"]), 4)
        first = tables["_atom_site"][0]
        self.assertEqual((first["label_atom_id"], first["auth_seq_id"], first["Cartn_z"], first["B_iso_or_equiv"]),
                         ("N", "2", "103.125", "91.23"))
        local = tables["_ma_qa_metric_local"]
        self.assertEqual([(row["label_seq_id"], row["metric_value"]) for row in local], [("2", "91.23"), ("3", "7.50")])
        self.assertEqual(tables["_ma_qa_metric_global"][0]["metric_value"], "49.37")
        self.assertEqual({row["name"] for row in tables["_ma_qa_metric"]}, {"estimated CA-lDDT"})
        self.assertEqual(tables["_ma_template_ref_db_details"][0]["db_accession_code"], "1ABC")

    def test_values_are_quoted_so_that_any_name_is_safe(self) -> None:
        self.assertEqual(quoted("plain-1.5"), "plain-1.5")
        self.assertEqual(quoted("two words"), "'two words'")
        self.assertEqual(quoted("it's a"), '"it\'s a"')
        self.assertEqual(quoted("ends' here"), '"ends\' here"')
        self.assertEqual(quoted("data_x"), "'data_x'")
        self.assertEqual(quoted(""), "''")
        self.assertEqual(quoted("_tag"), "'_tag'")
        self.assertEqual(quoted("naïve\nline"), "'na?ve line'")
        self.assertTrue(quoted("a' b\" c").startswith("\n;"))


if __name__ == "__main__":
    unittest.main()
