"""The engine's commands: doctor, prepare, predict (and build-worker, which predict starts for itself)."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

from .errors import EXIT_CANNOT_PREDICT, EXIT_DONE, EXIT_FAILED, CannotPredict, EngineError
from .progress import Reporter


def run(arguments: list[str]) -> int:
    """Runs one command; returns the exit code. Errors end as one sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except CannotPredict as error:
        print(f"Cannot predict: {error.reason}", flush=True)
        return EXIT_CANNOT_PREDICT
    except EngineError as error:
        print(str(error), file=sys.stderr, flush=True)
        return EXIT_FAILED
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        print(f"{name}{error.strerror or error}; check that the folder exists, is writable and has space.",
              file=sys.stderr, flush=True)
        return EXIT_FAILED
    except Exception as error:  # noqa: BLE001 (a bug: the trace is for us, the last line for the user)
        traceback.print_exc()
        print(f"The homology engine failed unexpectedly ({type(error).__name__}: {error}). Please report this with the "
              "log.", file=sys.stderr, flush=True)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("Interrupted before the prediction was finished.", file=sys.stderr, flush=True)
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="homology", description="Foldpad's homology-modelling engine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    doctor = commands.add_parser("doctor", help="say what is installed and what is missing, as JSON")
    doctor.set_defaults(command=_doctor)
    prepare = commands.add_parser("prepare", help="build the template library")
    _library_options(prepare)
    prepare.set_defaults(command=_prepare)
    predict = commands.add_parser("predict", help="model one protein chain")
    predict.add_argument("--fasta", required=True, type=Path, help="FASTA file with one record")
    predict.add_argument("--out", required=True, type=Path, help="folder for the results")
    _library_options(predict)
    predict.add_argument("--exclude-templates", default="", help="PDB ids not to use, e.g. 1ABC,2XYZ")
    predict.add_argument("--max-identity", type=float, default=1.0, help="use no template more alike, 0..1")
    predict.add_argument("--max-models", type=_positive, default=2, help="at most so many ranked models")
    predict.add_argument("--build-timeout", type=float, help="seconds a model may take (default: 300, more above 500 residues)")
    predict.add_argument("--seed", type=int, default=0, help="recorded; the method itself is deterministic")
    predict.add_argument("--work", type=Path, help="folder for temporary files")
    predict.set_defaults(command=_predict)
    worker = commands.add_parser("build-worker", help=argparse.SUPPRESS)
    worker.set_defaults(command=_build_worker)
    return parser


def _library_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--library", required=True, type=Path, help="folder of the template library")
    parser.add_argument("--threads", type=_positive, default=2)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _doctor(_options: argparse.Namespace) -> int:
    from . import ENGINE_VERSION
    from .software import STRUCTURE_DB, missing_parts, package_versions, software_versions

    missing = missing_parts()
    library: dict[str, str] = {}
    if STRUCTURE_DB.exists() and not missing:
        from .library import library_key

        library = {"key": library_key(), "source": "promod3-data structure_db",
                   "version": package_versions().get("promod3-data", "unknown")}
    print(json.dumps({
        "ok": not missing,
        "engine": "homology",
        "version": ENGINE_VERSION,
        "python": sys.executable,
        "software": software_versions(),
        "missing": missing,
        "library": library,
    }))
    return EXIT_DONE if not missing else EXIT_FAILED


def _prepare(options: argparse.Namespace) -> int:
    from .library import prepare_library
    from .processes import end_on_sigterm

    end_on_sigterm()
    prepare_library(options.library, options.threads, Reporter("prepare"))
    return EXIT_DONE


def _build_worker(_options: argparse.Namespace) -> int:
    from .builder import serve

    return serve()


def _predict(options: argparse.Namespace) -> int:
    from .errors import InputError
    from .fasta import read_query
    from .files import write_json
    from .processes import end_on_sigterm, on_sigterm

    report = Reporter("predict")
    if not 0.0 < options.max_identity <= 1.0:
        raise InputError(f"--max-identity {options.max_identity}: give a fraction above 0 and up to 1, such as 0.95.")
    options.out.mkdir(parents=True, exist_ok=True)
    _remove_old_results(options.out)
    if options.work is not None:
        options.work.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="foldpad-homology-", dir=options.work))
    end_on_sigterm()
    on_sigterm(lambda: shutil.rmtree(work, ignore_errors=True))
    try:
        query = read_query(options.fasta)
        return _predict_query(options, query, work, report)
    except CannotPredict as error:
        write_json(options.out / "no_template.json", {
            "reason": error.reason, "best_hit": error.best_hit, "threshold": error.threshold})
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _remove_old_results(out: Path) -> None:
    """A second attempt in the same folder must not be mistaken for the first one's success."""
    for pattern in ("prediction.json", "no_template.json", "templates.json", "ranked_*.pdb", "ranked_*.cif",
                    "confidence_*.json", "alignment_*.fasta"):
        for path in out.glob(pattern):
            path.unlink()


def _predict_query(options: argparse.Namespace, query, work: Path, report: Reporter) -> int:
    from .library import find_library, prepare_library
    from .pipeline import predict
    from .results import write_results
    from .search import Exclusion

    for warning in query.warnings:
        report.log(f"Warning: {warning}")
    if find_library(options.library) is None:
        report.span(0.0, 0.6)
    library = prepare_library(options.library, options.threads, report)
    report.span(report.fraction, 1.0)
    entries = frozenset(part.strip().split("_")[0].upper() for part in options.exclude_templates.split(",") if part.strip())
    report.log(f"Target {query.name}: {len(query)} residues.")
    # Building grows with length; a hang has to end all the same.
    build_timeout = options.build_timeout or max(300.0, 0.6 * len(query))
    outcome = predict(
        query, library, Exclusion(entries, options.max_identity), options.threads, options.max_models, build_timeout,
        work, report)
    prediction = write_results(outcome, query, library, options.seed, options.out)
    best = prediction["models"][0]
    report.log(
        f"Best model: {best['template']}, identity {best['identity']:.0%}, coverage {best['coverage']:.0%}, "
        f"mean estimated CA-lDDT {best['mean_confidence']:.1f}.")
    report.progress("done", 1.0, f"{len(prediction['models'])} model(s) written.")
    return EXIT_DONE
