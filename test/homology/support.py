"""What the engine's tests share: the import path, the prepared library, a place for files."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "container" / "homology"
MAIN = ENGINE / "main.py"
sys.path.insert(0, str(ENGINE))

HAS_PROMOD3 = importlib.util.find_spec("promod3") is not None and Path("/usr/libexec/hhsuite").exists()
NO_PROMOD3 = "Debian's promod3 and hhsuite are not installed for this Python (npm run engine:install)"


def library_root() -> Path:
    """Folder of the prepared template library: $FOLDPAD_LIBRARY or the user's cache."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "foldpad" / "library"
    return Path(os.environ.get("FOLDPAD_LIBRARY") or default)
