"""The driver's parts that need neither databases nor a network."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import support

from foldpad_alphafold import memory, network
from foldpad_alphafold.answers import Abandoned, Answer, Answers
from foldpad_alphafold.checkpoints import Checkpoints
from foldpad_alphafold.msa_names import QUERY_NAME, renamed
from foldpad_alphafold.outputs import confidence_json, pae_json
from foldpad_alphafold.processes import descendants
from foldpad_alphafold.schedule import Task, run_all, starts
from foldpad_alphafold.templates import identity


class Schedule(unittest.TestCase):
    """Searches at the same time, within the CPUs."""

    def observe(self, specification: list[tuple[str, int, str | None]], cpus: int) -> tuple[list[str], dict, list[int]]:
        """Names in the order of their start, threads by name, and the most tasks and threads at once."""
        lock, started, threads = threading.Lock(), [], {}
        in_use, most = [0, 0], [0, 0]

        def task(name: str, limit: int, after: str | None) -> Task:
            def run(given: int) -> None:
                with lock:
                    started.append(name)
                    threads[name] = given
                    in_use[:] = [in_use[0] + 1, in_use[1] + given]
                    most[:] = [max(pair) for pair in zip(most, in_use)]
                time.sleep(0.05)
                with lock:
                    in_use[:] = [in_use[0] - 1, in_use[1] - given]

            return Task(name, run, limit, after)

        run_all([task(*one) for one in specification], cpus)
        return started, threads, most

    SEARCHES = [("uniref90", 8, None), ("mgnify", 8, None), ("templates", 8, "uniref90"), ("bfd", 16, None)]

    def test_never_takes_more_than_given(self) -> None:
        for cpus in (1, 2, 3, 8, 32):
            started, threads, (most_tasks, most_threads) = self.observe(self.SEARCHES, cpus)
            self.assertLessEqual(most_tasks, cpus)
            self.assertLessEqual(most_threads, 2 * cpus)
            self.assertEqual(sorted(started), ["bfd", "mgnify", "templates", "uniref90"])
            self.assertLess(started.index("uniref90"), started.index("templates"))
            self.assertTrue(all(1 <= given <= cpus for given in threads.values()))

    def test_shares_what_there_is(self) -> None:
        def chosen(cpus: int, free: int, unfinished: set[str] = frozenset()) -> dict[str, tuple[int, int]]:
            tasks = [Task(name, lambda _threads: None, limit, after) for name, limit, after in self.SEARCHES]
            return {start.task.name: (start.share, start.threads) for start in starts(tasks, unfinished, free, cpus)}

        waiting = {"uniref90"}
        self.assertEqual(chosen(24, 24, waiting), {"uniref90": (8, 8), "mgnify": (8, 8), "bfd": (8, 16)})
        self.assertEqual(chosen(8, 8, waiting), {"uniref90": (2, 4), "mgnify": (3, 6), "bfd": (3, 6)})
        # Two threads each: the one that is left alone at the end still uses both CPUs.
        self.assertEqual(chosen(2, 2, waiting), {"uniref90": (1, 2), "mgnify": (1, 2)})
        self.assertEqual(chosen(1, 1, waiting), {"uniref90": (1, 1)})
        self.assertEqual(chosen(8, 0), {})
        self.assertEqual(self.observe([("bfd", 16, None)], 32)[1], {"bfd": 16})

    def test_tells_a_failure_and_begins_nothing_after_it(self) -> None:
        begun = []

        def fail(_cpus: int) -> None:
            raise ValueError("no database")

        tasks = [Task("a", fail, 1), Task("b", lambda _cpus: begun.append("b"), 1), Task("c", fail, 1, "a")]
        with self.assertRaisesRegex(ValueError, "no database"):
            run_all(tasks, 1)
        self.assertEqual(begun, [])

    def test_programs_come_first_that_others_wait_for(self) -> None:
        own = os.getpriority(os.PRIO_PROCESS, 0)
        seen: dict[str, int] = {}

        def task(name: str, nice: int) -> Task:
            def run(_threads: int) -> None:
                script = "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"
                seen[name] = int(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)

            return Task(name, run, 1, nice=nice)

        run_all([task("later", 10), task("first", 0), task("second", 5)], 1)
        # Nothing is nicer than 19: who runs the tests in the background may be near it already.
        self.assertEqual(seen, {"later": min(own + 10, 19), "first": own, "second": min(own + 5, 19)})
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, 0), own)


class WaitingForAnswers(unittest.TestCase):
    """AlphaFold's pipeline and the searches, at the same time."""

    def waiting(self, answers: Answers) -> tuple[threading.Thread, list[object]]:
        heard: list[object] = []

        def wait() -> None:
            try:
                heard.append(answers.wait_for("MK", "mgnify").file)
            except Abandoned as error:
                heard.append(str(error))

        thread = threading.Thread(target=wait)
        thread.start()
        return thread, heard

    def test_goes_on_with_the_one_that_is_needed(self) -> None:
        answers = Answers()
        thread, heard = self.waiting(answers)
        answers.give("MK", "uniref90", Answer(Path("other")))
        answers.give("MKV", "mgnify", Answer(Path("another")))
        thread.join(0.1)
        self.assertTrue(thread.is_alive())
        answers.give("MK", "mgnify", Answer(Path("this")))
        thread.join(10)
        self.assertEqual(heard, [Path("this")])

    def test_ends_when_it_will_not_come(self) -> None:
        answers = Answers()
        answers.give("MK", "uniref90", Answer(Path("there")))
        thread, heard = self.waiting(answers)
        answers.give_up()
        thread.join(10)
        self.assertEqual(heard, ["mgnify"])
        self.assertEqual(answers.wait_for("MK", "uniref90").file, Path("there"))


