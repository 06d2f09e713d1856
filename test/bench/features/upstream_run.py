"""AlphaFold's own sequential pipeline over one target, as its run_alphafold.py calls it: searches and features.pkl.

    python upstream_run.py FASTA DATABASES MODEL_PRESET DB_PRESET FEATURES_PKL

Thread counts are those that AlphaFold's wrappers choose themselves: 8 for jackhmmer and hmmsearch, 4 for hhblits, and
hhsearch's own default, 2.
"""

from __future__ import annotations

import pickle
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "container/alphafold"))

from foldpad_alphafold import upstream  # noqa: E402
from foldpad_alphafold.features import FeatureOptions  # noqa: E402

# AlphaFold's own default for both (its HEAD makes them options).
_CPUS = 8
MAX_TEMPLATE_DATE = "2020-05-14"


def run(fasta: Path, data: Path, model_preset: str, database_preset: str, out: Path) -> None:
    options = FeatureOptions(data, model_preset, database_preset, MAX_TEMPLATE_DATE)
    databases = options.databases()
    upstream.require()
    searcher = upstream.template_searcher(options.multimer, databases, _CPUS)
    featurizer = upstream.template_featurizer(options.multimer, databases, MAX_TEMPLATE_DATE)
    pipeline = upstream.monomer_pipeline(databases, searcher, featurizer, cpus=_CPUS)
    if options.multimer:
        pipeline = upstream.multimer_pipeline(pipeline, databases, cpus=_CPUS)
    with tempfile.TemporaryDirectory(prefix="foldpad-bench-msas-") as folder:
        features = pipeline.process(input_fasta_path=str(fasta), msa_output_dir=folder)
    with open(out, "wb") as handle:
        pickle.dump(features, handle, protocol=4)


if __name__ == "__main__":
    fasta_file, folder, model, preset, pickle_file = sys.argv[1:]
    run(Path(fasta_file), Path(folder), model, preset, Path(pickle_file))
