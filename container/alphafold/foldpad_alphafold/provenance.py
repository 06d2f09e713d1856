"""What a structure file says about its making, in records that viewers show."""

from __future__ import annotations

import textwrap

RANDOM_WARNING = "MADE WITH RANDOM PARAMETERS: NOT A PREDICTION OF ANYTHING, FOR TESTS ONLY."


def pdb_header(remarks: list[str], title: str) -> str:
    """HEADER, TITLE, EXPDTA and REMARK 3 records, to stand before AlphaFold's own."""
    lines = ["HEADER    THEORETICAL MODEL"]
    for number, part in enumerate(textwrap.wrap(title.upper(), 68) or [""], start=1):
        lines.append(f"TITLE   {'' if number == 1 else number:>2}{'' if number == 1 else ' '}{part}")
    lines.append("EXPDTA    THEORETICAL MODEL")
    lines.append("REMARK   3")
    for remark in remarks:
        for number, part in enumerate(textwrap.wrap(_ascii(remark), 66) or [""]):
            lines.append(f"REMARK   3 {'' if number == 0 else '  '}{part}")
    return "".join(f"{line[:80]:<80}\n" for line in lines)


def cif_comments(remarks: list[str]) -> str:
    """The same as comments of an mmCIF file."""
    return "".join(f"# {part}\n" for remark in remarks for part in textwrap.wrap(_ascii(remark), 100))


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()
