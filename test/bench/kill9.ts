/**
 * `kill -9` of the server (and of runners) at random moments with ten jobs in flight, twenty times: does each job end
 * with exactly one result? Prints one line of JSON for each number. `node test/bench/kill9.ts [rounds] [seed]`
 */
import { type KillRound, runKillRound, seededRandom } from '../support/killRounds.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const JOBS = 10;
const rounds = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
console.log(`seed ${seed}`);

const done: KillRound[] = [];
const { folder, remove } = temporaryFolder();
try {
  for (let round = 1; round <= rounds; round++) {
    const result = await runKillRound({ dataDirectory: folder, jobs: JOBS, random });
    done.push(result);
    const { serverKills, runnerKills, attempts, seconds } = result;
    console.log(
      `round ${round}: ${JOBS} jobs, server killed ${serverKills} times, runners ${runnerKills}, ` +
        `${attempts} attempts, ${seconds.toFixed(1)} s`,
    );
  }
} catch (error) {
  console.error(`round ${done.length + 1} failed:`, error);
  console.error(`what is left is in ${folder}`);
  process.exitCode = 1;
}

const sum = (pick: (round: KillRound) => number): number => done.reduce((total, round) => total + pick(round), 0);
const report = (name: string, value: number, unit: string, target: string, ok: boolean): void =>
  console.log(JSON.stringify({ name, value, unit, target, ok }));
const expected = rounds * JOBS;
report(
  'jobs with exactly one result',
  sum(({ jobs }) => jobs),
  'jobs',
  `${expected}`,
  sum(({ jobs }) => jobs) === expected,
);
report(
  'kill -9 of the server',
  sum(({ serverKills }) => serverKills),
  'times',
  `at least ${rounds}`,
  done.length === rounds,
);
report(
  'kill -9 of runners',
  sum(({ runnerKills }) => runnerKills),
  'times',
  'some',
  true,
);
report(
  'attempts',
  sum(({ attempts }) => attempts),
  'attempts',
  `at most ${3 * expected}`,
  done.length === rounds,
);
if (process.exitCode !== 1) remove();
