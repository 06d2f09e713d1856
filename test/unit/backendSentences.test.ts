// What the backends and engines say to the editor is said in Chinese, too.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { explainFetchError } from '../../backend/api/connectionError.ts';
import type { JobStatus } from '../../backend/api/job.ts';
import { QUEUE_NAMES, SPOT_SUFFIX } from '../../backend/api/machines.ts';
import { catalogueQueues } from '../../backend/aws/batchQueues.ts';
import { failureReason, waitingReason } from '../../backend/aws/batchReasons.ts';
import { describeLocalQueue } from '../../backend/local/localQueue.ts';
import { sentencePatterns } from '../../extension/base/sentences.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { apiWorld, problemOf } from '../support/apiWorld.ts';
import { chineseSentences } from '../support/chineseSentences.ts';

const { bundle, chinese, assertTold } = chineseSentences();

const ENDED_STEPS = "'sequence and template search' : 'prediction'";

/** Texts that are put together only when they are said, and what of each stands in the source; at a `$`, something is put in. */
const ASSEMBLED: Readonly<Record<string, readonly string[]>> = {
  'A byte that is not UTF-8 text is not an amino acid letter': [
    "'A byte that is not UTF-8 text'",
    ' is not an amino acid letter`',
  ],
  'Write D or N': ['`Write $', "'D or N, whichever it is'"],
  'Write E or Q': ['`Write $', "'E or Q, whichever it is'"],
  'Write L or I': ['`Write $', "'L or I, whichever it is'"],
  'it has no effect': ["'it has' : 'they have'} no effect."],
  'they have no effect': ["'it has' : 'they have'} no effect."],
  'it was ended at its time limit of': ['it was ended at its time limit$', '? ` of $'],
  'run waits in queue': [' run$', "' waits' : 's wait'} in queue $"],
  'runs wait in queue': [' run$', "' waits' : 's wait'} in queue $"],
  'The prediction ended without a result': [ENDED_STEPS, ' ended without a result: $'],
  'The sequence and template search ended without a result': [ENDED_STEPS, ' ended without a result: $'],
  'The prediction ended without an error but did not write its result': [
    'The prediction ended without an error but $',
    "'did not write its result'",
  ],
  'The prediction ended without an error but wrote a result that is not valid': [
    'The prediction ended without an error but $',
    '`wrote a result that is not valid ($',
  ],
};

