"""How much GPU memory a target needs, and how JAX is told to use the host's memory when the GPU's is too small.

AlphaFold's own image sets TF_FORCE_UNIFIED_MEMORY=1 and a memory fraction of 4 for everybody; the fraction is the total
as a multiple of one GPU's memory, and what exceeds the GPU must be there in the host.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .progress import Reporter

# One V100 (16 GB) takes about this many residues (the article's table); memory grows with their square (the pair
# representation). The backend's estimate (backend/core/estimate.ts) says the same before anything is paid for.
RESIDUES_IN_16_GB = 1000
# JAX leaves a tenth of the GPU to the driver and to relaxation.
OWN_SHARE = 0.9
# Of the host's memory, what a prediction may take.
HOST_SHARE = 0.8


@dataclass(frozen=True)
class MemoryPlan:
    """``environment``: variables to set before JAX computes for the first time. ``warning``: when even that may not be enough."""

    environment: dict[str, str]
    needed_gb: float
    description: str
    warning: str | None = None


def needed_gb(residues: int) -> float:
    """GPU memory in GB (10^9 bytes) for a target of so many residues."""
    return 16.0 * (residues / RESIDUES_IN_16_GB) ** 2


def plan_memory(residues: int, gpu_gb: float, host_gb: float) -> MemoryPlan:
    """``gpu_gb``: memory of one GPU, the only one that AlphaFold computes on; ``host_gb``: memory of the machine."""
    needed = needed_gb(residues)
    if needed <= OWN_SHARE * gpu_gb:
        return MemoryPlan(
            {"TF_FORCE_UNIFIED_MEMORY": "0", **_fraction(OWN_SHARE)}, needed,
            f"{residues} residues need about {needed:.1f} GB; the GPU has {gpu_gb:.0f} GB.")
    available = gpu_gb + HOST_SHARE * host_gb
    # Half as much again as the estimate, within what is there.
    fraction = max(1.0, min(1.5 * needed, available) / gpu_gb)
    warning = None
    if needed > available:
        warning = (
            f"{residues} residues need about {needed:.0f} GB, and GPU and host offer {available:.0f} GB together. The "
            "prediction may run out of memory; choose a queue with a larger GPU or ask for more GPUs, which brings more "
            "host memory.")
    return MemoryPlan(
        {"TF_FORCE_UNIFIED_MEMORY": "1", **_fraction(fraction)}, needed,
        f"{residues} residues need about {needed:.1f} GB, more than the GPU's {gpu_gb:.0f} GB: host memory is used too, "
        f"up to {fraction:.2f} times the GPU's, and the prediction is slower for it.", warning)


def _fraction(value: float) -> dict[str, str]:
    # The second name is that of JAX before 2024; releases take the one they know.
    return {"XLA_CLIENT_MEM_FRACTION": f"{value:.2f}", "XLA_PYTHON_CLIENT_MEM_FRACTION": f"{value:.2f}"}


def gpu_memory_gb() -> float | None:
    """Memory of the first GPU as the driver tells it, in GB; None where there is no NVIDIA driver."""
    try:
        run = subprocess.run(
            ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"], capture_output=True, text=True,
            timeout=60, check=True)
        return float(run.stdout.splitlines()[0]) * 2**20 / 1e9
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return None


def host_memory_gb() -> float:
    """Memory that this process may use, in GB: the container's limit, or the machine's."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        try:
            total = min(total, int(limit.read_text()))
        except (OSError, ValueError):
            continue
    return total / 1e9


def set_up(residues: int, report: Reporter) -> str | None:
    """Sets JAX's memory variables unless the user has; call before JAX computes. Returns a warning or None."""
    gpu = gpu_memory_gb()
    if gpu is None:
        return None
    plan = plan_memory(residues, gpu, host_memory_gb())
    for name, value in plan.environment.items():
        os.environ.setdefault(name, value)
    report.log(plan.description)
    return plan.warning
