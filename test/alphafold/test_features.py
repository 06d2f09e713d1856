"""The features stage against AlphaFold's own sequential pipeline, with every search program at work."""

from __future__ import annotations

import os
import signal
import stat
import unittest
from pathlib import Path

import support
from support import ALPHA, BETA, differences, options, silent

from foldpad_alphafold import tools, upstream
from foldpad_alphafold.features import make_features, plan
from foldpad_alphafold.presets import is_multimer
from foldpad_alphafold.search_cache import MANIFEST, SearchCache


def upstreams_own(chains, chosen) -> dict:
    """What AlphaFold's own pipeline makes when nobody interferes: it runs its searches itself, one after the other."""
    databases = chosen.databases()
    multimer = is_multimer(chosen.model_preset)
    searcher = upstream.template_searcher(multimer, databases, 2)
    featurizer = upstream.template_featurizer(multimer, databases, chosen.max_template_date)
    pipeline = upstream.monomer_pipeline(databases, searcher, featurizer, cpus=2)
    if multimer:
        pipeline = upstream.multimer_pipeline(pipeline, databases, cpus=2)
    msas = support.new_folder("msas")
    return pipeline.process(input_fasta_path=str(support.write_target(chains)), msa_output_dir=str(msas))


def ours(chains, chosen, cache: Path | None = None) -> tuple[dict, dict]:
    """(features, manifest) of the features stage."""
    out = support.new_folder("features")
    manifest = make_features(chains, chosen, SearchCache(cache or support.new_folder("cache")), 2, out, silent())
    return support.read_features(out), manifest


class EqualToUpstream(unittest.TestCase):
    """Array by array: names, types, shapes and values."""

    def check(self, chains, chosen) -> dict:
        features, manifest = ours(chains, chosen)
        self.assertEqual(differences(features, upstreams_own(chains, chosen)), [])
        return manifest

    def test_monomer_with_full_databases(self) -> None:
        manifest = self.check([BETA], options("monomer"))
        self.assertGreater(manifest["msa_depth"], 50)
        self.assertGreater(manifest["templates"], 3)

    def test_monomer_with_reduced_databases(self) -> None:
        self.check([BETA], options("monomer_casp14", "reduced_dbs"))

    def test_heteromer(self) -> None:
        manifest = self.check([BETA, ALPHA, BETA], options("multimer"))
        self.assertEqual(manifest["residues"], 48 + 40 + 48)
        self.assertGreater(manifest["templates"], 0)

    def test_homomer_with_reduced_databases(self) -> None:
        self.check([ALPHA, ALPHA], options("multimer", "reduced_dbs"))


