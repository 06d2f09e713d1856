/** What several predictions take together. Pure. */

import type { Estimate } from '../../backend/api/job.ts';

/** Of one prediction its own estimate; of several the longest time, the sum of the costs and the worst of the verdicts. */
export interface PlanEstimate extends Pick<Estimate, 'minutes' | 'cost' | 'memory' | 'warnings'> {
  readonly count: number;
  /** Names of those that do not fit into the memory. */
  readonly tooLarge: readonly string[];
}

const VERDICTS = ['fits', 'tight', 'too-large'] as const satisfies readonly Estimate['memory']['verdict'][];

/** @returns undefined when there is nothing to add up */
export function addEstimates(estimates: readonly Estimate[]): PlanEstimate | undefined {
  const [first] = estimates;
  if (!first) return undefined;
  const longest = estimates.reduce((a, b) => (b.minutes.likely > a.minutes.likely ? b : a));
  const rank = ({ memory }: Estimate) => VERDICTS.indexOf(memory.verdict);
  const worst = estimates.reduce((a, b) => (rank(b) > rank(a) ? b : a));
  const cost = addCosts(estimates);
  return {
    count: estimates.length,
    minutes: longest.minutes,
    ...(cost ? { cost } : {}),
    memory: worst.memory,
    warnings: [...new Set(estimates.flatMap(({ warnings }) => warnings))],
    tooLarge: estimates.filter(({ memory }) => memory.verdict === 'too-large').map(({ name }) => name),
  };
}

/** A sum only where every price is known, in one currency: anything else would promise too little. */
function addCosts(estimates: readonly Estimate[]): Estimate['cost'] {
  const costs = estimates.flatMap(({ cost }) => (cost ? [cost] : []));
  const [first] = costs;
  if (!first || costs.length < estimates.length) return undefined;
  if (costs.some(({ currency }) => currency !== first.currency)) return undefined;
  const sum = (part: 'low' | 'likely' | 'high') => costs.reduce((total, cost) => total + cost[part], 0);
  return { currency: first.currency, low: sum('low'), likely: sum('likely'), high: sum('high') };
}
