"""The features stage: searches, then AlphaFold's own pipeline over their answers, then one file for the GPU."""

from __future__ import annotations

import pickle
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import databases as databases_module
from . import tools, upstream
from .databases import Database
from .errors import InputError
from .files import appearing, sha256_of_file, sha256_of_json, write_json
from .msa_names import renamed
from .presets import is_multimer
from .progress import Reporter
from .search_cache import SearchCache
from .searches import TEMPLATES, Searches, kinds, search_key
from .target import Chain, write_fasta
from .templates import Exclusion, KnownTemplates

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
    answers = searches.run(chains)
    timings["searches"] = round(time.monotonic() - started, 2)
    started = time.monotonic()
    report.progress("assemble", 0.87, "Assembling the features.")
    features = assemble(chains, options, databases, answers, report, searches.template_alignments)
    timings["assemble"] = round(time.monotonic() - started, 2)
    with appearing(out / FEATURES_FILE) as temporary, open(temporary, "wb") as handle:
        pickle.dump(features, handle, protocol=PICKLE_PROTOCOL)
    manifest = _manifest(chains, options, databases, features, out / FEATURES_FILE, timings)
    write_json(out / MANIFEST_FILE, manifest)
    report.progress("features", 1.0, f"Features of {manifest['residues']} residues are ready.")
    return manifest


def assemble(
    chains: list[Chain], options: FeatureOptions, databases: dict[str, Database],
    answers: dict[tuple[str, str], Path], report: Reporter, template_alignments: dict[str, str],
) -> dict[str, Any]:
    """Lets AlphaFold's own pipeline make the features of answers that lie where it looks for precomputed ones.

    ``template_alignments``: sequence -> what templates were searched with; made again where it is missing.
    """
    searcher = upstream.template_searcher(options.multimer, databases, 1)
    known = KnownTemplates(searcher, options.exclusion)
    featurizer = upstream.template_featurizer(options.multimer, databases, options.max_template_date)
    monomer = upstream.monomer_pipeline(databases, known, featurizer, precomputed=True)
    pipeline = upstream.multimer_pipeline(monomer, databases, precomputed=True) if options.multimer else monomer
    with tempfile.TemporaryDirectory(prefix="foldpad-msas-") as folder:
        for name, place, sequence in _places(chains, options.multimer):
            msas = Path(folder) / "msas" / place
            msas.mkdir(parents=True, exist_ok=True)
            asked = _lay_out(name, sequence, msas, answers, monomer.uniref_max_hits, template_alignments.get(sequence))
            known.know(asked, answers[sequence, TEMPLATES].read_text())
        fasta = Path(folder) / "target.fasta"
        write_fasta(fasta, chains)
        try:
            features = pipeline.process(input_fasta_path=str(fasta), msa_output_dir=str(Path(folder) / "msas"))
        except KeyError as error:
            raise InputError(f"AlphaFold cannot encode the residue {error} of the target. Replace it by X.") from error
    if known.searched:
        report.log(f"{known.searched} template searches were not foreseen and were run while assembling.")
    return features


def _places(chains: list[Chain], multimer: bool) -> list[tuple[str, str, str]]:
    """(query name, folder, sequence) as AlphaFold's pipelines use them: its multimer names chains A, B … itself."""
    if not multimer:
        return [(chains[0].name, ".", chains[0].sequence)]
    from alphafold.common import protein

    first: dict[str, str] = {}
    for letter, chain in zip(protein.PDB_CHAIN_IDS, chains):
        first.setdefault(chain.sequence, letter)
    return [(f"chain_{letter}", letter, sequence) for sequence, letter in first.items()]


def _lay_out(
    name: str, sequence: str, msas: Path, answers: dict[tuple[str, str], Path], max_hits: int, asked: str | None,
) -> str:
    """Writes a chain's alignments where the pipeline looks for them; returns what it will search templates with.

    ``asked``: the same alignment under the neutral name. Making it from a deep alignment takes seconds, renaming none.
    """
    for (owner, search), file in answers.items():
        if owner == sequence and search != TEMPLATES:
            text = renamed(file.read_text(), name, stockholm=file.suffix == ".sto")
            (msas / file.name).write_text(text)
    if asked is not None:
        return renamed(asked, name, stockholm=True)
    return upstream.template_alignment(msas / "uniref90_hits.sto", max_hits)


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
