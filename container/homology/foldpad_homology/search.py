"""Template search: HHblits' prefilter and HMM-HMM alignment over the template library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import EngineError
from .hhr import Hit, parse_hhr
from .library import Library
from .processes import run
from .software import hhsuite_binary, hhsuite_data

MAX_HITS = 100
# Posterior threshold at which the final alignment ends (-mact; 0 global .. 0.35 HH-suite's default): lower values
# align more of the target. Chosen on training chains, see docs/homology-accuracy.md.
ALIGNMENT_GREED = 0.1


@dataclass(frozen=True)
class Exclusion:
    """Templates that may not be used: whole PDB entries, and hits more alike than ``max_identity`` (0..1)."""

    entries: frozenset[str] = frozenset()
    max_identity: float = 1.0

    def reason(self, hit: Hit) -> str | None:
        """Why the hit is excluded, or None."""
        if hit.name.split("_")[0] in self.entries:
            return "its PDB entry is excluded"
        if hit.identity > self.max_identity:
            return f"its identity is above {self.max_identity:.0%}"
        return None


def search(query_file: Path, library: Library, threads: int, work: Path, limit: int = MAX_HITS) -> list[Hit]:
    """The best ``limit`` hits of a query (FASTA or HMM file), best first. Raises EngineError when HH-suite fails."""
    output = work / f"{query_file.stem}.hhr"
    command = [
        hhsuite_binary("hhblits"),
        "-i", str(query_file),
        "-d", library.database,
        "-o", str(output),
        "-contxt", str(hhsuite_data("context_data.crf")),
        "-n", "1",
        # Merging the best hits into the query would let excluded templates steer the alignments.
        "-premerge", "0",
        "-alt", "1",
        "-mact", str(ALIGNMENT_GREED),
        "-Z", str(limit), "-B", str(limit), "-realign_max", str(limit), "-z", "1", "-b", "1", "-p", "5",
        "-cpu", str(threads),
        "-v", "1",
    ]
    run(command, "The template search (HHblits)")
    try:
        text = output.read_text(errors="replace")
    except OSError as error:
        raise EngineError(f"The template search left no result ({error}); is the disk full?") from error
    known = library.chains
    return [hit for hit in parse_hhr(text) if hit.name in known]
