"""Foldpad's driver around DeepMind's AlphaFold 2: searches on CPUs, inference on a GPU, in two separate stages.

AlphaFold itself is a package beside this one (``alphafold``); none of its code is copied here. Modules import it, JAX
and OpenMM inside functions, so that ``doctor`` can report their absence and ``features`` loads no JAX.
"""

ENGINE_VERSION = "1.0.0"
