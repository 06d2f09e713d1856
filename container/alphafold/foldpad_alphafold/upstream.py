"""The one place that knows AlphaFold's own classes, and how its releases differ in what they take and give.

Works with DeepMind's repository from v2.3.2 to today, and with the package ``alphafold-colabfold`` that the tests use.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import tools
from .databases import Database
from .errors import EngineError

# run_alphafold.py: templates that are kept of those found.
MAX_TEMPLATE_HITS = 20
# Search -> attribute of AlphaFold's DataPipeline with the program that does it.
RUNNERS = {
    "uniref90": "jackhmmer_uniref90_runner", "mgnify": "jackhmmer_mgnify_runner",
    "small_bfd": "jackhmmer_small_bfd_runner", "bfd_uniref": "hhblits_bfd_uniref_runner"}
# The same of its multimer pipeline.
MULTIMER_RUNNERS = {"uniprot": "_uniprot_msa_runner"}
# Commit of DeepMind's repository in Foldpad's image; set by its Dockerfile.
COMMIT_VARIABLE = "FOLDPAD_ALPHAFOLD_COMMIT"


def require() -> None:
    """Raises EngineError when AlphaFold cannot be imported."""
    try:
        import alphafold.data.pipeline  # noqa: F401
        from absl import logging
    except ImportError as error:
        raise EngineError(
            f"AlphaFold cannot be imported ({error}). Use Foldpad's image, or install DeepMind's package and what it "
            "requires into this Python.") from error
    # Its warnings are about what the driver does on purpose: random parameters, for one.
    logging.set_verbosity(logging.ERROR)


def require_networks() -> None:
    """Raises EngineError when what predicts and relaxes cannot be imported; ``require`` does not get that far."""
    try:
        import alphafold.model.config
        import alphafold.model.model
        import alphafold.relax.relax  # noqa: F401
    # A Python or a JAX of the wrong version shows itself as an AttributeError or a TypeError.
    except Exception as error:  # noqa: BLE001
        raise EngineError(
            f"AlphaFold's networks cannot be imported ({type(error).__name__}: {error}). Use Foldpad's image, or install "
            "what DeepMind's package requires, in a Python that it supports.") from error


def version() -> str:
    """Name and version of the installed AlphaFold, with the commit where it is known."""
    commit = os.environ.get(COMMIT_VARIABLE)
    for name in ("alphafold", "alphafold-colabfold"):
        try:
            text = f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            continue
        return f"{text} ({commit[:12]})" if commit else text
    try:
        # DeepMind's repository itself, not installed as a package.
        from alphafold.version import __version__
    except ImportError:
        return f"alphafold ({commit[:12]})" if commit else "alphafold, version unknown"
    return f"alphafold {__version__} ({commit[:12]})" if commit else f"alphafold {__version__}"


def call(function: Any, optional: dict[str, Any], **arguments: Any) -> Any:
    """Calls with all ``arguments`` and those of ``optional`` that this release knows."""
    known = inspect.signature(function).parameters
    return function(**arguments, **{name: value for name, value in optional.items() if name in known})


def template_searcher(multimer: bool, databases: dict[str, Database], cpus: int) -> Any:
    """AlphaFold's template search: HHsearch over PDB70 for monomers, hmmsearch over PDB seqres for multimers."""
    if multimer:
        from alphafold.data.tools import hmmsearch

        return call(
            hmmsearch.Hmmsearch, {"cpu": cpus}, binary_path=tools.binary("hmmsearch"),
            hmmbuild_binary_path=tools.binary("hmmbuild"), database_path=str(databases["pdb_seqres"].path))
    from alphafold.data.tools import hhsearch

    return call(
        hhsearch.HHSearch, {"cpu": cpus}, binary_path=tools.binary("hhsearch"),
        databases=[str(databases["pdb70"].path)])


