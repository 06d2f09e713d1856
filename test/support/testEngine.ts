import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type Engine,
  type EngineContext,
  type EngineOutcome,
  predictionSchema,
} from '../../container/engines/engine.ts';

/**
 * An engine for tests of everything around an engine. It predicts nothing: the program it starts writes an ideal helix,
 * and behaves as the description in the FASTA header tells it (see `testEngineProgram.ts`).
 */
export const testEngine: Engine = {
  name: 'homology',
  privateFiles: ['prediction.json', 'no_template.json'],

  async doctor({ env }) {
    const missing = env.FOLDPAD_TEST_ENGINE_MISSING;
    const report = { engine: 'homology' as const, version: 'test', software: { node: process.versions.node } };
    if (!missing) return { ...report, available: true, library: { ready: true } };
    return { ...report, available: false, reason: missing, remedy: 'Run: npm run engine:install' };
  },

  async predict(context: EngineContext): Promise<EngineOutcome> {
    const program = path.join(import.meta.dirname, 'testEngineProgram.ts');
    const { code, signal, lastLines } = await context.run({
      file: process.execPath,
      args: [program, context.fastaFile, context.outFolder, String(context.attempt)],
    });
    if (code === 0) {
      const text = await readFile(path.join(context.outFolder, 'prediction.json'), 'utf8');
      return { kind: 'predicted', prediction: predictionSchema.parse(JSON.parse(text)) };
    }
    if (code === 3) {
      return {
        kind: 'cannot-predict',
        failure: {
          code: 'no-template',
          message: 'No template was found: the best hit 1ABC_A has probability 37 % and covers 41 % of the target.',
          remedy: 'Try AlphaFold.',
        },
      };
    }
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    return {
      kind: 'failed',
      failure: { code: 'engine-failed', message: `The engine ended ${how}: ${lastLines.at(-1) ?? 'it said nothing'}` },
    };
  },
};
