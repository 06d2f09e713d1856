"""The template library: complete or absent, whoever builds it and whatever kills them."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

import support
from foldpad_homology.hhm import FfindexWriter, read_index
from foldpad_homology.library import find_library, library_key

LIMIT = 300
SCRIPT = f"""
import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(support.ENGINE)!r})
from pathlib import Path
from foldpad_homology.library import prepare_library
from foldpad_homology.progress import Reporter
prepare_library(Path(sys.argv[1]), 2, Reporter("prepare"), {LIMIT})
"""


class IndexTest(unittest.TestCase):
    def test_entries_are_found_again(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            prefix = Path(folder) / "db"
            writer = FfindexWriter(prefix)
            contents = {"2B_a": b"second", "1A_A": b"first", "1A_a": b""}
            for name, content in contents.items():
                writer.add(name, content)
            writer.close()
            index = read_index(Path(f"{prefix}.ffindex"))
            data = Path(f"{prefix}.ffdata").read_bytes()
            self.assertEqual({n: data[o : o + length - 1] for n, (o, length) in index.items()}, contents)
            self.assertEqual(list(index), sorted(contents))


@unittest.skipUnless(support.HAS_PROMOD3, support.NO_PROMOD3)
class PrepareTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "a folder with spaces"

    def start(self) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "-c", SCRIPT, str(self.root)], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def test_two_at_once_build_it_once(self) -> None:
        first, second = self.start(), self.start()
        outputs = [process.communicate(timeout=300)[0] for process in (first, second)]
        self.assertEqual([first.returncode, second.returncode], [0, 0], outputs)
        self.assertEqual(sum("Preparing the template library" in output for output in outputs), 1, outputs)
        library = find_library(self.root, LIMIT)
        assert library is not None
        self.assertEqual(len(library.chains), LIMIT)
        self.assertIsNone(find_library(self.root), "a partial library must not pass for the whole one")
        chain = next(iter(library.chains))
        steps = np.linalg.norm(np.diff(library.ca_coordinates(chain), axis=0), axis=1)
        self.assertAlmostEqual(float(np.median(steps)), 3.8, delta=0.1)
        self.assertTrue(library.hhm(chain).rstrip().endswith("//"))
        self.assertEqual([p.name for p in self.root.iterdir() if ".building-" in p.name], [])

    def test_a_killed_build_leaves_nothing_trusted(self) -> None:
        process = self.start()
        assert process.stdout is not None
        for line in process.stdout:
            if "Writing profile HMMs of" in line:
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        self.assertIsNone(find_library(self.root, LIMIT))
        again = self.start()
        output = again.communicate(timeout=300)[0]
        self.assertEqual(again.returncode, 0, output)
        self.assertIsNotNone(find_library(self.root, LIMIT))
        self.assertEqual([p.name for p in self.root.iterdir() if ".building-" in p.name], [])

    def test_sigterm_cleans_up_and_takes_the_workers_along(self) -> None:
        process = subprocess.Popen([sys.executable, str(support.MAIN), "prepare", "--library", str(self.root)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if "Writing profile HMMs." in line:
                break
        process.send_signal(signal.SIGTERM)
        # Returns only when the workers, too, have let go of the pipes.
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143, errors)
        self.assertIsNone(find_library(self.root))
        self.assertEqual([p.name for p in self.root.iterdir() if ".building-" in p.name], [])
        again = self.start()
        output = again.communicate(timeout=300)[0]
        self.assertEqual(again.returncode, 0, output)

    def test_a_damaged_manifest_is_not_a_library(self) -> None:
        folder = self.root / library_key(LIMIT)
        folder.mkdir(parents=True)
        for content in ("", "{", '{"format": -1}'):
            (folder / "library.json").write_text(content)
            self.assertIsNone(find_library(self.root, LIMIT))


if __name__ == "__main__":
    unittest.main()
