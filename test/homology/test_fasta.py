"""What the engine accepts as a sequence, and what it says about the rest."""

from __future__ import annotations

import gzip
import random
import tempfile
import unittest
from pathlib import Path

import support  # noqa: F401
from foldpad_homology.errors import CannotPredict, EngineError, InputError
from foldpad_homology.fasta import MAX_LENGTH, Query, read_query

CHAIN = "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRV"


class ReadQueryTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def read(self, content: str | bytes) -> Query:
        path = Path(self.folder.name) / "target.fasta"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_query(path)

    def test_reads_what_the_field_writes(self) -> None:
        text = f"\ufeff>sp|P1|X some protein\r\n; a comment\r\n{CHAIN[:20].lower()}\r\n\r\n{CHAIN[20:]}*\r\n"
        query = self.read(text)
        self.assertEqual((query.name, query.description, query.sequence), ("sp|P1|X", "some protein", CHAIN))
        self.assertEqual(self.read(gzip.compress(text.encode())).sequence, CHAIN)

    def test_replaces_unusual_residues_and_says_so(self) -> None:
        query = self.read(f">x\n{CHAIN}UOBZJX\n")
        self.assertTrue(query.sequence.endswith("CKNQLX"))
        self.assertTrue(query.original.endswith("UOBZJX"))
        self.assertEqual(len(query.warnings), 6)
        self.assertTrue(any("U (1 time(s)) was modelled as C" in warning for warning in query.warnings))

    def test_refuses_a_second_chain_with_its_line(self) -> None:
        with self.assertRaisesRegex(InputError, r"line 3: a second record.*single chains.*own job"):
            self.read(f">a\n{CHAIN}\n>b\n{CHAIN}\n")

    def test_names_line_and_column_of_an_illegal_letter(self) -> None:
        with self.assertRaisesRegex(InputError, r"line 3, column 5: '7'"):
            self.read(f">a\n{CHAIN}\nMKTA7\n")

    def test_refuses_empty_and_unreadable_files(self) -> None:
        for content, said in (("", "no residues"), (">only a header\n", "no residues"), (b"\xff\xfe\x00", "not UTF-8"),
                              (b"\x1f\x8bbroken", "cannot be read")):
            with self.subTest(content=content), self.assertRaisesRegex(InputError, said):
                self.read(content)
        with self.assertRaisesRegex(InputError, "does not exist"):
            read_query(Path(self.folder.name) / "absent.fasta")

    def test_declines_lengths_and_compositions_it_cannot_model(self) -> None:
        for sequence, said in (("MKTAYIAKQR", "at least 30"), ("A" * (MAX_LENGTH + 1), "at most"), ("X" * 40, "unknown")):
            with self.subTest(said=said), self.assertRaisesRegex(CannotPredict, said):
                self.read(f">a\n{sequence}\n")

    def test_junk_never_escapes_as_another_error(self) -> None:
        generator = random.Random(3)
        alphabet = bytes(range(256))
        for _ in range(500):
            start = generator.choice([b"", b">x\n", b"\x1f\x8b", CHAIN.encode() + b"\n"])
            content = start + bytes(generator.choices(alphabet, k=generator.randrange(60)))
            try:
                self.assertIsInstance(self.read(content), Query)
            except EngineError as error:
                self.assertGreater(len(str(error)), 20)


if __name__ == "__main__":
    unittest.main()
