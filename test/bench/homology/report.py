#!/usr/bin/python3
"""Writes docs/homology-accuracy.md, .svg and .json from the results of fit.py and benchmark.py.

    /usr/bin/python3 test/bench/homology/report.py --fit fit.json --bench bench.json --library LIB [--timing t.json]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import common
import figure

DOCS = Path(__file__).resolve().parents[3] / "docs"
TEMPLATE = Path(__file__).resolve().parent / "report.template.md"
_LABELS = {
    "share_tm_half": ("models of TM-score >= 0.5", "{:.1%}", ">= 80 %"),
    "median_tm": ("median TM-score", "{:.3f}", ">= 0.83"),
    "mean_tm": ("mean TM-score", "{:.3f}", ">= 0.70"),
    "mae": ("confidence: mean absolute error per residue", "{:.3f}", "<= 0.10"),
    "r": ("confidence: Pearson r per residue", "{:.3f}", ">= 0.65"),
    "overclaimed": ("models that claim >= 0.70 and are below 0.50", "{:.1%}", "<= 2 %"),
    "median_seconds": ("median seconds a target", "{:.1f}", "<= 8"),
}


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def _calibration(table: list[dict]) -> str:
    return _table(["claimed", "n", "mean claimed", "mean true"], [
        [f"{b['from']:.1f}-{b['to']:.1f}", f"{b['count']:,}", f"{b['predicted']:.2f}", f"{b['true']:.2f}"] for b in table])


def _goals(bench: dict) -> str:
    rows = []
    for name, (label, form, goal) in _LABELS.items():
        met = "yes" if bench["targets_met"][name] else "**no**"
        rows.append([label, form.format(bench["summary"][name]), goal, met])
    return _table(["measure", "reached", "asked", "met"], rows)


def _identity(table: list[dict]) -> str:
    return _table(["identity", "n", "median TM", "median true CA-lDDT", "median claimed"], [
        [f"{b['from']:.0%}-{b['to']:.0%}", str(b["count"]), f"{b['median_tm']:.2f}", f"{b['median_true_lddt']:.2f}",
         f"{b['median_claimed_lddt']:.2f}"] for b in table])


def values(fit: dict, bench: dict) -> dict[str, str]:
    """What the template's {{names}} stand for."""
    summary = bench["summary"]
    selection, confidence = fit["selection"], fit["confidence"]
    return {
        "date": bench["date"], "goals": _goals(bench), "targets": str(summary["targets"]),
        "modelled": str(summary["modelled"]), "no_template": str(summary["no_template"]), "errors": str(summary["errors"]),
        "residues": f"{summary['residues']['count']:,}", "mae_constant": f"{summary['residues']['mae_constant']:.3f}",
        "model_r": f"{summary['models']['r']:.2f}", "model_mae": f"{summary['models']['mae']:.3f}",
        "calibration": _calibration(summary["calibration"]),
        "calibration_models": _calibration(summary["calibration_models"]),
        "by_identity": _identity(summary["by_identity"]),
        "library_seconds": f"{bench['library_seconds']:.0f}",
        "timing": bench["timing_note"],
        "fit_targets": str(fit["targets"]), "fit_models": str(fit["models"]),
        "fit_r": f"{confidence['residues']['r']:.2f}", "fit_mae": f"{confidence['residues']['mae']:.3f}",
        "fit_model_r": f"{confidence['models']['r']:.2f}", "fit_model_mae": f"{confidence['models']['mae']:.3f}",
        "fit_residues": f"{confidence['residues']['count']:,}",
        "fit_overclaimed": f"{confidence['overclaimed']:.1%}",
        "fit_calibration": _calibration(confidence["calibration"]),
        **{f"gate_{name}": str(value) for name, value in fit["gate"].items()},
        "select_r": f"{selection['expected_tm']['r']:.2f}", "select_mae": f"{selection['expected_tm']['mae']:.3f}",
        "chosen_mean": f"{selection['chosen']['mean']:.3f}", "chosen_median": f"{selection['chosen']['median']:.3f}",
        "first_mean": f"{selection['by_probability']['mean']:.3f}",
        "first_median": f"{selection['by_probability']['median']:.3f}",
        "oracle_mean": f"{selection['best_available']['mean']:.3f}",
        "oracle_median": f"{selection['best_available']['median']:.3f}",
    }


def _take_seconds(bench: dict, timing: dict) -> None:
    """Puts the seconds of ``timing`` into ``bench``, with a note on how they were measured."""
    seconds = ("median_seconds", "p90_seconds", "max_seconds", "median_cpu_seconds", "median_load_before")
    bench["summary"] |= {name: timing["summary"][name] for name in seconds}
    bench["targets_met"]["median_seconds"] = timing["targets_met"]["median_seconds"]
    lengths = sorted(record["length"] for record in timing["records"])
    bench["timing_note"] = (
        f"{len(lengths)} targets (median {lengths[len(lengths) // 2]} residues) one at a time with {timing['threads']} "
        f"threads, library ready: median {timing['summary']['median_seconds']:.1f} s, 90th percentile "
        f"{timing['summary']['p90_seconds']:.1f} s, longest {timing['summary']['max_seconds']:.0f} s, on {timing['machine']['cpu']} "
        f"({timing['machine']['cores']} cores); median {timing['summary']['median_cpu_seconds']:.1f} s of processor time; load average before a target {timing['summary']['median_load_before']:.1f}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", required=True, type=Path)
    parser.add_argument("--bench", required=True, type=Path)
    parser.add_argument("--library", required=True, type=Path, help="the template library, for its build time")
    parser.add_argument("--timing", type=Path, help="a second benchmark.py result, for the seconds only")
    options = parser.parse_args()
    fit, bench = json.loads(options.fit.read_text()), json.loads(options.bench.read_text())
    timing = json.loads(options.timing.read_text()) if options.timing else bench
    _take_seconds(bench, timing)
    bench["library_seconds"] = common.open_library(options.library).manifest["build_seconds"]
    text = TEMPLATE.read_text()
    for name, value in values(fit, bench).items():
        text = text.replace("{{" + name + "}}", value)
    if "{{" in text:
        raise SystemExit(f"The template asks for an unknown value: {text[text.index('{{'):][:40]}")
    (DOCS / "homology-accuracy.md").write_text(text)
    (DOCS / "homology-accuracy.svg").write_text(figure.accuracy_figure(bench))
    compact = [[r["target"], r["length"], r.get("template"), r.get("identity"), r.get("coverage"), r["tm"],
                r.get("claimed_lddt"), r.get("true_lddt"), r["seconds"], r["exit_code"]] for r in bench["records"]]
    rows = ",\n".join("  " + json.dumps(row) for row in compact)
    head = json.dumps({k: bench[k] for k in ("date", "machine", "threads", "summary", "targets_met", "timing_note", "library_seconds")} | {"fit": fit})
    columns = ["target", "length", "template", "identity", "coverage", "tm", "claimed_lddt", "true_lddt", "seconds", "exit_code"]
    (DOCS / "homology-accuracy.json").write_text(
        head[:-1] + f',\n "columns": {json.dumps(columns)},\n "records": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    main()
