/**
 * What 1,000 predictions cost on the article's design and on ours, simulated: prints one JSON line per number and draws
 * docs/alphafold-cost.png. `node test/bench/cost.ts`
 */
import path from 'node:path';
import { articleDesign, type Outcome, ourDesign, type Scenario } from './cost/designs.ts';
import { drawCosts, type Sensitivity } from './cost/plot.ts';

const MOST_OF_THE_ARTICLES_GPU_COST = 0.4;
const JOBS = 1000;
const cold: Scenario = { jobs: JOBS, hours: 24, cached: 0, gpuFactor: 1, seed: 1 };
const PLOT = path.resolve(import.meta.dirname, '../../docs/alphafold-cost.png');

let failed = false;

function tell(name: string, value: number, unit: string, note?: string, target?: { text: string; ok: boolean }): void {
  failed ||= target?.ok === false;
  const promise = target === undefined ? {} : { target: target.text, ok: target.ok };
  console.log(JSON.stringify({ name, value, unit, ...promise, ...(note === undefined ? {} : { note }) }));
}

function tellAll(name: string, outcome: Outcome): void {
  tell(`${name}: a prediction`, (outcome.gpuDollars + outcome.cpuDollars) / JOBS, '$', 'instances, GPU and CPU');
  tell(`${name}: GPU hours paid for`, outcome.gpuHours, 'h', `${outcome.gpuBusyHours.toFixed(0)} h of them at work`);
  tell(`${name}: to the result, median`, outcome.medianMinutes, 'min', `p90 ${outcome.p90Minutes.toFixed(0)} min`);
}

const article = articleDesign(cold);
const ours = ourDesign(cold);
const cached = ourDesign({ ...cold, cached: 0.5 });
tellAll("article's design", article);
tellAll('ours, cache cold', ours);
tellAll('ours, half of the features cached', cached);
const ratio = ours.gpuDollars / article.gpuDollars;
tell(
  'GPU cost, ours with the cache cold to the article’s',
  ratio,
  '×',
  'simulated; inputs in test/bench/cost/designs.ts',
  {
    text: `≤ ${MOST_OF_THE_ARTICLES_GPU_COST}`,
    ok: ratio <= MOST_OF_THE_ARTICLES_GPU_COST,
  },
);
const changes: Sensitivity[] = [['as simulated', ratio]];
for (const gpuFactor of [0.5, 1.5, 2]) {
  const other = ourDesign({ ...cold, gpuFactor }).gpuDollars / article.gpuDollars;
  tell(`the same, with ${gpuFactor} × the GPU work`, other, '×', 'what would change it');
  changes.push([`${gpuFactor} × the GPU work`, other]);
}
for (const hours of [1, 240]) {
  const scenario = { ...cold, hours };
  const other = ourDesign(scenario).gpuDollars / articleDesign(scenario).gpuDollars;
  tell(`the same, with the jobs coming over ${hours} h`, other, '×', 'what would change it');
  changes.push([`jobs over ${hours === 1 ? 'an hour' : `${hours / 24} days`}`, other]);
}
const designs = [
  ['The article: all on the GPU', article],
  ['Foldpad, cache cold', ours],
  ['Foldpad, half cached', cached],
] as const;
await drawCosts(PLOT, designs, changes, MOST_OF_THE_ARTICLES_GPU_COST);
process.exitCode = failed ? 1 : 0;
