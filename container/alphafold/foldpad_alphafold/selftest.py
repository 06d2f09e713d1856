"""The image's health check: AlphaFold's networks are imported, and every program that it starts searches three sequences."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import tools, upstream
from .errors import EngineError

# Human ubiquitin and two close relatives of it (NEDD8, and ubiquitin of yeast).
SEQUENCES = {
    "ubiquitin_human": "MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG",
    "nedd8_human": "MLIKVKTLTGKEIEIDIEPTDKVERIKERVEEKEGIPPQQQRLIYSGKQMNDEKTAADYKILGGSVLHLVLALRGG",
    "ubiquitin_yeast": "MQIFVKTLTGKTITLEVESSDTIDNVKSKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG",
}


def self_test() -> Iterator[str]:
    """Yields one line per thing that works. Raises EngineError at the first that does not."""
    # Of a GPU that is at work, a health check takes nothing.
    os.environ["JAX_PLATFORMS"] = "cpu"
    upstream.require()
    yield upstream.version()
    upstream.require_networks()
    yield "networks and relaxation"
    from alphafold.data import parsers
    from alphafold.data.tools import hmmsearch, jackhmmer, kalign

    with tempfile.TemporaryDirectory(prefix="foldpad-self-test-") as folder:
        query, database = Path(folder) / "query.fasta", Path(folder) / "database.fasta"
        names = list(SEQUENCES)
        query.write_text(f">{names[0]}\n{SEQUENCES[names[0]]}\n")
        database.write_text("".join(f">{name}\n{SEQUENCES[name]}\n" for name in names))
        runner = jackhmmer.Jackhmmer(binary_path=tools.binary("jackhmmer"), database_path=str(database))
        sto = runner.query(str(query))[0]["sto"]
        _expect(len(parsers.parse_stockholm(sto).sequences) > 1, "jackhmmer found no relative of ubiquitin")
        yield f"jackhmmer {tools.version('jackhmmer')}"
        searcher = upstream.call(
            hmmsearch.Hmmsearch, {"cpu": 1}, binary_path=tools.binary("hmmsearch"),
            hmmbuild_binary_path=tools.binary("hmmbuild"), database_path=str(database))
        _expect(names[1] in searcher.query(sto), "hmmsearch found no relative of ubiquitin")
        yield f"hmmbuild and hmmsearch {tools.version('hmmsearch')}"
        aligned = kalign.Kalign(binary_path=tools.binary("kalign")).align([SEQUENCES[name] for name in names[:2]])
        _expect(aligned.count(">") == 2, "kalign aligned nothing")
        yield f"kalign {tools.version('kalign')}"
    for name in ("hhblits", "hhsearch"):
        _expect(tools.version(name) != "unknown", f"{name} does not start")
        yield f"{name} {tools.version(name)}"


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise EngineError(f"Self-test: {otherwise}. The image or the installation is broken; build it again.")
