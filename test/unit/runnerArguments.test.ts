import assert from 'node:assert/strict';
import { parseArguments, UsageError } from '../../container/runner/arguments.ts';

describe('parseArguments of the runner', () => {
  it('reads a run', () => {
    const command = parseArguments([
      ...['run', '--job', 'file:///s/input/1/', '--stage', 'predict', '--attempt', '2'],
      ...['--status-file', '/r/status-2.json', '--library', '/l', '--threads', '4', '--work', '/w'],
    ]);
    assert.deepEqual(command, {
      kind: 'run',
      options: {
        jobUri: 'file:///s/input/1/',
        stage: 'predict',
        attempt: 2,
        threads: 4,
        libraryFolder: '/l',
        workFolder: '/w',
      },
      statusFile: '/r/status-2.json',
    });
  });

  it('takes the attempt from AWS Batch unless told otherwise', () => {
    const argv = ['run', '--job', 's3://b/input/1/', '--stage', 'predict', '--run', 'r-1'];
    const env = { AWS_BATCH_JOB_ATTEMPT: '3' };
    const command = parseArguments(argv, env);
    assert.ok(command.kind === 'run');
    assert.deepEqual([command.options.attempt, command.runId], [3, 'r-1']);
    const told = parseArguments([...argv, '--attempt', '2'], env);
    assert.equal(told.kind === 'run' && told.options.attempt, 2);
    assert.throws(() => parseArguments(argv, { AWS_BATCH_JOB_ATTEMPT: 'x' }), /AWS_BATCH_JOB_ATTEMPT must be/);
  });

  it('takes no more threads than its share of the machine', () => {
    const argv = ['run', '--job', 's3://b/input/1/', '--stage', 'predict'];
    const command = parseArguments(argv, { FOLDPAD_THREADS: '4' });
    assert.equal(command.kind === 'run' && command.options.threads, 4);
    const told = parseArguments([...argv, '--threads', '2'], { FOLDPAD_THREADS: '4' });
    assert.equal(told.kind === 'run' && told.options.threads, 2);
  });

  it('reads doctor', () => {
    assert.deepEqual(parseArguments(['doctor', '--engine', 'homology', '--json']), {
      kind: 'doctor',
      engine: 'homology',
      json: true,
    });
  });

  const mistakes: [string[], RegExp][] = [
    [[], /run or doctor/],
    [['fly'], /no command "fly"/],
    [['run', '--stage', 'predict'], /--job is missing/],
    [['run', '--job', 'x'], /--stage must be one of features, predict\./],
    [['run', '--job', 'x', '--stage', 'dream'], /not "dream"/],
    [['run', '--job', 'x', '--stage', 'predict', '--attempt', '0'], /--attempt must be a whole number from 1/],
    [['run', '--job', 'x', '--stage', 'predict', '--threads', '1.5'], /--threads/],
    [['run', '--job', 'x', '--stage', 'predict', '--bogus'], /--bogus/],
    [['doctor'], /--engine must be one of/],
  ];
  for (const [argv, message] of mistakes) {
    it(`refuses "${argv.join(' ')}"`, () => {
      assert.throws(
        () => parseArguments(argv),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});
