"""Commands of the engine."""
from __future__ import annotations
import argparse
from pathlib import Path
from .progress import Reporter

def run(argv):
    p = argparse.ArgumentParser(); p.add_argument('command'); p.add_argument('--library'); p.add_argument('--threads', type=int, default=2)
    a = p.parse_args(argv)
    from .library import prepare_library
    prepare_library(Path(a.library), a.threads, Reporter('prepare'))
    return 0
