"""Gives the query of a stored search answer the name that it has in the target.

AlphaFold reads the organism of a sequence from its name, the query's included, and calls the chains of multimers
``chain_A`` and so on. Answers are shared between all of them, so they are stored under a neutral name.
"""

from __future__ import annotations

# The name of the query in stored answers; it is replaced by the chain's own name when they are used.
QUERY_NAME = "foldpad_query"


def renamed(text: str, name: str, *, stockholm: bool, query: str = QUERY_NAME) -> str:
    """``text`` with its query, ``query``, called ``name``: the first words of FASTA headers."""
    rename = _stockholm_line if stockholm else _a3m_line
    return "".join(rename(line, query, name) for line in text.splitlines(keepends=True))


def _stockholm_line(line: str, query: str, name: str) -> str:
    """Stockholm's columns are separated by blanks; how many does not matter to AlphaFold, that there are some does."""
    for prefix in ("", "#=GS ", "#=GR "):
        start = f"{prefix}{query} "
        if line.startswith(start):
            return f"{prefix}{name} {line[len(start):]}"
    return line


def _a3m_line(line: str, query: str, name: str) -> str:
    return f">{name}\n" if line.rstrip() == f">{query}" else line
