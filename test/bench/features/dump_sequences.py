"""Prints the sequences of Debian's promod3-data, one a line, sorted. Runs under Debian's own Python, which has ProMod3."""

from __future__ import annotations

from promod3 import loop


def main() -> None:
    database = loop.LoadStructureDB()
    sequences = {str(database.GetSequence(index)) for index in range(database.GetNumCoords())}
    print("\n".join(sorted(sequences)))


if __name__ == "__main__":
    main()
