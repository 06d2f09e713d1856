"""What the engine runs on: Debian packages, tool binaries, and what is missing with its remedy."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from . import ENGINE_VERSION
from .errors import EngineError

STRUCTURE_DB = Path("/usr/share/promod3/loop_data/structure_db.dat")
COMPOUNDS = (Path("/var/cache/openstructure/compounds.chemlib"), Path("/usr/share/openstructure/compounds.chemlib"))
HHSUITE_LIBEXEC = Path("/usr/libexec/hhsuite")
HHSUITE_DATA = (Path("/usr/share/hhsuite/data"), Path("/usr/lib/hhsuite/data"))
_PACKAGES = {
    "promod3": "promod3",
    "promod3-data": "promod3-data",
    "openstructure": "openstructure",
    "hhsuite": "hhsuite",
    "hmmer": "hmmer",
    "openmm": "libopenmm-plugins",
    "numpy": "python3-numpy",
}
_SIMD = ("avx2", "avx", "sse4_1", "ssse3")


def install_command(packages: list[str]) -> str:
    """The line a user runs on Debian 12 or newer to get the packages."""
    return "sudo apt-get install --no-install-recommends " + " ".join(packages)


@lru_cache(maxsize=None)
def package_versions() -> dict[str, str]:
    """Debian versions of the packages that the engine uses; a package that is not installed is absent."""
    query = ["dpkg-query", "-W", "-f", "${Package}\t${db:Status-Status}\t${Version}\n", *_PACKAGES.values()]
    try:
        output = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    except OSError:
        return {}
    found = {}
    for line in output.splitlines():
        package, status, version = line.split("\t")
        if status == "installed":
            found[package] = version
    return {name: found[package] for name, package in _PACKAGES.items() if package in found}


def software_versions() -> dict[str, str]:
    """Short upstream versions for reports, e.g. ``promod3: 3.2.1``."""
    return {
        name: re.split(r"[+~-]", version.split(":")[-1])[0]
        for name, version in package_versions().items()
        if name != "promod3-data"
    }


@lru_cache(maxsize=None)
def hhsuite_binary(tool: str) -> str:
    """Path of the build of ``tool`` that suits this CPU.

    The packaged ``/usr/bin/hhblits`` is a shell script that starts the real program as a child, which
    would survive the script's death; so the program is chosen here, by the same rule.
    """
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        flags = ""
    for simd in _SIMD:
        candidate = HHSUITE_LIBEXEC / f"{tool}-{simd.replace('_', '.')}"
        if re.search(rf"\b{simd}\b", flags) and candidate.exists():
            return str(candidate)
    plain = HHSUITE_LIBEXEC / f"{tool}-plain"
    if plain.exists():
        return str(plain)
    # Architectures for which Debian builds one variant only.
    found = shutil.which(tool)
    if found:
        return found
    raise EngineError(f"HH-suite's {tool} is not installed. Run: {install_command(['hhsuite', 'hhsuite-data'])}")


def hhsuite_data(name: str) -> Path:
    """Path of a data file of hhsuite-data (``context_data.crf``, ``cs219.lib``)."""
    for folder in HHSUITE_DATA:
        if (folder / name).exists():
            return folder / name
    raise EngineError(f"HH-suite's {name} is missing. Run: {install_command(['hhsuite-data'])}")


def compound_library() -> Path:
    """Path of OpenStructure's chemical component dictionary."""
    for path in COMPOUNDS:
        if path.exists():
            return path
    raise EngineError(f"OpenStructure's compound library is missing. Run: {install_command(['openstructure'])}")


def missing_parts() -> list[dict[str, str]]:
    """What stands between this machine and a prediction: [{what, why, remedy}]; empty when all is there."""
    missing: list[dict[str, str]] = []

    def lacks(what: str, why: str, packages: list[str]) -> None:
        missing.append({"what": what, "why": why, "remedy": install_command(packages)})

    if importlib.util.find_spec("numpy") is None:
        lacks("numpy", "this Python has no numpy; the engine needs Debian's /usr/bin/python3", ["python3-numpy"])
    for module, package in (("ost", "python3-openstructure"), ("promod3", "promod3")):
        if importlib.util.find_spec(module) is None:
            lacks(package, f"/usr/bin/python3 cannot find the Python module {module}", ["promod3"])
    if not STRUCTURE_DB.exists():
        lacks("promod3-data", f"{STRUCTURE_DB} is missing", ["promod3-data"])
    for tool in ("hhblits", "hhsearch"):
        try:
            hhsuite_binary(tool)
        except EngineError:
            lacks("hhsuite", f"the program {tool} is missing", ["hhsuite"])
    for name in ("context_data.crf", "cs219.lib"):
        try:
            hhsuite_data(name)
        except EngineError:
            lacks("hhsuite-data", f"the file {name} is missing", ["hhsuite-data"])
    try:
        compound_library()
    except EngineError:
        lacks("openstructure", "its compound library (compounds.chemlib) is missing", ["openstructure"])
    return missing


def engine_label() -> str:
    """How the engine names itself in the files it writes."""
    return f"Foldpad homology engine {ENGINE_VERSION}"
