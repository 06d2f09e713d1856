// Shows what a deployment will create, and what it costs to have it.
import { deployedQueues } from '../../backend/infra/config.ts';
import { describeCost, standingCost } from './standingCost.ts';
import { partsOf, stackOf, type Target } from './target.ts';
import { describeResources, readTemplate } from './templates.ts';

/** @param assembly folder that `cdk synth` wrote */
export async function describePlan(target: Target, assembly: string): Promise<string> {
  const { config, region, account } = target;
  const parts = partsOf(config);
  const templates = await Promise.all(parts.map((part) => readTemplate(assembly, part)));
  const stacks = parts.flatMap((part, index) => {
    const template = templates[index];
    return template === undefined ? [] : [`  ${stackOf(target, part)}: ${describeResources(template)}`];
  });
  return [
    `\nWhat will be in account ${account}, region ${region}:`,
    ...stacks,
    `  Queues: ${deployedQueues(config).join(', ')}`,
    '\nWhat it costs while nobody predicts:',
    describeCost(standingCost(templates, config), region),
    '  A prediction costs the seconds of its machines; "foldpad estimate" tells it beforehand.',
  ].join('\n');
}
