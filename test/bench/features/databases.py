"""AlphaFold's databases, large enough to time a search: the tests' tiny ones, with families of the targets and decoys.

    python databases.py FOLDER [SCALE]

Made once and kept: all is drawn from fixed seeds, and FOLDER/made.json says with which format and scale. Needs Debian's
packages of the tests (hmmer-examples, promod3-data, hhsuite), 2 GB of disk and about two minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "alphafold"))

import sequences  # noqa: E402
import tiny_databases  # noqa: E402

# Changes when what is made changes.
_FORMAT = 3
MARK = "made.json"

# The monomer: a glycogen phosphorylase, 788 residues. The heteromer: both large chains of the F1-ATPase, 487 and 467.
# Long ones, because the smaller the databases, the more work each residue has to be to make a minute.
MONOMER = ("2C4M_B",)
HETEROMER = ("2JDI_A", "2JDI_D")
_TARGETS = (*MONOMER, *HETEROMER)

# Millions of residues of each FASTA database. Real ones have 10,000 to 75,000 and take minutes to hours; these are about
# the smallest with which upstream's searches of either target take well over a minute on two cores, with no database
# taking half of it, and they take 2 GB of disk. All of them stay in memory once read: it is the programs that are timed,
# and real storage for AlphaFold delivers faster than jackhmmer reads.
_MILLIONS = {
    "uniref90/uniref90.fasta": 700,
    "mgnify/mgy_clusters_2022_05.fa": 700,
    "small_bfd/bfd-first_non_consensus_sequences.fasta": 300,
    "uniprot/uniprot.fasta": 550,
    "pdb_seqres/pdb_seqres.txt": 4,
}
# Relatives of each target: thousands are usual. AlphaFold keeps 10,000 of UniRef90 and 500 of MGnify.
_RELATIVES = {"uniref90": 4000, "mgnify": 2500, "small_bfd": 1200, "uniprot": 3500, "pdb_seqres": 0}
# Entries of HH-suite's databases. hhblits aligns the 1,000 best entries or more in each of three rounds, whatever a
# database's size, so these cost what millions cost, the prefilter aside. hhsearch aligns all, of which PDB70 has 80,000.
_ENTRIES = {
    "bfd/bfd_metaclust_clu_complete_id30_c90_final_seq.sorted_opt": 6000,
    "uniref30/UniRef30_2021_03": 4000,
    "pdb70/pdb70": 6000,
}
# Making an entry takes a quarter of a second, so a decoy is made once and stands in the index under many names.
_MADE_DECOYS = 40
_FAMILIES, _ROWS = 4, 12
# A decoy found as template belongs to an entry that is obsolete without a successor: AlphaFold leaves it alone, as it
# leaves most hits of a real search.
_OBSOLETE = "0DEC"


def ensure(folder: Path, scale: float = 1.0) -> bool:
    """Makes the databases below ``folder`` unless they are there; returns whether they were made.

    ``scale``: of the sizes, to try things out.
    """
    wanted = {"format": _FORMAT, "scale": scale}
    mark = folder / MARK
    if mark.exists() and json.loads(mark.read_text()) == wanted:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    tiny_databases.build_plain(folder)
    with open(folder / "pdb_mmcif/obsolete.dat", "a", encoding="ascii") as handle:
        handle.write(f"OBSLTE    31-JUL-94 {_OBSOLETE}\n")
    entries = {**tiny_databases.template_chains(), **tiny_databases.template_chains(_TARGETS)}
    tiny_databases.write_entries(folder, tiny_databases.template_chains(_TARGETS))
    chains = {name: chain["sequence"] for name, chain in entries.items()}
    real = subprocess.run(
        ["/usr/bin/python3", str(HERE / "dump_sequences.py")], capture_output=True, text=True, check=True).stdout.split()
    source = np.frombuffer("".join(real).encode(), dtype=np.uint8)
    for seed, (place, millions) in enumerate(_MILLIONS.items()):
        _enlarge(folder / place, chains, source, int(millions * 1e6 * scale), seed, scale)
    with open(folder / "pdb_seqres/pdb_seqres.txt", "a", encoding="ascii") as handle:
        for name in _TARGETS:
            entry = f"{name[:4].lower()}_{name[5:]} mol:protein length:{len(chains[name])}"
            handle.write(f">{entry}  A CHAIN\n{chains[name]}\n")
    for seed, (place, count) in enumerate(_ENTRIES.items(), 100):
        _enlarge_hh(folder / place, chains, source, int(count * scale), seed)
    mark.write_text(json.dumps(wanted))
    return True


def targets(folder: Path) -> dict[str, Path]:
    """FASTA files of the bench's targets, by kind."""
    chains = tiny_databases.template_chains(_TARGETS)
    files = {}
    for kind, names in {"monomer": MONOMER, "heteromer": HETEROMER}.items():
        files[kind] = folder / f"{kind}.fasta"
        files[kind].write_text("".join(f">{name}\n{chains[name]['sequence']}\n" for name in names))
    return files


