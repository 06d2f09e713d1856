"""The engine's commands: plan, features, predict, doctor, self-test."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import traceback
from pathlib import Path

from .errors import EXIT_CANNOT_PREDICT, EXIT_DONE, EXIT_FAILED, CannotPredict, EngineError, InputError
from .presets import DATABASE_PRESETS, MODEL_NAMES, MODEL_PRESETS, RELAX_CHOICES, is_multimer
from .progress import Reporter


def run(arguments: list[str]) -> int:
    """Runs one command; returns the exit code. Errors end as one sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except CannotPredict as error:
        print(f"Cannot predict: {error}", flush=True)
        return EXIT_CANNOT_PREDICT
    except EngineError as error:
        print(str(error), file=sys.stderr, flush=True)
        return EXIT_FAILED
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        print(f"{name}{error.strerror or error}; check that the folder exists, is writable and has space.",
              file=sys.stderr, flush=True)
        return EXIT_FAILED
    except Exception as error:  # noqa: BLE001 (the trace is for us, the last line for the user)
        traceback.print_exc()
        print(_unexpected(error), file=sys.stderr, flush=True)
        return EXIT_FAILED


def _unexpected(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    if "RESOURCE_EXHAUSTED" in text or "out of memory" in text.lower() or isinstance(error, MemoryError):
        return ("AlphaFold ran out of memory. Choose a queue with a larger GPU, or ask for more GPUs, which brings more "
                "host memory; models that were finished are kept.")
    return f"The AlphaFold engine failed unexpectedly ({text.splitlines()[0][:300]}). The log of the job tells more."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="alphafold", description="Foldpad's driver around AlphaFold 2.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    plan = commands.add_parser("plan", help="write under which keys features and searches are stored, as JSON")
    _target_options(plan)
    plan.add_argument("--out", required=True, type=Path, help="file to write")
    plan.set_defaults(command=_plan)
    features = commands.add_parser("features", help="search the databases and write features.pkl (CPU)")
    _target_options(features)
    features.add_argument("--out", required=True, type=Path, help="folder for features.pkl and features.json")
    features.add_argument("--cache", required=True, type=Path, help="folder of finished searches, kept between runs")
    features.add_argument("--threads", type=_positive, default=len(os.sched_getaffinity(0)))
    features.set_defaults(command=_features)
    predict = commands.add_parser("predict", help="predict structures from features.pkl (GPU)")
    _predict_options(predict)
    predict.set_defaults(command=_predict)
    doctor = commands.add_parser("doctor", help="say what is installed and what is missing, as JSON")
    doctor.add_argument("--data", type=Path, help="look for databases and parameters here too")
    doctor.add_argument("--stage", choices=("features", "predict", "all"), default="all")
    doctor.add_argument("--gpu", action="store_true", help="also ask JAX for a GPU")
    doctor.set_defaults(command=_doctor)
    test = commands.add_parser("self-test", help="import AlphaFold and run every search program once")
    test.set_defaults(command=_self_test)
    return parser


def _target_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fasta", required=True, type=Path)
    parser.add_argument("--data", required=True, type=Path, help="folder of the databases, laid out as AlphaFold's")
    parser.add_argument("--model-preset", required=True, choices=MODEL_PRESETS)
    parser.add_argument("--db-preset", required=True, choices=DATABASE_PRESETS)
    parser.add_argument("--max-template-date", required=True, type=_date, help="YYYY-MM-DD")
    parser.add_argument("--exclude-templates", default="", help="PDB ids not to use, such as 1ABC,2XYZ")
    parser.add_argument("--max-identity", type=_fraction, default=1.0, help="use no template more alike, 0..1")


def _predict_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--features", required=True, type=Path, help="features.pkl, with features.json beside it")
    parser.add_argument("--model-preset", required=True, choices=MODEL_PRESETS)
    parser.add_argument("--models", default=",".join(MODEL_NAMES), help="which of model_1 … model_5")
    parser.add_argument("--predictions-per-model", type=_positive, default=5, help="for multimers")
    parser.add_argument("--seed", required=True, type=int, help="upstream's random_seed")
    parser.add_argument("--params", type=Path, help="folder of params_<model>.npz")
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--relax", choices=RELAX_CHOICES, default="best")
    parser.add_argument("--stop-at-confidence", type=float, help="0..100: run no further model once one is as good")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--earlier", type=Path, action="append", default=[], help="what an earlier attempt left")
    parser.add_argument("--compilation-cache", type=Path)
    parser.add_argument("--random-parameters", type=Path, help=argparse.SUPPRESS)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _fraction(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("must be above 0 and at most 1")
    return value


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise argparse.ArgumentTypeError("must be a date such as 2020-05-14")
    return text


def _feature_options(options: argparse.Namespace):
    from .features import FeatureOptions
    from .templates import Exclusion

    entries = frozenset(part.strip().split("_")[0].upper() for part in options.exclude_templates.split(",") if part.strip())
    return FeatureOptions(
        options.data, options.model_preset, options.db_preset, options.max_template_date,
        Exclusion(entries, options.max_identity))


def _plan(options: argparse.Namespace) -> int:
    from .features import plan
    from .files import write_json
    from .target import read_chains

    chains = read_chains(options.fasta, multimer=is_multimer(options.model_preset))
    write_json(options.out, plan(chains, _feature_options(options)))
    return EXIT_DONE


def _features(options: argparse.Namespace) -> int:
    from .features import make_features
    from .processes import end_on_sigterm
    from .search_cache import SearchCache
    from .target import read_chains

    end_on_sigterm()
    options.out.mkdir(parents=True, exist_ok=True)
    chains = read_chains(options.fasta, multimer=is_multimer(options.model_preset))
    make_features(
        chains, _feature_options(options), SearchCache(options.cache), options.threads, options.out, Reporter("features"))
    return EXIT_DONE


def _predict(options: argparse.Namespace) -> int:
    from .network import RandomParameters
    from .predict import PredictOptions, predict
    from .processes import end_on_sigterm

    end_on_sigterm()
    models = [name.strip() for name in options.models.split(",") if name.strip()]
    unknown = [name for name in models if name not in MODEL_NAMES]
    if unknown:
        raise InputError(f"--models: there is no {', '.join(unknown)}. Choose among {', '.join(MODEL_NAMES)}.")
    random = None
    if options.random_parameters is not None:
        random = RandomParameters(**json.loads(options.random_parameters.read_text()))
    options.out.mkdir(parents=True, exist_ok=True)
    predict(PredictOptions(
        features=options.features, model_preset=options.model_preset, models=models,
        per_model=options.predictions_per_model, seed=options.seed, parameters=options.params, device=options.device,
        relax=options.relax, out=options.out, earlier=options.earlier, stop_at=options.stop_at_confidence,
        compilation_cache=options.compilation_cache, random=random), Reporter("predict"))
    return EXIT_DONE


def _doctor(options: argparse.Namespace) -> int:
    from .doctor import examine

    report = examine(options.data, options.stage, options.gpu)
    print(json.dumps(report))
    return EXIT_DONE if report["ok"] else EXIT_FAILED


def _self_test(_options: argparse.Namespace) -> int:
    from .selftest import self_test

    for line in self_test():
        print(line, flush=True)
    return EXIT_DONE
