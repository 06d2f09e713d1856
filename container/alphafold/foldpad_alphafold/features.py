"""The features stage: searches, then AlphaFold's own pipeline over their answers, then one file for the GPU."""

from __future__ import annotations

import pickle
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import databases as databases_module
from . import tools, upstream
from .answers import Abandoned, Answers, KnownTemplates, StandIns
from .databases import Database
from .errors import InputError
from .files import appearing, sha256_of_file, sha256_of_json, write_json
from .presets import is_multimer
from .progress import Reporter
from .search_cache import SearchCache
from .searches import TEMPLATES, Searches, kinds, search_key
from .target import Chain, write_fasta
from .templates import Exclusion

FEATURES_FILE = "features.pkl"
MANIFEST_FILE = "features.json"
# run_alphafold.py writes features.pkl with this protocol.
PICKLE_PROTOCOL = 4
# Changes when features made before must not be used any more.
_FORMAT = 1


@dataclass(frozen=True)
class FeatureOptions:
    """What features depend on besides the sequences."""

    data: Path
    model_preset: str
    database_preset: str
    max_template_date: str
    exclusion: Exclusion = field(default_factory=Exclusion)

    @property
    def multimer(self) -> bool:
        return is_multimer(self.model_preset)

    def databases(self) -> dict[str, Database]:
        names = databases_module.needed(self.model_preset, self.database_preset)
        return databases_module.find(self.data, names)


def versions(database_preset: str, databases: dict[str, Database]) -> dict:
    """What the features depend on besides the target: what this machine's databases and programs are."""
    return {
        "format": _FORMAT,
        "database_preset": database_preset,
        "databases": [database.identity for _, database in sorted(databases.items())],
        "tools": {name: tools.version(name) for name in tools.SEARCH_TOOLS},
        "alphafold": upstream.version(),
    }


def features_key(chains: list[Chain], options: FeatureOptions, databases: dict[str, Database]) -> str:
    """Everything that the features depend on, as one SHA-256. All presets for one chain share their features."""
    return sha256_of_json({
        "chains": [[chain.description, chain.sequence] for chain in chains],
        "multimer": options.multimer,
        "max_template_date": options.max_template_date,
        "exclusion": options.exclusion.describe(),
        **versions(options.database_preset, databases),
    })


def plan(chains: list[Chain], options: FeatureOptions) -> dict:
    """Key of the features and of each search, so that finished ones can be fetched before anything is run.

    ``versions`` is the part of the key that only a machine with databases and programs knows; the target is the rest.
    """
    databases = options.databases()
    sequences = list(dict.fromkeys(chain.sequence for chain in chains))
    wanted = kinds(databases, multimer=options.multimer, heteromer=options.multimer and len(sequences) > 1)
    return {
        "features_key": features_key(chains, options, databases),
        "versions": sha256_of_json(versions(options.database_preset, databases)),
        "searches": [
            {"key": search_key(kind, sequence, databases), "search": kind.name, "file": kind.file}
            for sequence in sequences for kind in wanted],
    }


def make_features(
    chains: list[Chain], options: FeatureOptions, cache: SearchCache, cpus: int, out: Path, report: Reporter,
) -> dict:
    """Writes features.pkl and then features.json, which says what it was made from, into ``out``; returns the latter."""
    databases = options.databases()
    upstream.require()
    timings: dict[str, float] = {}
    started = time.monotonic()
    report.progress("searches", 0.01, f"Searching {len(databases)} databases on {cpus} CPUs.")
    searches = Searches(databases, options.multimer, cache, cpus, report, timings)

    def search() -> None:
        searches.run(chains)
        timings["searches"] = round(time.monotonic() - started, 2)
        report.progress("assemble", 0.87, "Assembling the features.")

    # The main thread assembles: it is the one that signals interrupt.
    with ThreadPoolExecutor(max_workers=1) as pool:
        searching = pool.submit(search)
        try:
            features = assemble(chains, options, databases, searches.answers, report)
        except Abandoned:
            # Raises what made a search fail.
            searching.result()
            raise
        searching.result()
    # What is left of it when the last search has ended; the rest was done meanwhile.
    timings["assemble"] = round(time.monotonic() - started - timings["searches"], 2)
    with appearing(out / FEATURES_FILE) as temporary, open(temporary, "wb") as handle:
        pickle.dump(features, handle, protocol=PICKLE_PROTOCOL)
    manifest = _manifest(chains, options, databases, features, out / FEATURES_FILE, timings)
    write_json(out / MANIFEST_FILE, manifest)
    report.progress("features", 1.0, f"Features of {manifest['residues']} residues are ready.")
    return manifest


def assemble(
    chains: list[Chain], options: FeatureOptions, databases: dict[str, Database], answers: Answers, report: Reporter,
) -> dict[str, Any]:
    """Lets AlphaFold's own pipeline make the features of ``answers``, waiting for each when it comes to it."""
    stand_ins = StandIns(answers)
    templates = KnownTemplates(
        stand_ins, TEMPLATES, upstream.template_searcher(options.multimer, databases, 1),
        upstream.template_featurizer(options.multimer, databases, options.max_template_date), options.exclusion)
    pipeline = upstream.monomer_pipeline(databases, templates, templates)
    upstream.replace_programs(pipeline, upstream.RUNNERS, stand_ins.program)
    if options.multimer:
        pipeline = upstream.multimer_pipeline(pipeline, databases)
        upstream.replace_programs(pipeline, upstream.MULTIMER_RUNNERS, stand_ins.program)
    with tempfile.TemporaryDirectory(prefix="foldpad-msas-") as folder:
        fasta = Path(folder) / "target.fasta"
        write_fasta(fasta, chains)
        try:
            features = pipeline.process(input_fasta_path=str(fasta), msa_output_dir=folder)
        except KeyError as error:
            raise InputError(f"AlphaFold cannot encode the residue {error} of the target. Replace it by X.") from error
    if templates.searched:
        report.log(f"{templates.searched} template searches were not foreseen and were run while assembling.")
    return features


def _manifest(
    chains: list[Chain], options: FeatureOptions, databases: dict[str, Database], features: dict[str, Any], file: Path,
    timings: dict[str, float],
) -> dict:
    return {
        "schema": 1,
        "key": features_key(chains, options, databases),
        "file": FEATURES_FILE,
        "size": file.stat().st_size,
        "sha256": sha256_of_file(file),
        "residues": sum(len(chain.sequence) for chain in chains),
        "chains": [{"description": chain.description, "length": len(chain.sequence)} for chain in chains],
        "multimer": options.multimer,
        "database_preset": options.database_preset,
        "max_template_date": options.max_template_date,
        "msa_depth": int(features["num_alignments"] if options.multimer else features["num_alignments"][0]),
        "templates": _template_count(features),
        "databases": [{"name": name, "version": database.version_text} for name, database in sorted(databases.items())],
        "software": {"alphafold": upstream.version(), **{name: tools.version(name) for name in tools.SEARCH_TOOLS}},
        "timings": timings,
    }


def _template_count(features: dict[str, Any]) -> int:
    """Templates with coordinates: AlphaFold's multimer pads the list with empty ones."""
    masks = features.get("template_all_atom_masks", features.get("template_all_atom_mask"))
    return 0 if masks is None or masks.ndim < 3 else int((masks.reshape(len(masks), -1).sum(axis=1) > 0).sum())
