"""Builds AlphaFold's databases in miniature, in its own layout, from what Debian ships.

Sequences: the globins of hmmer-examples, and chains of promod3-data. Templates: mmCIF files of those chains. All of it
takes seconds, and every search program of AlphaFold finds something in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

EXAMPLES = Path("/usr/share/doc/hmmer/examples/tutorial")
HH_PROGRAMS = Path("/usr/libexec/hhsuite")
HH_DATA = Path("/usr/share/hhsuite/data")

# Globins of several families and two chains that are none, all in promod3-data.
CHAINS = ("1SPG_A", "1SPG_B", "2DC3_B", "2W72_D", "1A6M_A", "12AS_A", "1A32_A")
# One is younger than AlphaFold's default template date.
RELEASED = {"2DC3": "2021-03-03"}
DEFAULT_RELEASE = "2010-01-01"

THREE_LETTERS = {
    "A": "ALA", "C": "CYS", "D": "ASP", "E": "GLU", "F": "PHE", "G": "GLY", "H": "HIS", "I": "ILE", "K": "LYS",
    "L": "LEU", "M": "MET", "N": "ASN", "P": "PRO", "Q": "GLN", "R": "ARG", "S": "SER", "T": "THR", "V": "VAL",
    "W": "TRP", "Y": "TYR"}
_ATOMS = ("N", "CA", "C", "O")


def read_fasta(path: Path) -> dict[str, str]:
    """Name -> sequence, in the file's order."""
    records: dict[str, str] = {}
    name = ""
    for line in path.read_text().splitlines():
        if line.startswith(">"):
            name = line[1:].split()[0]
            records[name] = ""
        else:
            records[name] += line.strip()
    return records


def globins() -> dict[str, str]:
    return read_fasta(EXAMPLES / "globins45.fa")


def haemoglobin_beta() -> str:
    """Human, 147 residues with its first methionine."""
    return next(iter(read_fasta(EXAMPLES / "HBB_HUMAN").values()))


@cache
def template_chains(names: tuple[str, ...] = CHAINS) -> dict[str, dict]:
    """Chains with their backbones, read by Debian's own Python, which has ProMod3."""
    script = Path(__file__).with_name("dump_chains.py")
    run = subprocess.run(["/usr/bin/python3", str(script), *names], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"promod3-data could not be read: {run.stderr.strip()}")
    return json.loads(run.stdout)


def build(data: Path) -> None:
    """Writes all databases of all presets below ``data``."""
    build_plain(data)
    sequences = globins()
    hh_database(
        data / "pdb70/pdb70", {name: {name: chain["sequence"]} for name, chain in template_chains().items()})
    names = list(sequences)
    hh_database(
        data / "bfd/bfd_metaclust_clu_complete_id30_c90_final_seq.sorted_opt",
        {name: {name: sequences[name]} for name in names[:20]})
    hh_database(data / "uniref30/UniRef30_2021_03", {name: {name: sequences[name]} for name in names[15:40]})


def build_plain(data: Path) -> None:
    """Writes what is no HH-suite database: sequences and structures."""
    chains = template_chains()
    sequences = globins()
    _fasta(data / "uniref90/uniref90.fasta", {f"UniRef90_{name}": text for name, text in sequences.items()})
    _fasta(data / "mgnify/mgy_clusters_2022_05.fa", {
        f"MGYP{number:012d}": text for number, text in enumerate(list(sequences.values())[::2])})
    _fasta(data / "small_bfd/bfd-first_non_consensus_sequences.fasta", dict(list(sequences.items())[5:30]))
    _fasta(data / "uniprot/uniprot.fasta", {
        f"sp|P{number:05d}|{name}": text for number, (name, text) in enumerate(sequences.items())})
    _fasta(data / "pdb_seqres/pdb_seqres.txt", {
        f"{name.lower()[:4]}_{name[5:]} mol:protein length:{len(chain['sequence'])}  A CHAIN": chain["sequence"]
        for name, chain in chains.items()})
    write_entries(data, chains)
    # What stands in real ones: a heading, then old and new id at the line's end.
    _write(data / "pdb_mmcif/obsolete.dat", " LIST OF OBSOLETE COORDINATE ENTRIES AND SUCCESSORS\nOBSLTE    31-JUL-94 116L     216L\n")


def write_entries(data: Path, chains: dict[str, dict]) -> None:
    """An mmCIF file for each entry that the chains belong to."""
    for entry in {name[:4] for name in chains}:
        own = {name[5:]: chain for name, chain in chains.items() if name.startswith(entry)}
        _write(data / f"pdb_mmcif/mmcif_files/{entry.lower()}.cif", mmcif(entry, own))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _fasta(path: Path, records: dict[str, str]) -> None:
    _write(path, "".join(f">{name}\n{sequence}\n" for name, sequence in records.items()))