class Memory(unittest.TestCase):
    def test_a_target_that_fits_stays_on_the_gpu(self) -> None:
        plan = memory.plan_memory(500, 16, 61)
        self.assertEqual(plan.environment["TF_FORCE_UNIFIED_MEMORY"], "0")
        self.assertEqual(plan.environment["XLA_CLIENT_MEM_FRACTION"], "0.90")
        self.assertIsNone(plan.warning)

    def test_a_larger_one_takes_the_hosts_memory_as_far_as_there_is_any(self) -> None:
        plan = memory.plan_memory(1500, 16, 61)
        self.assertEqual(plan.environment["TF_FORCE_UNIFIED_MEMORY"], "1")
        fraction = float(plan.environment["XLA_CLIENT_MEM_FRACTION"])
        self.assertGreaterEqual(fraction * 16, plan.needed_gb)
        self.assertLessEqual(fraction * 16, 16 + 0.8 * 61 + 0.1)
        self.assertIsNone(plan.warning)

    def test_what_is_too_large_for_both_is_told(self) -> None:
        plan = memory.plan_memory(4000, 16, 61)
        self.assertIn("may run out of memory", plan.warning or "")

    def test_more_residues_never_need_less(self) -> None:
        needs = [memory.needed_gb(residues) for residues in range(10, 5000, 10)]
        self.assertEqual(needs, sorted(needs))
        self.assertAlmostEqual(memory.needed_gb(memory.RESIDUES_IN_16_GB), 16)


class Seeds(unittest.TestCase):
    """run_alphafold.py: seed = place among all predictions + random seed * their number."""

    def test_of_some_models_are_those_of_all(self) -> None:
        for preset, each in (("monomer", 1), ("monomer_ptm", 1), ("monomer_casp14", 1), ("multimer", 3)):
            everything = network.predictions(preset, list(network.MODEL_NAMES), 3, 11)
            self.assertEqual(len(everything), 5 * each)
            self.assertEqual([run.seed for run in everything], [11 * 5 * each + place for place in range(5 * each)])
            some = network.predictions(preset, ["model_4", "model_2"], 3, 11)
            self.assertEqual(some, [run for run in everything if run.model[:7] in ("model_2", "model_4")])
            self.assertEqual(len({run.name for run in everything}), len(everything))


class Names(unittest.TestCase):
    def test_only_the_query_of_an_alignment_is_renamed(self) -> None:
        stockholm = (
            f"# STOCKHOLM 1.0\n#=GS {QUERY_NAME} DE x\n{QUERY_NAME}      MK-V\nUniRef90_A/1-4   MKAV\n"
            f"#=GR {QUERY_NAME} PP 99.9\n//\n")
        self.assertEqual(renamed(stockholm, "chain_A", stockholm=True), stockholm.replace(QUERY_NAME, "chain_A"))
        other = f"UniRef90_{QUERY_NAME} MKAV\n>{QUERY_NAME}_2\n"
        self.assertEqual(renamed(other, "chain_A", stockholm=True), other)
        self.assertEqual(renamed(f">{QUERY_NAME}\nMK\n>x\nMK\n", "sp|P1|A_B", stockholm=False), ">sp|P1|A_B\nMK\n>x\nMK\n")

    def test_identity_counts_aligned_residues_only(self) -> None:
        self.assertEqual(identity("MKV-A", "MRVAA"), 0.75)
        self.assertEqual(identity("---", "MKV"), 0.0)


