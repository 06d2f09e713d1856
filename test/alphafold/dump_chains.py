"""Prints chains of Debian's promod3-data as JSON: name -> sequence and backbone atoms. Runs under Debian's own Python.

    /usr/bin/python3 dump_chains.py 1SPG_B 2DC3_B

Atoms are N, CA, C, O in Angstrom, shape (residues, 4, 3).
"""

from __future__ import annotations

import json
import sys

from promod3 import loop


def main(names: list[str]) -> None:
    database = loop.LoadStructureDB()
    found = {}
    for index in range(database.GetNumCoords()):
        info = database.GetCoordInfo(index)
        name = f"{info.id.upper()}_{info.chain_name}"
        if name not in names or name in found:
            continue
        sequence = database.GetSequence(index)
        backbone = database.GetBackboneList(index, sequence)
        found[name] = {
            "sequence": sequence,
            "atoms": [
                [list(atom(number).data) for atom in (backbone.GetN, backbone.GetCA, backbone.GetC, backbone.GetO)]
                for number in range(len(sequence))],
        }
    missing = sorted(set(names) - set(found))
    if missing:
        sys.exit(f"promod3-data has no {', '.join(missing)}")
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
