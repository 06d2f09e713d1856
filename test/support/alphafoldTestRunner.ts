/** The real runner with the AlphaFold engine on a short network of random parameters: `node alphafoldTestRunner.ts run …`. */
import path from 'node:path';
import { createAlphafoldEngine } from '../../container/engines/alphafold.ts';
import { runMain } from '../../container/runner/cli.ts';

const randomParameters = path.join(import.meta.dirname, '../alphafold/short_network.json');

process.exitCode = await runMain([createAlphafoldEngine({ randomParameters })], process.argv.slice(2));