describe('Chinese sentences of backends', () => {
  it('are there for why a job waits and fails on AWS', () => {
    const waits = [
      undefined,
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - …',
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
      'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS',
      'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
      'You have requested more vCPU capacity than your current vCPU limit',
      'ACTION_REQUIRED',
    ];
    for (const said of waits) assertTold(waitingReason(said, 'p4', 'p4d.24xlarge', 0));
    assertTold(waitingReason('Host EC2 (instance i-0123) terminated.', 'p4-spot', 'p4d.24xlarge', 1));
    const ends = [
      { statusReason: 'Job attempt duration exceeded timeout', timeoutSeconds: 7200 },
      { statusReason: 'Job attempt duration exceeded timeout', timeoutSeconds: 90 },
      { statusReason: 'Job attempt duration exceeded timeout' },
      { statusReason: 'JobStateTimeLimitActions: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' },
      { statusReason: 'Dependent Job failed' },
      { statusReason: 'Host EC2 (instance i-0123) terminated.' },
      { containerReason: 'OutOfMemoryError: Container killed due to memory usage' },
      { containerReason: 'CannotPullContainerError: …' },
      { exitCode: 3 },
      { exitCode: 1 },
      {},
    ];
    for (const end of ends) assertTold(failureReason({ isEndedOnRequest: false, ...end }, 'p4', 'p4d.24xlarge').reason);
    assertTold(failureReason({ isEndedOnRequest: true }, 'p4', 'p4d.24xlarge').reason);
  });

  it('are there for all queues', () => {
    const queues = QUEUE_NAMES.flatMap((name) => [name, `${name}${SPOT_SUFFIX}`]);
    for (const alphafold of [true, false]) {
      for (const { description, reason, remedy } of catalogueQueues({ prefix: 'foldpad', queues, alphafold })) {
        for (const text of [description, reason, remedy]) if (text) assertTold(text);
      }
    }
    for (const threads of [1, 4]) assertTold(describeLocalQueue(threads, { available: true }).description);
  });

  it('are there for what is refused, estimated and explained', async () => {
    const { call, submit } = apiWorld();
    const refused = await call('POST', '/', { fasta: 'x', sequence: '>a\nMK\n>b\nMKV\n', que: 'nowhere' });
    for (const { message, remedy } of refused.json.errors) {
      assertTold(message);
      assertTold(remedy);
    }
    const [job] = await submit();
    assert.ok(job);
    assertTold(job.statusReason ?? '');
    assertTold((await call('DELETE', `/${job.id}`)).json.detail);
    const gone = await call('GET', '/00000000-0000-4000-8000-000000000000');
    problemOf(gone, 404, 'not-found');
    assertTold(gone.json.detail);
    const estimate = await call('POST', '/estimates', { fasta: 'x', sequence: `>a\n${'MKVLAAGIVG'.repeat(20)}\n` });
    for (const { memory, warnings } of estimate.json.data)
      for (const text of [memory.reason, ...warnings]) assertTold(text);
    const errors = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'EOTHER'];
    for (const code of errors) {
      assertTold(explainFetchError('http://127.0.0.1:1/', Object.assign(new Error('no'), { code })).message);
    }
  });

  it('are there for every state that explains itself', () => {
    const source = readFileSync(path.join(ROOT, 'backend', 'core', 'job.ts'), 'utf8');
    const [, table = ''] = /const DEFAULT_REASONS[^{]*\{([^}]*)\}/.exec(source) ?? [];
    const reasons = [...table.matchAll(/([A-Z]+): '([^']+)'/g)].map(([, status, reason = '']) => {
      assertTold(reason);
      return status as JobStatus;
    });
    assert.ok(reasons.includes('RUNNABLE') && reasons.length >= 6, reasons.join());
  });

  it('are of sentences that somebody says', () => {
    const files = globSync(
      ['backend/{api,core,local,aws,http}/**/*.ts', 'extension/{logs,connection}/*.ts', 'container/**/*.{ts,py}'],
      { cwd: ROOT },
    );
    const source = files
      .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
      .join('\n')
      // A long sentence is written in several strings.
      .replaceAll(/(['"`])(?: \+)?\n\s*f?\1/g, '')
      .replaceAll("\\'", "'")
      .replaceAll('\\"', '"');
    const unused = new Set(Object.keys(ASSEMBLED));
    for (const pattern of sentencePatterns(bundle)) {
      // What is between the places to fill, and long enough to be a sentence's own.
      const words = pattern
        .split(/\{\d\}|\(s\)|(?<=[.!?]) (?=[A-Z])/)
        .flatMap((piece) => piece.match(/[\w ’'-]{12,}/g) ?? []);
      for (const piece of words.map((word) => word.trim())) {
        unused.delete(piece);
        const parts = ASSEMBLED[piece] ?? [piece];
        for (const part of parts) assert.ok(source.includes(part), `nobody says “${part}” of: ${pattern}`);
      }
    }
    assert.deepEqual([...unused], [], 'put together, but not in the bundle');
  });

  it('leave in English what is not known, and say the rest of it', () => {
    assert.equal(chinese.say('Something that nobody says.'), 'Something that nobody says.');
    assert.equal(
      chinese.say('The homology engine ended with exit code 1: Segmentation fault'),
      '同源建模引擎以 退出代码 1 结束：Segmentation fault',
    );
    assert.equal(chinese.say('Try again later. So says the operator.'), '请稍后重试。So says the operator.');
  });
});