def _name(database: str, kind: str, number: int) -> str:
    """A header as the database would have it. Relatives of one number are of one organism, so chains can be paired."""
    if database == "pdb_seqres":
        return f"{_OBSOLETE.lower()}_{number} mol:protein length:0  DECOY"
    if database == "uniprot":
        return f"tr|{kind[0].upper()}{number:07d}|{kind[0].upper()}{number:07d}_{number % 100_000:05d}"
    return f"{database}_{kind}_{number}"


def _enlarge(path: Path, chains: dict[str, str], source: np.ndarray, residues: int, seed: int, scale: float) -> None:
    """Adds relatives and decoys to a FASTA database; the relatives stand at random places, as in a real one."""
    database = path.parent.name
    random = np.random.default_rng(seed)
    relatives = [
        (_name(database, f"{'abc'[place]}_relative", number), text.encode())
        for place, target in enumerate(_TARGETS)
        for number, text in enumerate(
            sequences.family(chains[target], int(_RELATIVES[database] * min(1.0, scale)), 10 * seed + place))]
    random.shuffle(relatives)
    share = -(-len(relatives) // max(1, -(-residues // sequences.CHUNK)))
    number = 0
    with open(path, "ab") as handle:
        for chunk in sequences.decoys(source, residues, seed):
            records = relatives[:share] + [(_name(database, "decoy", number + i), text) for i, text in enumerate(chunk)]
            del relatives[:share]
            number += len(chunk)
            order = random.permutation(len(records))
            handle.write(b"".join(b">%b\n%b\n" % (records[i][0].encode(), records[i][1]) for i in order))


def _enlarge_hh(prefix: Path, chains: dict[str, str], source: np.ndarray, entries: int, seed: int) -> None:
    """Makes an HH-suite database anew: real chains or families of the targets, and decoys."""
    pdb = prefix.name == "pdb70"
    if pdb:
        alignments = {name: {name: text} for name, text in chains.items()}
    else:
        alignments = {}
        for place, target in enumerate(_TARGETS):
            rows = sequences.family(chains[target], _FAMILIES * _ROWS, 10 * seed + place, aligned=True)
            for number in range(_FAMILIES):
                own = rows[number * _ROWS:(number + 1) * _ROWS]
                alignments[f"{target}_{number}"] = {f"{target}_{number}_{row}": text for row, text in enumerate(own)}
    made = next(sequences.decoys(source, _MADE_DECOYS * sequences.MEAN_LENGTH, seed))
    for number, text in enumerate(made):
        name = f"{_OBSOLETE}_{number}" if pdb else f"decoy_{number}"
        alignments[f"decoy_{number}"] = {name: text.decode()}
    for old in prefix.parent.glob(f"{prefix.name}_*"):
        old.unlink()
    tiny_databases.hh_database(prefix, alignments)
    for kind in ("a3m", "hhm", "cs219"):
        _repeat_decoys(Path(f"{prefix}_{kind}.ffindex"), max(1, entries // len(made)))


def _repeat_decoys(index: Path, times: int) -> None:
    """Lets every decoy stand in the index ``times`` times; the index stays sorted by name, as it has to be."""
    lines = index.read_text().splitlines()
    more = [
        f"{name}_{time}\t{rest}"
        for name, rest in (line.split("\t", 1) for line in lines if line.startswith("decoy_")) for time in range(1, times)]
    index.write_text("".join(f"{line}\n" for line in sorted(lines + more, key=lambda line: line.split("\t")[0].encode())))


if __name__ == "__main__":
    ensure(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
    print(json.dumps({kind: os.fspath(file) for kind, file in targets(Path(sys.argv[1])).items()}))
