"""Foldpad's homology-modelling engine: HHsearch templates, ProMod3 models, estimated CA-lDDT.

The package needs Debian's ``promod3``, ``hhsuite`` and ``python3-numpy`` and nothing from PyPI.
Modules import ``ost``/``promod3`` inside functions, so that ``doctor`` can report their absence.
"""

ENGINE_VERSION = "1.0.0"
