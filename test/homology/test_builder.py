"""The build worker on real chains: good jobs, bad jobs, time limits, and loops kept free of excluded structures."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np

import support
from foldpad_homology.build_client import BuildWorker
from foldpad_homology.errors import EngineError
from foldpad_homology.geometry import ca_lddt
from foldpad_homology.structure_files import ca_array, read_atoms


@unittest.skipUnless(support.HAS_PROMOD3, support.NO_PROMOD3)
class WorkerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        from promod3 import loop

        cls.database = loop.LoadStructureDB()
        cls.index = next(i for i in range(cls.database.GetNumCoords()) if 60 <= cls.database.GetCoordInfo(i).size <= 90)
        cls.sequence = cls.database.GetSequence(cls.index)

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.worker = BuildWorker(self.folder / "builder.log", 1)
        self.addCleanup(self.worker.close)

    def job(self, number: int, **changes) -> dict:
        # The chain modelled on itself, with six residues inserted: one loop has to be closed.
        middle = len(self.sequence) // 2
        return {
            "id": number,
            "query": self.sequence[:middle] + "GSGSGS" + self.sequence[middle:],
            "template": self.sequence[:middle] + "------" + self.sequence[middle:],
            "chain_index": self.index, "template_start": 0, "template_end": len(self.sequence),
            "output": str(self.folder / f"model-{number}.pdb"), "timeout": 120.0, "excluded": [],
        } | changes

    def answer(self) -> dict:
        answer = self.worker.next_answer(180.0)
        assert answer is not None
        return answer

    def test_builds_what_it_can_and_reports_what_it_cannot(self) -> None:
        self.worker.submit(self.job(1, chain_index=10**7))
        first = self.answer()
        self.assertEqual((first["id"], first["ok"]), (1, False))
        self.assertTrue(first["error"])
        self.worker.submit(self.job(2, timeout=0.001))
        second = self.answer()
        self.assertFalse(second["ok"])
        self.assertIn("longer than", second["error"])
        self.worker.submit(self.job(3))
        third = self.answer()
        self.assertTrue(third["ok"], third["error"])
        self.assertFalse((self.folder / "model-2.pdb").exists())
        middle = len(self.sequence) // 2
        model = ca_array(read_atoms(self.folder / "model-3.pdb", set()), len(self.sequence) + 6)
        backbone = self.database.GetBackboneList(self.index, self.sequence)
        truth = np.array([backbone.GetCA(i).data for i in range(len(self.sequence))])
        kept = np.concatenate([model[:middle], model[middle + 6 :]])
        self.assertGreater(float(np.nanmean(ca_lddt(kept, truth))), 0.8)
        self.assertFalse(np.isnan(model[middle : middle + 6]).any(), "the loop is built")

    def test_a_dead_worker_is_an_error_with_a_sentence(self) -> None:
        self.worker.submit(self.job(1))
        self.worker._child.kill()
        with self.assertRaisesRegex(EngineError, "ended unexpectedly"):
            for number in range(2, 50):
                self.worker.next_answer(1.0)
                self.worker.submit(self.job(number))

    def test_loops_never_come_from_an_excluded_chain(self) -> None:
        from promod3 import loop, modelling
        from foldpad_homology.builder import _forbid_loops_from

        fragments = loop.LoadFragDB()
        entity = self.database.GetBackboneList(self.index, self.sequence).ToEntity()
        before, after = entity.residues[20], entity.residues[27]
        loop_sequence = self.sequence[20:28]

        def owners() -> list[int]:
            found = modelling.LoopCandidates.FillFromDatabase(before, after, loop_sequence, fragments, self.database, False)
            return [found.GetFragmentInfo(number).chain_index for number in range(len(found))]

        original = modelling.LoopCandidates.FillFromDatabase
        unrestricted = owners()
        self.assertGreater(len(unrestricted), 0)
        try:
            _forbid_loops_from(modelling, {unrestricted[0]})
            restricted = owners()
        finally:
            modelling.LoopCandidates.FillFromDatabase = original
        self.assertEqual(restricted, [owner for owner in unrestricted if owner != unrestricted[0]])


if __name__ == "__main__":
    unittest.main()
