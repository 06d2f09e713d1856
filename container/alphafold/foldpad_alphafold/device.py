"""What JAX computes on. A GPU that it cannot see is an error: on CPUs a prediction would take days, and still be paid for."""

from __future__ import annotations

from pathlib import Path

from .errors import EngineError
from .memory import gpu_memory_gb

DEVICES = ("gpu", "cpu")


def choose(device: str, compilation_cache: Path | None) -> str:
    """Starts JAX on ``device`` and returns what it computes on, in words. Raises EngineError when it is not there.

    ``compilation_cache``: folder where compiled networks are kept between runs.
    """
    import jax

    if device == "cpu":
        # JAX_PLATFORMS would come too late: parts of AlphaFold import JAX, which reads it then.
        jax.config.update("jax_platforms", "cpu")
    if compilation_cache is not None:
        compilation_cache.mkdir(parents=True, exist_ok=True)
        jax.config.update("jax_compilation_cache_dir", str(compilation_cache))
    try:
        devices = jax.devices()
    except RuntimeError as error:
        raise EngineError(_no_gpu(str(error))) from error
    if device == "gpu" and devices[0].platform not in ("gpu", "cuda", "rocm"):
        raise EngineError(_no_gpu(f"it sees {', '.join(sorted({found.platform for found in devices}))} only"))
    if device == "cpu" and devices[0].platform != "cpu":
        raise EngineError(f"JAX computes on {devices[0].device_kind} although CPUs were asked for.")
    return f"{devices[0].device_kind} (JAX {jax.__version__})"


def _no_gpu(reason: str) -> str:
    driver = "The NVIDIA driver sees one" if gpu_memory_gb() is not None else "The NVIDIA driver (nvidia-smi) sees none either"
    return (
        f"JAX sees no GPU: {reason}. {driver}. Run the container with --gpus all on a GPU instance, and check that "
        "driver and CUDA go together; a prediction on CPUs has to be asked for.")
