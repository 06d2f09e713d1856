/** The real runner with test engines for both ways of working: homology in one run, AlphaFold in two. */
import type { Engine, EngineContext, EngineOutcome } from '../../../container/engines/engine.ts';
import { runMain } from '../../../container/runner/cli.ts';
import { testEngine } from '../testEngine.ts';

/** A job called `no-databases` fails in its first stage; all else is as `testEngineProgram.ts` says. */
const twoStages: Engine = {
  ...testEngine,
  name: 'alphafold2',
  async predict(context: EngineContext): Promise<EngineOutcome> {
    if (context.stage === 'predict') return testEngine.predict(context);
    context.log(`searching for ${context.order.name}`);
    if (context.order.name.includes('no-databases')) {
      return { kind: 'failed', failure: { code: 'databases-missing', message: 'The databases are not there.' } };
    }
    return { kind: 'prepared', handover: { features: 'features/test/' }, reason: 'The searches are done.' };
  },
};

process.exitCode = await runMain([testEngine, twoStages], process.argv.slice(2));