def hh_database(prefix: Path, alignments: dict[str, dict[str, str]]) -> None:
    """HH-suite's database of alignments (name -> rows), with profile HMMs and column states."""
    prefix.parent.mkdir(parents=True, exist_ok=True)
    name = str(prefix)
    with tempfile.TemporaryDirectory() as folder:
        for entry, rows in alignments.items():
            _write(Path(folder) / entry, "".join(f">{row}\n{text}\n" for row, text in rows.items()))
        _run(["ffindex_build", "-s", f"{name}_a3m.ffdata", f"{name}_a3m.ffindex", folder])
    _run(["ffindex_apply", f"{name}_a3m.ffdata", f"{name}_a3m.ffindex", "-i", f"{name}_hhm.ffindex", "-d",
          f"{name}_hhm.ffdata", "--", _hh_program("hhmake"), "-i", "stdin", "-o", "stdout", "-v", "0"])
    _run([_hh_program("cstranslate"), "-A", str(HH_DATA / "cs219.lib"), "-D", str(HH_DATA / "context_data.lib"), "-x",
          "0.3", "-c", "4", "-f", "-b", "-I", "a3m", "-i", f"{name}_a3m", "-o", f"{name}_cs219"])
    # HH-suite wants its files in one order.
    lengths = [line.split("\t") for line in Path(f"{name}_cs219.ffindex").read_text().splitlines()]
    order = Path(f"{name}.order")
    order.write_text("".join(f"{fields[0]}\n" for fields in sorted(lengths, key=lambda fields: -int(fields[2]))))
    for kind in ("hhm", "a3m"):
        _run(["ffindex_order", str(order), f"{name}_{kind}.ffdata", f"{name}_{kind}.ffindex", f"{name}_o.ffdata",
              f"{name}_o.ffindex"])
        for end in ("ffdata", "ffindex"):
            os.replace(f"{name}_o.{end}", f"{name}_{kind}.{end}")
    order.unlink()


def _hh_program(name: str) -> str:
    """Debian's ``cstranslate`` in PATH is broken; what it would start is not. Newest instructions first."""
    flags = Path("/proc/cpuinfo").read_text()
    for kind in ("avx2", "sse4.1", "ssse3", "plain"):
        path = HH_PROGRAMS / f"{name}-{kind}"
        if path.exists() and (kind == "plain" or kind.replace(".", "_") in flags):
            return str(path)
    raise RuntimeError(f"hhsuite's {name} is not in {HH_PROGRAMS}")


def _run(command: list[str]) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {run.stderr[-500:]}")


def mmcif(entry: str, chains: dict[str, dict]) -> str:
    """An entry's chains (letter -> chain) as the Protein Data Bank would write them, with the records that AlphaFold reads."""
    residues = {letter: [THREE_LETTERS.get(code, "UNK") for code in chain["sequence"]] for letter, chain in chains.items()}
    letters = list(chains)
    lines = [
        f"data_{entry}", f"_entry.id {entry}", "_exptl.method 'X-RAY DIFFRACTION'", f"_exptl.entry_id {entry}",
        "_refine.ls_d_res_high 2.00", "loop_", "_pdbx_audit_revision_history.ordinal",
        "_pdbx_audit_revision_history.revision_date", f"1 {RELEASED.get(entry, DEFAULT_RELEASE)}",
        "loop_", "_struct_asym.id", "_struct_asym.entity_id",
        *(f"{letter} {entity}" for entity, letter in enumerate(letters, 1)),
        "loop_", "_chem_comp.id", "_chem_comp.type",
        *(f"{code} 'L-peptide linking'" for code in sorted({code for codes in residues.values() for code in codes})),
        "loop_", "_entity_poly_seq.entity_id", "_entity_poly_seq.num", "_entity_poly_seq.mon_id", "_entity_poly_seq.hetero",
        *(f"{entity} {number} {code} n"
          for entity, letter in enumerate(letters, 1) for number, code in enumerate(residues[letter], 1)),
        "loop_", *(f"_atom_site.{field}" for field in (
            "group_PDB", "id", "type_symbol", "label_atom_id", "label_alt_id", "label_comp_id", "label_asym_id",
            "label_entity_id", "label_seq_id", "pdbx_PDB_ins_code", "Cartn_x", "Cartn_y", "Cartn_z", "occupancy",
            "B_iso_or_equiv", "auth_seq_id", "auth_comp_id", "auth_asym_id", "pdbx_PDB_model_num")),
    ]
    serial = 0
    for entity, letter in enumerate(letters, 1):
        for number, (code, atoms) in enumerate(zip(residues[letter], chains[letter]["atoms"]), 1):
            for atom, (x, y, z) in zip(_ATOMS, atoms):
                serial += 1
                lines.append(
                    f"ATOM {serial} {atom[0]} {atom} . {code} {letter} {entity} {number} ? {x:.3f} {y:.3f} {z:.3f} 1.00 "
                    f"20.00 {number} {code} {letter} 1")
    return "\n".join([*lines, "#", ""])


if __name__ == "__main__":
    build(Path(sys.argv[1]))
