"""Foldpad's driver around DeepMind's AlphaFold 2: searches on CPUs, inference on a GPU, in two separate stages.

AlphaFold itself is a package beside this one (``alphafold``); none of its code is copied here. Modules import it, JAX
and OpenMM inside functions, so that ``doctor`` can report their absence and ``plan`` loads none of them. Parts of AlphaFold
that have nothing to compute import JAX themselves, so ``features`` loads it too; nothing computes with it there.
"""

ENGINE_VERSION = "1.0.0"