class Searches(unittest.TestCase):
    """What is searched, and what is not searched again."""

    def test_searches_of_a_monomer_serve_a_multimer(self) -> None:
        cache = support.new_folder("cache")
        ours([BETA], options("monomer"), cache)
        before = {folder.name: (folder / MANIFEST).stat().st_mtime_ns for folder in cache.iterdir()}
        known = {search["key"] for search in plan([BETA, ALPHA], options("multimer"))["searches"]} & set(before)
        self.assertEqual(len(known), 3)  # UniRef90, MGnify, BFD; templates of multimers are searched elsewhere
        features, _ = ours([BETA, ALPHA], options("multimer"), cache)
        after = {name: (cache / name / MANIFEST).stat().st_mtime_ns for name in before}
        self.assertEqual(after, before)
        fresh, _ = ours([BETA, ALPHA], options("multimer"))
        self.assertEqual(differences(features, fresh), [])

    def test_a_damaged_answer_is_searched_again(self) -> None:
        cache = support.new_folder("cache")
        features, _ = ours([BETA], options("monomer", "reduced_dbs"), cache)
        keys = {search["search"]: search for search in plan([BETA], options("monomer", "reduced_dbs"))["searches"]}
        damaged = cache / keys["mgnify"]["key"] / keys["mgnify"]["file"]
        whole = damaged.read_bytes()
        damaged.write_bytes(whole[: len(whole) // 2])
        again, _ = ours([BETA], options("monomer", "reduced_dbs"), cache)
        self.assertEqual(damaged.read_bytes(), whole)
        self.assertEqual(differences(features, again), [])

    def test_keys_follow_what_answers_depend_on(self) -> None:
        base = plan([BETA], options("monomer"))
        self.assertEqual(plan([BETA], options("monomer_ptm")), base)
        for other in (options("monomer", date="2022-01-01"), options("monomer", exclude=frozenset({"1SPG"})),
                      options("monomer", max_identity=0.5)):
            changed = plan([BETA], other)
            self.assertNotEqual(changed["features_key"], base["features_key"])
            self.assertEqual(changed["searches"], base["searches"])
            self.assertEqual(changed["versions"], base["versions"], "they say nothing of the target")
        self.assertEqual(plan([ALPHA], options("monomer"))["versions"], base["versions"])
        versions = support.data() / "databases.json"
        versions.write_text('{"mgnify": "2099_01"}')
        try:
            changed = plan([BETA], options("monomer"))
        finally:
            versions.unlink()
        differing = {old["search"] for old, new in zip(base["searches"], changed["searches"]) if old != new}
        self.assertEqual(differing, {"mgnify"})
        self.assertNotEqual(changed["features_key"], base["features_key"])
        self.assertNotEqual(changed["versions"], base["versions"])

    def test_templates_that_are_too_young_or_excluded_are_not_used(self) -> None:
        def names(**changes) -> set[str]:
            features, _ = ours([BETA], options("monomer", **changes), self.cache)
            return {name.decode().split("_")[0].upper() for name in features["template_domain_names"]}

        self.cache = support.new_folder("cache")
        default = names()
        self.assertIn("1SPG", default)
        self.assertNotIn("2DC3", default)
        self.assertIn("2DC3", names(date="2022-01-01"))
        self.assertEqual(names(exclude=frozenset({"1SPG"})), default - {"1SPG"})
        self.assertEqual(names(max_identity=0.01), set())


class Killed(unittest.TestCase):
    """An attempt that ends in the middle of a search, and the next one."""

    def kill_in_search(self, by: signal.Signals) -> int:
        fasta, cache, out = support.write_target([BETA]), support.new_folder("cache"), support.new_folder("out")
        programs, hold = support.new_folder("bin"), support.new_folder("hold")
        # hhblits waits before it does its work, until the test lets it.
        (hold / "closed").touch()
        script = programs / "hhblits"
        script.write_text(
            f'#!/bin/sh\n[ "$1" = -h ] && exec {tools.binary("hhblits")} "$@"\ntouch "{hold}/reached"\n'
            f'while [ -e "{hold}/closed" ]; do sleep 0.05; done\nexec {tools.binary("hhblits")} "$@"\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
        arguments = support.feature_arguments(fasta, out, cache)
        process = support.driver(arguments, environment=environment)

        def finished() -> list[Path]:
            return list(cache.glob(f"*/{MANIFEST}"))

        support.wait_until(lambda: (hold / "reached").exists() and len(finished()) == 3, process, "hhblits")
        process.send_signal(by)
        process.communicate(timeout=60)
        self.assertFalse((out / "features.pkl").exists())
        kept = {path: path.stat().st_mtime_ns for path in finished()}
        (hold / "closed").unlink()
        code, output, errors = support.run_driver(arguments, environment=environment)
        self.assertEqual(code, 0, errors)
        self.assertEqual(output.count("known already"), 3)
        self.assertEqual({path: path.stat().st_mtime_ns for path in kept}, kept)
        undisturbed, _ = ours([BETA], options("monomer_ptm"))
        self.assertEqual(differences(support.read_features(out), undisturbed), [])
        return process.returncode

    def test_by_sigterm(self) -> None:
        self.assertEqual(self.kill_in_search(signal.SIGTERM), 143)

    def test_without_a_word(self) -> None:
        self.assertEqual(self.kill_in_search(signal.SIGKILL), -signal.SIGKILL)


class Failed(unittest.TestCase):
    """A program that ends with an error."""

    def test_is_told_and_costs_no_other_search(self) -> None:
        programs, cache, out = support.new_folder("bin"), support.new_folder("cache"), support.new_folder("out")
        script = programs / "hhblits"
        # It fails once the other three have ended: how long that takes is up to the machine.
        script.write_text(
            f'#!/bin/sh\n[ "$1" = -h ] && exec {tools.binary("hhblits")} "$@"\nlooks=0\n'
            f'while [ "$(ls "{cache}"/*/{MANIFEST} 2>/dev/null | wc -l)" -lt 3 ] && [ $looks -lt 2400 ]; do\n'
            'looks=$((looks + 1))\nsleep 0.05\ndone\necho "no space left" >&2\nexit 1\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        arguments = support.feature_arguments(support.write_target([BETA]), out, cache)
        code, _, errors = support.run_driver(
            arguments, environment={"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"})
        self.assertEqual(code, 1)
        self.assertIn("hhblits failed while it searched bfd and uniref30 (no space left).", errors.splitlines()[-1])
        self.assertNotIn("Traceback", errors)
        self.assertFalse((out / "features.pkl").exists())
        code, output, errors = support.run_driver(arguments)
        self.assertEqual(code, 0, errors)
        self.assertEqual(output.count("known already"), 3)


class Refused(unittest.TestCase):
    """Targets and databases that cannot be used are told in a sentence, before anything is searched."""

    def refusal(self, fasta: str, *more: str) -> str:
        path = support.new_folder("target") / "target.fasta"
        path.write_text(fasta)
        arguments = support.feature_arguments(path, support.new_folder("out"), support.new_folder("cache"))
        code, _, errors = support.run_driver([*arguments, *more])
        self.assertEqual(code, 1)
        return errors

    def test_of_the_target(self) -> None:
        self.assertIn('line 2: "1" is not an amino acid', self.refusal(">a\nMK1\n"))
        self.assertIn("holds 2 chains", self.refusal(">a\nMK\n>b\nMK\n"))
        self.assertIn("a has no residues", self.refusal(">a\n\n"))

    def test_of_the_databases(self) -> None:
        errors = self.refusal(f">a\n{BETA.sequence}\n", f"--data={support.new_folder('empty')}")
        self.assertIn("Databases are missing below", errors)
        self.assertIn("uniref90/uniref90.fasta", errors)


if __name__ == "__main__":
    unittest.main()