class Records(unittest.TestCase):
    """Checkpoints: whole, of this attempt's making, or not at all."""

    def setUp(self) -> None:
        self.earlier, self.out = support.new_folder("earlier"), support.new_folder("out")
        (self.earlier / "a.txt").write_text("a")
        Checkpoints(self.earlier, [], {"seed": 1}).finish("step", ["a.txt"], {"score": 3})

    def test_are_restored_with_their_files(self) -> None:
        step = Checkpoints(self.out, [self.earlier], {"seed": 1}).restore("step")
        self.assertEqual(step.facts, {"score": 3})
        self.assertEqual((self.out / "a.txt").read_text(), "a")
        self.assertEqual(
            (self.out / "done_step.json").read_bytes(), (self.earlier / "done_step.json").read_bytes())

    def test_of_another_making_do_not_count(self) -> None:
        self.assertIsNone(Checkpoints(self.out, [self.earlier], {"seed": 2}).restore("step"))
        self.assertIsNone(Checkpoints(self.out, [self.earlier], {"seed": 1}).restore("other"))

    def test_whose_files_are_missing_changed_or_elsewhere_do_not_count(self) -> None:
        (self.earlier / "a.txt").write_text("b")
        self.assertIsNone(Checkpoints(self.out, [self.earlier], {"seed": 1}).restore("step"))
        (self.earlier / "a.txt").unlink()
        self.assertIsNone(Checkpoints(self.out, [self.earlier], {"seed": 1}).restore("step"))
        (self.earlier / "a.txt").write_text("a")
        record = self.earlier / "done_step.json"
        record.write_text(record.read_text().replace('"a.txt"', '"../earlier/a.txt"'))
        self.assertIsNone(Checkpoints(self.out, [self.earlier], {"seed": 1}).restore("step"))
        self.assertEqual(list(self.out.iterdir()), [])


class Formats(unittest.TestCase):
    """JSON as the AlphaFold database writes it."""

    def test_of_confidence(self) -> None:
        import numpy as np

        self.assertEqual(
            confidence_json(np.array([95.004, 70.0, 50.0, 12.25])),
            '{"residueNumber":[1,2,3,4],"confidenceScore":[95.0,70.0,50.0,12.25],"confidenceCategory":["H","M","L","D"]}')

    def test_of_the_aligned_error(self) -> None:
        import numpy as np

        self.assertEqual(
            pae_json(np.array([[0.26, 5.0], [31.75, 0.2]], np.float32), 31.75),
            '[{"predicted_aligned_error":[[0.3,5.0],[31.8,0.2]],"max_predicted_aligned_error":31.75}]')


class Processes(unittest.TestCase):
    def test_those_below_a_process_are_found(self) -> None:
        parent = subprocess.Popen(["sh", "-c", "sleep 30 & sleep 30; true"], stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 10
            while len(descendants(parent.pid)) < 2 and time.monotonic() < deadline:
                time.sleep(0.02)
            found = descendants(parent.pid)
            self.assertEqual(len(found), 2)
        finally:
            for process in [*descendants(parent.pid), parent.pid]:
                subprocess.run(["kill", "-9", str(process)], check=False)
            parent.wait()


class Device(unittest.TestCase):
    """What JAX computes on, when parts of AlphaFold have imported it already."""

    def choose(self, before: str) -> str:
        script = f"""
import jax, types
{before}
from pathlib import Path
from foldpad_alphafold import device, errors
try:
    print(device.choose("cpu", None), jax.config.jax_platforms)
except errors.EngineError as error:
    print(error)
"""
        environment = {name: value for name, value in os.environ.items() if name != "JAX_PLATFORMS"}
        run = subprocess.run(
            [sys.executable, "-c", script], env={**environment, "PYTHONPATH": str(support.ENGINE)}, capture_output=True,
            text=True, check=True)
        return run.stdout.strip()

    def test_is_the_cpu_that_was_asked_for(self) -> None:
        self.assertRegex(self.choose(""), r"^cpu \(JAX .*\) cpu$")

    def test_is_never_a_gpu_in_its_place(self) -> None:
        gpu = "jax.devices = lambda: [types.SimpleNamespace(platform='gpu', device_kind='NVIDIA H200')]"
        self.assertEqual(self.choose(gpu), "JAX computes on NVIDIA H200 although CPUs were asked for.")


class SelfTest(unittest.TestCase):
    def test_runs_every_program(self) -> None:
        code, output, errors = support.run_driver(["self-test"])
        self.assertEqual(code, 0, errors)
        for name in ("alphafold", "jackhmmer", "hmmsearch", "kalign", "hhblits", "hhsearch"):
            self.assertIn(name, output)

    def test_finds_networks_that_only_a_prediction_would_import(self) -> None:
        broken = support.new_folder("broken")
        # As a Python that is too old for AlphaFold says it.
        (broken / "haiku.py").write_text("raise AttributeError(\"module 'typing' has no attribute 'dataclass_transform'\")\n")
        code, _, errors = support.run_driver(["self-test"], environment={"PYTHONPATH": str(broken)})
        self.assertEqual(code, 1, errors)
        self.assertIn("networks cannot be imported (AttributeError: module 'typing' has no attribute", errors)

    def test_doctor_tells_what_is_missing(self) -> None:
        import json

        code, output, _ = support.run_driver(["doctor", f"--data={support.new_folder('empty')}", "--gpu"],
                                             environment={"JAX_PLATFORMS": "cpu"})
        self.assertEqual(code, 1)
        report = json.loads(output)
        self.assertEqual({part["what"] for part in report["missing"]}, {"databases", "parameters", "gpu"})
        self.assertEqual(report["software"]["python"], sys.version.split()[0])
        code, output, errors = support.run_driver(["doctor", "--stage=features", f"--data={support.data()}"])
        self.assertEqual(code, 0, output + errors)


if __name__ == "__main__":
    unittest.main()
