import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Job } from '../../backend/api/job.ts';
import { type MailFacts, mailOf } from '../../backend/core/mail.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';

const at = (minutes: number): string => new Date(Date.parse('2026-11-22T10:00:00Z') + minutes * 60_000).toISOString();
const SHARE = { url: 'https://api.example.org/shared/abc.def/', expiresAt: '2026-11-29T12:00:00.000Z' };

function job(changes: Partial<Job> = {}): Job {
  return sampleJob({
    id: 'f0e1',
    engine: 'alphafold2',
    queue: 'p4',
    status: 'SUCCEEDED',
    endedAt: at(100),
    runs: [
      sampleRun({ stage: 'features', status: 'SUCCEEDED', startedAt: at(0), endedAt: at(30) }),
      sampleRun({ status: 'SUCCEEDED', startedAt: at(35), endedAt: at(100) }),
    ],
    result: { confidenceMetric: 'pLDDT', meanConfidence: 91.24, models: 5, bestModel: 'ranked_0.pdb' },
    ...changes,
  });
}

const facts = (changes: Partial<MailFacts> = {}): MailFacts => ({
  job: job(),
  policy: { region: 'us-east-1', featuresQueue: 'cpu' },
  cost: { currency: 'USD', amount: 4.826, isAtMost: false },
  share: SHARE,
  outputUri: 's3://foldpad-1-us-east-1/output/f0e1/',
  logLines: [],
  ...changes,
});

describe('mail', () => {
  it('says on success which job it was, how long it took, what it cost and where its files are', () => {
    const { subject, text } = mailOf(facts()) ?? assert.fail();
    assert.equal(subject, 'Foldpad: HBB_HUMAN is ready');
    for (const expected of [
      /Job +f0e1/,
      /Queue +p4 \(p4d\.24xlarge: 8 NVIDIA A100 \(40 GB each\); 1 GPU used\)/,
      /Time +95 min \(searches 30 min on cpu, prediction 65 min on p4\)/,
      /Cost +about \$4\.83/,
      /Confidence +91\.2 of 100 \(mean pLDDT/,
      /until 2026-11-29 12:00 UTC/,
      /https:\/\/api\.example\.org\/shared\/abc\.def\//,
      /aws s3 sync s3:\/\/foldpad-1-us-east-1\/output\/f0e1\/ \.\/HBB_HUMAN\/ --region us-east-1/,
      /Comment +测试/,
    ]) {
      assert.match(text, expected);
    }
    assert.doesNotMatch(text, /ICP/);
  });

  it('says on failure why, what to do, and what the log said last', () => {
    const failure = { code: 'no-template', message: 'No template was found.', remedy: 'Try a GPU queue.' };
    const failed = job({ status: 'FAILED', failure });
    const logLines = [{ runId: 'r', stage: 'predict', text: 'nothing alike' }] as const;
    const { subject, text } = mailOf(facts({ job: failed, logLines })) ?? assert.fail();
    assert.equal(subject, 'Foldpad: HBB_HUMAN could not be predicted');
    assert.match(text, /Why +No template was found\.\nWhat to do +Try a GPU queue\./);
    assert.match(text, /The end of its log:\n {2}nothing alike/);
    assert.doesNotMatch(text, /aws s3 sync|shared/);
  });

  it('warns in China that links need an ICP filing, in both languages', () => {
    const policy = { region: 'cn-northwest-1' };
    const { text } =
      mailOf(facts({ policy, cost: { currency: 'CNY', amount: 24.25, isAtMost: false } })) ?? assert.fail();
    assert.match(text, /ICP filing/);
    assert.match(text, /备案/);
    assert.match(text, /¥24\.25/);
    assert.match(text, /--region cn-northwest-1/);
  });

  it('leaves out what is not known, and says at most where Spot made it cheaper', () => {
    const { cost: _cost, share: _share, ...rest } = facts();
    const bare = mailOf(rest)?.text ?? '';
    assert.doesNotMatch(bare, /Cost|browser|undefined/);
    assert.match(bare, /aws s3 sync/);
    assert.match(
      mailOf(facts({ cost: { currency: 'USD', amount: 1, isAtMost: true } }))?.text ?? '',
      /at most \$1\.00/,
    );
  });

  it('is not sent for what people did themselves', () => {
    for (const status of ['CANCELLED', 'RUNNING', 'DELETING'] as const) {
      assert.equal(mailOf(facts({ job: job({ status }) })), undefined);
    }
  });

  it('has a subject that SNS takes and a command that needs no quotes, whatever the job is called', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('SUCCEEDED', 'FAILED'),
        (name, status) => {
          const mail = mailOf(facts({ job: job({ name, status }) })) ?? assert.fail();
          assert.match(mail.subject, /^Foldpad: [\x20-\x7e]+$/);
          assert.ok(mail.subject.length <= 100);
          if (status === 'SUCCEEDED')
            assert.match(mail.text, / {2}aws s3 sync \S+ \.\/[A-Za-z0-9._-]+\/ --region us-east-1\n/);
        },
      ),
    );
  });
});