def template_featurizer(multimer: bool, databases: dict[str, Database], max_template_date: str) -> Any:
    """AlphaFold's template features, from mmCIF files released up to ``max_template_date`` (YYYY-MM-DD)."""
    from alphafold.data import templates

    featurizer = templates.HmmsearchHitFeaturizer if multimer else templates.HhsearchHitFeaturizer
    return featurizer(
        mmcif_dir=str(databases["pdb_mmcif"].path), max_template_date=max_template_date, max_hits=MAX_TEMPLATE_HITS,
        kalign_binary_path=tools.binary("kalign"), release_dates_path=None,
        obsolete_pdbs_path=str(databases["obsolete"].path))


def monomer_pipeline(databases: dict[str, Database], searcher: Any, featurizer: Any, *, cpus: int = 8) -> Any:
    """AlphaFold's own ``DataPipeline`` for one chain."""
    from alphafold.data import pipeline

    small = "small_bfd" in databases
    path = {name: str(database.path) for name, database in databases.items()}
    return call(
        pipeline.DataPipeline, {"msa_tools_n_cpu": cpus}, jackhmmer_binary_path=tools.binary("jackhmmer"),
        hhblits_binary_path=path.get("bfd") and tools.binary("hhblits"), uniref90_database_path=path["uniref90"],
        mgnify_database_path=path["mgnify"], bfd_database_path=path.get("bfd"),
        uniref30_database_path=path.get("uniref30"), small_bfd_database_path=path.get("small_bfd"),
        template_searcher=searcher, template_featurizer=featurizer, use_small_bfd=small)


def multimer_pipeline(monomer: Any, databases: dict[str, Database], *, cpus: int = 8) -> Any:
    """AlphaFold's own ``DataPipeline`` for several chains, around the one for a single chain."""
    from alphafold.data import pipeline_multimer

    return call(
        pipeline_multimer.DataPipeline, {"jackhmmer_n_cpu": cpus}, monomer_data_pipeline=monomer,
        jackhmmer_binary_path=tools.binary("jackhmmer"), uniprot_database_path=str(databases["uniprot"].path))


def replace_programs(pipeline: Any, runners: dict[str, str], program: Callable[[str], Any]) -> None:
    """Lets a pipeline ask ``program(search)`` where it would run a program itself. ``runners``: RUNNERS or MULTIMER_RUNNERS."""
    for search, attribute in runners.items():
        # A pipeline has the program of one of the two BFDs.
        if hasattr(pipeline, attribute):
            setattr(pipeline, attribute, program(search))


def uniprot_runner(databases: dict[str, Database]) -> Any:
    """The search whose hits pair the chains of a multimer."""
    from alphafold.data.tools import jackhmmer

    return jackhmmer.Jackhmmer(
        binary_path=tools.binary("jackhmmer"), database_path=str(databases["uniprot"].path))


def run_msa_tool(runner: Any, fasta: Path, output: Path, max_sequences: int | None) -> None:
    """Runs one search with AlphaFold's own function, which also cuts the answer to ``max_sequences``."""
    from alphafold.data import pipeline

    pipeline.run_msa_tool(
        runner, str(fasta), str(output), output.suffix.removeprefix("."), use_precomputed_msas=False,
        max_sto_sequences=max_sequences)


def template_alignment(uniref90: Path, max_sequences: int) -> str:
    """The UniRef90 hits, in Stockholm format, as AlphaFold's pipeline searches templates with them; by its own functions."""
    from alphafold.data import parsers

    msa = parsers.truncate_stockholm_msa(str(uniref90), max_sequences)
    return parsers.remove_empty_columns_from_stockholm_msa(parsers.deduplicate_stockholm_msa(msa))


def search_templates(searcher: Any, alignment: str) -> str:
    """Raw output of the template search for an alignment in Stockholm format, which it is given in its own format."""
    from alphafold.data import parsers

    return searcher.query(parsers.convert_stockholm_to_a3m(alignment) if searcher.input_format == "a3m" else alignment)
